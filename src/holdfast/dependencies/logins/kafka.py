"""Kafka with SASL: confluent-kafka. `?sasl=` names the mechanism, PLAIN where it is not given."""

from collections.abc import Iterable
from importlib import import_module
from time import monotonic
from typing import Any

from holdfast.dependencies.target import Target

DRIVERS = ("confluent_kafka",)
EXTRA = "kafka"
SQL = False

_SLICE_SECONDS = 0.25


def log_in(driver: Any, target: Target, timeout: float) -> "_Session":
    """Metadata as the user of the URL."""
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
    _await_metadata(driver, client, failures, monotonic() + timeout)
    return _Session()


def _await_metadata(driver: Any, client: Any, failures: list[Any], deadline: float) -> None:
    """A wrong password never ends the request for metadata: its reason comes by the callback."""
    while True:
        try:
            client.list_topics(timeout=_SLICE_SECONDS)
        except driver.KafkaException:
            client.poll(0)
            for error in failures:
                if error.code() == driver.KafkaError._AUTHENTICATION:  # noqa: SLF001
                    raise driver.KafkaException(error) from None
            if monotonic() + _SLICE_SECONDS > deadline:
                raise
        else:
            return


class _Session:
    def query(self, statement: str) -> Iterable[tuple[Any, ...]]:
        raise NotImplementedError(statement)

    def close(self) -> None:
        """The client ends with its last reference."""
