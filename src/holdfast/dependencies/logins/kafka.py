"""Kafka with SASL: confluent-kafka. `?sasl=` names the mechanism, PLAIN where it is not given."""

from collections.abc import Iterable
from typing import Any

from holdfast.dependencies.target import Target

DRIVERS = ("confluent_kafka",)
EXTRA = "kafka"
SQL = False


def log_in(driver: Any, target: Target, timeout: float) -> "_Session":
    """Metadata as the user of the URL."""
    from importlib import import_module

    settings: dict[str, object] = {
        "bootstrap.servers": ",".join(f"{host}:{port}" for host, port in target.hosts),
        "security.protocol": ("SASL_" if target.user else "")
        + ("SSL" if target.tls else "PLAINTEXT"),
        "socket.timeout.ms": int(timeout * 1000),
        # What goes wrong is told by the verdict, not by lines of librdkafka.
        "log_level": 0,
    }
    if target.user:
        settings |= {
            "sasl.mechanism": target.options.get("sasl", "PLAIN"),
            "sasl.username": target.user,
            "sasl.password": target.password,
        }
    if "tls_ca" in target.options:
        settings["ssl.ca.location"] = target.options["tls_ca"]
    failures: list[Any] = []
    settings["error_cb"] = failures.append
    client = import_module(f"{driver.__name__}.admin").AdminClient(settings)
    try:
        client.list_topics(timeout=timeout)
    except driver.KafkaException as error:
        client.poll(0)
        # A wrong password ends as a time-out of the metadata; the reason came by the callback.
        telling = [e for e in failures if e.code() == driver.KafkaError._AUTHENTICATION]  # noqa: SLF001
        if telling:
            raise driver.KafkaException(telling[0]) from error
        raise
    return _Session()


class _Session:
    def query(self, statement: str) -> Iterable[tuple[Any, ...]]:
        raise NotImplementedError(statement)

    def close(self) -> None:
        """The client ends with its last reference."""
