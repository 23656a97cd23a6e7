"""What the tests know of an example: how it is started, and where the two differ."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple

from tests.real.examples.service import Answer, Service

Start = Callable[..., AbstractContextManager[Service]]
"""Keywords: wrapper, words in front of the command; drain, in seconds; faults, database and cache,
as in the environment; further variables by their names."""


class Example(NamedTuple):
    """One example with its dependencies running."""

    sources: Path
    start: Start
    migrate: Callable[[], int]
    """Creates the tables; answers the exit code."""
    detail: Callable[[Service], Answer]
    """Asks for its health in detail."""
    malformed: int
    """Its status for a request that cannot be read."""
    failing: int
    """Its status of a probe that a fault makes fail: of liveness-500, of liveness-503."""
    crash: int
    """Its exit code where a start fails."""
    panic: int
    killed: int
    """Its exit code when the kernel has killed it for memory."""
    last_words: str
    """In its log after a panic."""
    child_killed: str
    """In its log when the child of child-oom was killed."""
