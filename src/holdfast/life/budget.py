"""How the time between SIGTERM and SIGKILL is spent: the arithmetic of service.md 8.2.

    grace period G:  [ preStop P | drain D | in flight W | forced F | release R | evidence E ]

Rules: P + D + W + F + R + E never exceeds a grace period that is known. What was not asked for (W
and F) shrinks to fit; what was asked for is kept, or refused with the sum shown. No I/O, no clock.
"""

from holdfast.life.phases import Phase, Phases
from holdfast.life.settings import LifeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

IN_FLIGHT_SECONDS: "Final" = 30.0
"""How long requests in flight are waited for (seed, service.md 2.1)."""
FORCED_SECONDS: "Final" = 10.0
"""How much later they are abandoned (seed, service.md 2.1)."""
EVIDENCE_SECONDS: "Final" = 2.0
"""What is kept for the dump of all stacks (service.md 5.3)."""
DRAIN_SECONDS: "Final" = 5.0
"""Time for endpoints to forget the pod, in a cluster without a cloud balancer (service.md 8.6)."""
# The seed's 30 : 10.
_IN_FLIGHT_SHARE = 0.75


class Budget:
    """The plan of one stop, in seconds. `notes` are for the log of the start."""

    __slots__ = ("drain", "evidence", "forced", "grace", "in_flight", "notes", "release")

    def __init__(
        self,
        drain: float,
        in_flight: float,
        forced: float,
        release: float,
        *,
        grace: float | None = None,
        evidence: float = EVIDENCE_SECONDS,
        notes: tuple[str, ...] = (),
    ) -> None:
        """Keep the parts. `drain` is what is left of the window after a preStop."""
        self.drain = drain
        self.in_flight = in_flight
        self.forced = forced
        self.release = release
        self.grace = grace
        self.evidence = evidence
        self.notes = notes

    @property
    def after_window(self) -> float:
        """B: everything that follows the window, the evidence included."""
        return self.in_flight + self.forced + self.release + self.evidence

    @property
    def total(self) -> float:
        """From SIGTERM to the latest exit."""
        return self.drain + self.after_window

    def __repr__(self) -> str:
        return (
            f"drain {self.drain:g} s + in flight {self.in_flight:g} s + forced {self.forced:g} s"
            f" + release {self.release:g} s + evidence {self.evidence:g} s = {self.total:g} s"
        )


class Wishes:
    """What was asked for, in seconds; None means: as the grace period allows."""

    __slots__ = ("budget", "drain", "forced", "grace", "grace_told", "in_flight", "pre_stop")

    def __init__(
        self,
        drain: float = DRAIN_SECONDS,
        *,
        budget: float | None = None,
        in_flight: float | None = None,
        forced: float | None = None,
        grace: float | None = None,
        grace_told: bool = True,
        pre_stop: float = 0.0,
    ) -> None:
        """Keep the parts. `budget` is B, the whole time after the window."""
        if budget is not None and (in_flight is not None or forced is not None):
            raise LifeError(
                "Life(budget=…)",
                "a budget together with in_flight or forced, which are parts of it",
                "give either the budget or its parts",
            )
        self.drain = drain
        self.budget = budget
        self.in_flight = in_flight
        self.forced = forced
        self.grace = grace
        self.grace_told = grace_told
        self.pre_stop = pre_stop


def fit_budget(wishes: Wishes, phases: Phases) -> Budget:
    """The plan that fits. Raises LifeError where a known grace period cannot hold what was asked.

    A grace period that is only assumed refuses nothing: the plan then ends the waiting at once and
    says so in `notes`.
    """
    drain = max(0.0, wishes.drain - wishes.pre_stop)
    chain = phases.longest_chain()
    release = phases.seconds()
    room = _room(wishes, drain, chain)
    if room is None:
        in_flight, forced = _given(wishes, IN_FLIGHT_SECONDS + FORCED_SECONDS)
        return Budget(drain, in_flight, forced, release)
    notes = [] if wishes.grace_told else [_assumed(wishes)]
    if room <= 0:
        spent = _shown([*_before_release(wishes, drain), *_release_parts(chain)])
        notes.append(f"no time is left for requests in flight: {spent}")
    in_flight, forced = _given(wishes, room)
    if in_flight + forced > max(0.0, room) and wishes.grace_told:
        asked = [("in flight", in_flight), ("forced", forced)]
        parts = [*_before_release(wishes, drain), *asked, *_release_parts(chain)]
        raise _refusal(wishes, parts)
    return Budget(drain, in_flight, forced, release, grace=wishes.grace, notes=tuple(notes))


def _room(wishes: Wishes, drain: float, chain: list[Phase]) -> float | None:
    """A: what is left for requests in flight, or None where nothing bounds it."""
    fixed = sum(phase.seconds for phase in chain) + EVIDENCE_SECONDS
    ends = [] if wishes.grace is None else [wishes.grace - wishes.pre_stop - drain]
    if wishes.budget is not None:
        if wishes.budget < fixed:
            raise LifeError(
                f"Life(budget={wishes.budget:g})",
                f"{_shown(_release_parts(chain))}, more than the budget of {wishes.budget:g} s",
                f"give a budget of at least {fixed:g} s, or shorten the stop phases",
            )
        if ends and wishes.budget > ends[0] and wishes.grace_told:
            after = ("budget after the window", wishes.budget)
            raise _refusal(wishes, [*_before_release(wishes, drain), after])
        ends.append(wishes.budget)
    if not ends:
        return None
    room = min(ends) - fixed
    if room < 0 and wishes.grace_told:
        raise _refusal(wishes, [*_before_release(wishes, drain), *_release_parts(chain)])
    return room


def _given(wishes: Wishes, room: float) -> tuple[float, float]:
    """W and F: as asked for, else the seed's, else 3 : 1 of the room."""
    both = max(0.0, min(room, IN_FLIGHT_SECONDS + FORCED_SECONDS))
    in_flight, forced = wishes.in_flight, wishes.forced
    if in_flight is None and forced is None:
        return both * _IN_FLIGHT_SHARE, both * (1 - _IN_FLIGHT_SHARE)
    if in_flight is None:
        return max(0.0, min(IN_FLIGHT_SECONDS, room - (forced or 0.0))), forced or 0.0
    if forced is None:
        return in_flight, max(0.0, min(FORCED_SECONDS, room - in_flight))
    return in_flight, forced


_Parts = list[tuple[str, float]]


def _release_parts(chain: list[Phase]) -> _Parts:
    parts = [(f"stop phase {phase.name}", phase.seconds) for phase in chain]
    return [*parts, ("evidence", EVIDENCE_SECONDS)]


def _before_release(wishes: Wishes, drain: float) -> _Parts:
    return [*([("preStop", wishes.pre_stop)] if wishes.pre_stop else []), ("drain", drain)]


def _shown(parts: _Parts) -> str:
    return " + ".join(f"{name} {seconds:g} s" for name, seconds in parts) + f" = {_sum(parts):g} s"


def _sum(parts: _Parts) -> float:
    return sum(seconds for _, seconds in parts)


def _refusal(wishes: Wishes, parts: _Parts) -> LifeError:
    return LifeError(
        "the budget of the stop",
        f"{_shown(parts)}, more than terminationGracePeriodSeconds {wishes.grace or 0.0:g} s",
        f"raise terminationGracePeriodSeconds to {_sum(parts):g} s or more, "
        "or shorten the drain or the stop phases",
    )


def _assumed(wishes: Wishes) -> str:
    return (
        f"the pod's grace period was not told: {wishes.grace:g} s is assumed, the default of "
        "Kubernetes; set HOLDFAST_GRACE_SECONDS to terminationGracePeriodSeconds"
    )
