"""The error of this layer: health endpoints that cannot work as they were set up."""

from holdfast.life.settings import LifeError, SettingsError, read_seconds

__all__ = ["HealthError", "read_duration"]


class HealthError(SettingsError):
    """A setting of health endpoints, in four parts; raised at the start, never by a probe."""

    def __init__(self, where: str, found: str, next_step: str) -> None:
        """Keep the parts of what was being done: setting up health endpoints."""
        super().__init__("setting up health endpoints", where, found, next_step)


def read_duration(value: object, where: str) -> float:
    """Seconds above 0, from a number or a text such as "500ms". Raises HealthError."""
    try:
        return read_seconds(value, where, above_zero=True)
    except LifeError as error:
        raise HealthError(where, error.found, error.next_step) from None
