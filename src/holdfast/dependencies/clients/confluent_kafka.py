"""confluent-kafka: metadata through a Producer, Consumer or AdminClient."""

from typing import Any

from holdfast.dependencies.judge_brokers import judge_brokers
from holdfast.dependencies.verdict import Verdict


def is_blocking(client: object) -> bool:
    """Always."""
    del client
    return True


def ask_blocking(client: Any, timeout: float, min_brokers: int = 1) -> Verdict:
    """The question; librdkafka keeps the limit itself."""
    return judge_brokers(len(client.list_topics(timeout=timeout).brokers), min_brokers)
