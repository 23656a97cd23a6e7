"""The budget of the stop, from flags and environment: what cannot hold is refused at the start.

The arithmetic is that of holdfast.life: preStop + drain + in flight + forced + release + evidence
within the grace period (service.md 8.2).
"""

from holdfast.life.budget import DRAIN_SECONDS, Wishes, fit_budget
from holdfast.life.phases import Phases
from holdfast.life.settings import (
    DRAIN_VARIABLE,
    GRACE_VARIABLE,
    PRE_STOP_VARIABLE,
    LifeError,
    drain_from,
    grace_from,
    pre_stop_from,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from holdfast.life.budget import Budget
    from holdfast.run.flags import Options


class Plan:
    """How long each part of the stop may take, in seconds."""

    __slots__ = ("budget", "total", "variables")

    def __init__(self, budget: "Budget", total: float, variables: "dict[str, str]") -> None:
        """`total`: from SIGTERM to the end. What the grace period leaves beyond the budget belongs
        to the program, which knows what it still has to release. `variables`: what a service has
        to be told so that it plans with the same numbers.
        """
        self.budget = budget
        self.total = total
        self.variables = variables


def make_plan(options: "Options", environment: "Mapping[str, str]") -> Plan:
    """The plan that fits. Raises LifeError with the arithmetic where none does."""
    told = options.grace is not None
    grace = options.grace
    if grace is None:
        grace, told = grace_from(environment)
    elif grace <= 0:
        raise LifeError("--grace", "0 s; expected above 0", "give terminationGracePeriodSeconds")
    pre_stop = pre_stop_from(environment) if options.pre_stop is None else options.pre_stop
    drain = drain_from(environment, DRAIN_SECONDS) if options.drain is None else options.drain
    phases = Phases()
    if options.release:
        phases.add("release", options.release, None)
    wishes = Wishes(
        drain,
        in_flight=options.in_flight,
        forced=options.forced,
        grace=grace,
        grace_told=told,
        pre_stop=pre_stop,
    )
    budget = fit_budget(wishes, phases)
    variables = {DRAIN_VARIABLE: f"{drain:g}", PRE_STOP_VARIABLE: f"{pre_stop:g}"}
    if grace is None:
        return Plan(budget, budget.total, variables)
    if told:
        # One that is only assumed stays a guess, which refuses nothing.
        variables[GRACE_VARIABLE] = f"{grace:g}"
    return Plan(budget, max(budget.total, grace - pre_stop), variables)
