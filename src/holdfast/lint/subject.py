"""What every subject of a rule can do: say where its fields stand, and tell a problem there."""

from abc import ABC, abstractmethod

from holdfast.lint.problem import Fix, Path, Problem, Replay, Stop
from holdfast.model.hazard import Place
from holdfast.model.rule import Confidence


class Subject(ABC):
    """An object, a pod or a container. Paths are relative to it."""

    __slots__ = ()

    @property
    @abstractmethod
    def root(self) -> Path:
        """Where it stands in its document."""

    @abstractmethod
    def at(self, *path: str | int) -> Place:
        """Where a field stands, or its nearest parent that is there."""

    def problem(
        self,
        message: str,
        *path: str | int,
        at: Place | None = None,
        fix: Fix | None = None,
        replay: Replay | Stop | None = None,
        less_sure: Confidence | None = None,
    ) -> Problem:
        """A problem at a field, or `at` another place where its cause stands."""
        return Problem(message, at or self.at(*path), self, fix, replay, less_sure)
