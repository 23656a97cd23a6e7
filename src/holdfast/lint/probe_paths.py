"""What the path of a probe says of what is asked.

Rules: a name is a hint and not a fact, so rules that rest on it are never more than likely.
"""

import re

from holdfast.model.regex import regex

_DEPENDENCIES = regex(
    r"(?:^|[/_\-.])(?:deep|full|db|database|depend\w*)(?:$|[/_\-.?])", re.IGNORECASE
)
_ALL = regex(r"/(?:actuator/health|q/health|status/all|health/all)/?")
_MORE_THAN_ALIVE = regex(
    r"(?:^|[/_\-.])(?:ready|readyz|readiness|metrics)(?:$|[/_\-.?])", re.IGNORECASE
)


def asks_dependencies(path: str) -> bool:
    """Whether it looks at what the process depends on: /health/db, /actuator/health."""
    return bool(_DEPENDENCIES.search(path) or _ALL.fullmatch(path))


def asks_more_than_alive(path: str) -> bool:
    """Whether it looks at more than the process itself: dependencies, or readiness."""
    return asks_dependencies(path) or bool(_MORE_THAN_ALIVE.search(path))
