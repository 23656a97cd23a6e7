"""Settings from the environment; the plan of the stop is holdfast's (HOLDFAST_GRACE_SECONDS …)."""

from collections.abc import Mapping
from dataclasses import dataclass


class SettingsError(ValueError):
    """A setting that cannot be used: its name, what was found, what was expected."""


@dataclass(frozen=True)
class Settings:
    """Of the service; seconds are numbers."""

    port: int
    health_address: str
    private_address: str
    database_url: str
    database_pool: int
    redis_url: str
    refresh_seconds: float
    faults: str

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "Settings":
        """Raises SettingsError."""
        return cls(
            port=_whole(environment, "PORT", "8080"),
            health_address=environment.get("HEALTH_ADDRESS", ":8086"),
            private_address=environment.get("PRIVATE_ADDRESS", "127.0.0.1:6060"),
            database_url=environment.get("DATABASE_URL", "postgres://orders@localhost/orders"),
            database_pool=_whole(environment, "DATABASE_POOL", "10"),
            redis_url=environment.get("REDIS_URL", "redis://localhost:6379/0"),
            refresh_seconds=float(_whole(environment, "REFRESH_SECONDS", "5")),
            faults=environment.get("FAULTS", ""),
        )


def _whole(environment: Mapping[str, str], name: str, fallback: str) -> int:
    text = environment.get(name, fallback)
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise SettingsError(f"{name}={text!r}: expected a number of 1 to 65535")
    return int(text)
