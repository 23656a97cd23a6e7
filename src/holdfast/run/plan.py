"""The budget of the stop, from flags and environment: what cannot hold is refused at the start.

The arithmetic is that of holdfast.life: preStop + drain + in flight + forced + release + evidence
within the grace period (service.md 8.2).
"""

from holdfast.life.budget import DRAIN_SECONDS, Wishes, fit_budget
from holdfast.life.phases import Phases
from holdfast.life.settings import (
    GRACE_VARIABLE,
    PRE_STOP_VARIABLE,
    LifeError,
    grace_from,
    pre_stop_from,
    read_seconds,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Final

    from holdfast.life.budget import Budget
    from holdfast.run.flags import Options

DRAIN_VARIABLE: "Final" = "HOLDFAST_DRAIN_SECONDS"
"""The drain window, for images whose ENTRYPOINT is `holdfast run --`."""


class Plan:
    """How long each part of the stop may take, in seconds."""

    __slots__ = ("budget", "total", "variables")

    def __init__(self, budget: "Budget", grace: float | None, pre_stop: float, *, told: bool):
        """`total`: from SIGTERM to the end. What the grace period leaves beyond the budget belongs
        to the program, which knows what it still has to release. `variables`: what a service has
        to be told so that it plans with the same numbers; a grace that is assumed stays a guess.
        """
        self.budget = budget
        self.total = max(budget.total, 0.0 if grace is None else grace - pre_stop)
        self.variables = {PRE_STOP_VARIABLE: f"{pre_stop:g}"}
        if told:
            self.variables[GRACE_VARIABLE] = f"{grace:g}"


def make_plan(options: "Options", environment: "Mapping[str, str]") -> Plan:
    """The plan that fits. Raises LifeError with the arithmetic where none does."""
    told = options.grace is not None
    grace = options.grace
    if grace is None:
        grace, told = grace_from(environment)
    elif grace <= 0:
        raise LifeError("--grace", "0 s; expected above 0", "give terminationGracePeriodSeconds")
    pre_stop = pre_stop_from(environment) if options.pre_stop is None else options.pre_stop
    phases = Phases()
    if options.release:
        phases.add("release", options.release, None)
    wishes = Wishes(
        _drain(options, environment),
        in_flight=options.in_flight,
        forced=options.forced,
        grace=grace,
        grace_told=told,
        pre_stop=pre_stop,
    )
    return Plan(fit_budget(wishes, phases), grace, pre_stop, told=told and grace is not None)


def _drain(options: "Options", environment: "Mapping[str, str]") -> float:
    if options.drain is not None:
        return options.drain
    return read_seconds(environment.get(DRAIN_VARIABLE, DRAIN_SECONDS), DRAIN_VARIABLE)
