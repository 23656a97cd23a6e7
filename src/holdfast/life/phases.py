"""The phases that release resources: which waits for which, and how long all of them may take.

Rules: phases form a graph without circles; those that do not wait for each other run side by side,
so the time they may take together is the longest chain (service.md 8.2). No I/O, no clock.
"""

from holdfast.life.settings import LifeError, read_seconds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


class Phase:
    """One step of the release: a name, its budget in seconds, and the phases it waits for."""

    __slots__ = ("after", "name", "seconds")

    def __init__(self, name: str, seconds: float, after: tuple[str, ...]) -> None:
        """Keep the parts."""
        self.name = name
        self.seconds = seconds
        self.after = after


class Phases:
    """All phases, in the order in which they were added. A phase may wait for earlier ones only."""

    def __init__(self) -> None:
        """None yet."""
        self._phases: dict[str, Phase] = {}

    def add(self, name: str, seconds: object, after: "str | tuple[str, ...] | None") -> Phase:
        """Add one. Raises LifeError for a name that is taken, or one to wait for that is unknown.

        Circles cannot be written: what a phase waits for has to be there before it.
        """
        where = f"stop phase {name!r}"
        if not name:
            raise LifeError(where, "an empty name", "name the phase after what it releases")
        if name in self._phases:
            raise LifeError(where, "a phase of this name exists", "give each phase its own name")
        waits_for = (after,) if isinstance(after, str) else tuple(after or ())
        for other in waits_for:
            if other not in self._phases:
                known = ", ".join(self._phases) or "none yet"
                raise LifeError(
                    where,
                    f"after={other!r}; known phases: {known}",
                    f"add {other!r} before {name!r}",
                )
        phase = Phase(name, read_seconds(seconds, where, above_zero=True), waits_for)
        self._phases[name] = phase
        return phase

    def drop(self, name: str) -> None:
        """Take back the phase that was added last."""
        del self._phases[name]

    def __iter__(self) -> "Iterator[Phase]":
        return iter(self._phases.values())

    def __len__(self) -> int:
        return len(self._phases)

    def __getitem__(self, name: str) -> Phase:
        return self._phases[name]

    def longest_chain(self) -> list[Phase]:
        """The phases that decide how long the release may take, first to last."""
        chains: dict[str, list[Phase]] = {}
        for phase in self:
            before = max((chains[name] for name in phase.after), key=_length, default=[])
            chains[phase.name] = [*before, phase]
        return max(chains.values(), key=_length, default=[])

    def seconds(self) -> float:
        """Budget of the longest chain."""
        return _length(self.longest_chain())


def _length(chain: list[Phase]) -> float:
    return sum(phase.seconds for phase in chain)
