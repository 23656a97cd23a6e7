"""What the seeds of one question show: a hazard needs one that is bad, a change all to be good."""

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Seeds(Generic[T]):
    """Each is replayed when it is first asked for."""

    def __init__(self, count: int, replayed: Callable[[int], T]) -> None:
        """`replayed` gives what a seed below `count` shows."""
        self._count = count
        self._replayed = replayed
        self._shown: list[T] = []

    def first(self, is_bad: Callable[[T], bool]) -> tuple[int, T]:
        """The first seed that is bad, with what it shows; seed 0 where none is."""
        for seed in range(self._count):
            if is_bad(self._at(seed)):
                return seed, self._at(seed)
        return 0, self._at(0)

    def all(self) -> list[T]:
        """What every seed shows."""
        return [self._at(seed) for seed in range(self._count)]

    def _at(self, seed: int) -> T:
        while len(self._shown) <= seed:
            self._shown.append(self._replayed(len(self._shown)))
        return self._shown[seed]
