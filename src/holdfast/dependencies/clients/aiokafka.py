"""aiokafka: fresh metadata through a producer, consumer or client."""

from typing import Any

from holdfast.dependencies.judge_brokers import judge_brokers
from holdfast.dependencies.verdict import Verdict


def is_blocking(client: object) -> bool:
    """Never."""
    del client
    return False


async def ask(client: Any, timeout: float, min_brokers: int = 1) -> Verdict:
    """The question; producers and consumers hold their client in `client` or `_client`."""
    del timeout
    inner = getattr(client, "client", None) or getattr(client, "_client", client)
    metadata = await inner.fetch_all_metadata()
    return judge_brokers(len(metadata.brokers()), min_brokers)
