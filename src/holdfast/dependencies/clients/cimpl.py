"""confluent-kafka again: the module name that its C classes carry."""

from holdfast.dependencies.clients.confluent_kafka import ask_blocking, is_blocking

__all__ = ["ask_blocking", "is_blocking"]
