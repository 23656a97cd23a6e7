"""How a probe and the end of a life fit together: the common ground of group C.

Rules: a Killing event is an observation, arithmetic is an inference, and both are told apart
(causes.md 2.2 rule 5). Failing results that the kubelet discards never kill (kubelet.md 1.8).
The windows are those of kubelet/windows.py; the uptime carries one second of truncation.
"""

import math
from collections import Counter
from functools import cached_property

import msgspec

from holdfast.diagnosis.evidence.lives import Life
from holdfast.diagnosis.evidence.pod_events import ProbeResult
from holdfast.diagnosis.evidence.probe_answers import Answer, classify
from holdfast.diagnosis.evidence.stops import Stop, StopKind
from holdfast.kubelet.constants import MINIMUM_GRACE_SECONDS, TIMESTAMP_RESOLUTION_SECONDS
from holdfast.kubelet.windows import Window, kill_window, verdict_window
from holdfast.model.container import Probe
from holdfast.model.evidence import Weight
from holdfast.model.instant import Instant

# How surprising a fit is: uptimes of containers spread over about five powers of ten (a second to
# a day), so a window whose ends differ by a factor of 1.6 is hit by chance about once in 25.
_SPREAD = math.log(1e5)
_NARROW = math.log(1.6) / _SPREAD
_WIDE = math.log(3.0) / _SPREAD

# Single failures at a start are common where one is enough for a kill; a judgement.
_OFTEN = 3

_KILLS = {StopKind.LIVENESS: "liveness", StopKind.STARTUP: "startup"}
_STOPPED_CODES = frozenset({0, 2, 130, 137, 143})
# Reasons that name another end than a stop by the kubelet.
_OTHER_ENDS = frozenset({"OOMKilled", "StartError", "ContainerStatusUnknown", "Unknown", "Evicted"})


class ProbeStory(msgspec.Struct, frozen=True, dict=True):
    """One probe of one container, the results that events report, and the life it may have ended.

    `stop` is the Killing event that blames this probe, if any.
    """

    name: str
    probe: Probe
    results: tuple[ProbeResult, ...]
    stop: Stop | None
    life: Life | None
    pod_grace_seconds: int
    pre_stop_seconds: float
    first_started: Instant | None = None
    never_answered: bool = False
    """Whether somebody has measured that it never got a good answer."""

    @cached_property
    def answers(self) -> Counter[Answer]:
        """How often each answer was reported: lower bounds, as all counts of events."""
        counted: Counter[Answer] = Counter()
        for result in self.results:
            counted[classify(result, self.probe.handler)] += result.times
        return counted

    @property
    def last_answer(self) -> Answer | None:
        """The answer of the newest counted failure, the one that led to the verdict."""
        newest = self._last_failure
        return classify(newest, self.probe.handler) if newest is not None else None

    @cached_property
    def _last_failure(self) -> ProbeResult | None:
        """The newest counted failure; of the life, where one of the next life came after it."""
        counted = [
            r for r in self.results if classify(r, self.probe.handler) is not Answer.DISCARDED
        ]
        own = [result for result in counted if self._is_of_life(result)]
        return next(reversed(own or counted), None)

    def _is_of_life(self, result: ProbeResult) -> bool:
        at, life = result.event.last, self.life
        if at is None or life is None or life.started is None or life.finished is None:
            return False
        slack = TIMESTAMP_RESOLUTION_SECONDS
        return life.started - slack <= at <= life.finished + slack

    def results_with(self, *answers: Answer) -> tuple[ProbeResult, ...]:
        """The results that were answered so, oldest first."""
        return tuple(r for r in self.results if classify(r, self.probe.handler) in answers)

    @property
    def all_discarded(self) -> bool:
        """Whether every reported result was one that the kubelet does not count."""
        return bool(self.results) and set(self.answers) == {Answer.DISCARDED}

    @property
    def grace_seconds(self) -> int:
        """The grace of a kill by this probe: the probe's own value, else the pod's (2.2)."""
        own = self.probe.termination_grace_period_seconds
        return own if own is not None else self.pod_grace_seconds

    @property
    def failing_seconds(self) -> float:
        """How long one failing probe takes (kubelet.md 1.8): 0, or the timeout for a hang."""
        slow = (Answer.TIMEOUT, Answer.COMMAND_TIMEOUT)
        return float(self.probe.timeout) if self.last_answer in slow else 0.0

    @cached_property
    def stop_window(self) -> Window:
        """From the kill to the end of the process: measured, or told by the exit code.

        137 means that the grace was used up (and 2 s more after a hook that used it all); any
        other code that SIGTERM was obeyed at once, which is the narrow reading: a process that
        drains first ends later, inside its grace.
        """
        measured = self.stop_seconds
        if measured is not None:
            return Window(max(0.0, measured - 1.0), measured + 1.0)
        grace = float(self.grace_seconds)
        if self.life is not None and self.life.killed:
            return Window(grace, grace + MINIMUM_GRACE_SECONDS)
        used = min(self.pre_stop_seconds, grace)
        return Window(used, used + 1.0)

    @cached_property
    def window(self) -> Window:
        """The uptimes of a container that never answers this probe and is killed for it."""
        return kill_window(self.probe, self.failing_seconds, self.stop_window)

    @property
    def fits(self) -> bool | None:
        """Whether the uptime lies in the window; None where there is no uptime."""
        uptime = self.life.uptime_seconds if self.life else None
        return None if uptime is None else self.window.holds(uptime)

    @property
    def allowed(self) -> Window:
        """From the start of a container that never answers to the verdict of this probe."""
        return verdict_window(self.probe, self.failing_seconds)

    @property
    def own_code(self) -> bool:
        """Whether the life ended with a code of the program's own, not with that of a signal."""
        return self.life is not None and self.life.exit_code not in _STOPPED_CODES

    @property
    def possible_end(self) -> bool:
        """Whether a process stopped by SIGTERM or SIGKILL could have ended like this life.

        0 is a handler that ends cleanly, 2 and 143 the default of runtimes (causes.md 5.3). A
        handler may end with any other code: that is believed where the probe has failed at least
        often enough for one kill.
        """
        if self.life is None or self.life.reason in _OTHER_ENDS:
            return False
        return not self.own_code or self._counted_failures >= self.probe.failures

    @property
    def failing_at_end(self) -> bool:
        """Whether a counted failure of this life lies so near its end that a kill fits between."""
        since = self._since_last_failure
        return since is not None and since <= self.grace_seconds + MINIMUM_GRACE_SECONDS + 1

    @property
    def fails_often(self) -> bool:
        """Whether it failed often enough for a kill, and more often than by a single chance."""
        return not self.too_early and self._counted_failures >= max(_OFTEN, self.probe.failures)

    @property
    def _counted_failures(self) -> int:
        return sum(self.answers.values()) - self.answers[Answer.DISCARDED]

    @property
    def too_early(self) -> bool:
        """Whether the life ended before this probe could have reached its verdict.

        Failures carried over from a life that crashed shorten the way by all but one of them
        (kubelet.md 1.6, Q4, Q5), so only an end before the first probe counts.
        """
        uptime = self.life.uptime_seconds if self.life else None
        return uptime is not None and uptime < self.probe.initial_delay - 1

    @cached_property
    def answered_seconds(self) -> float | None:
        """About how long it answered before it stopped answering; None if nothing tells.

        Only for a container that a Killing event tells of: then what is longer than the window of
        one that never answers, and than any stop within its grace, was spent answering.
        """
        uptime = self.life.uptime_seconds if self.life else None
        if uptime is None or self.stop is None or self.never_answered:
            return None
        window = kill_window(self.probe, self.failing_seconds, self._longest_stop)
        if uptime <= window.high:
            return self._answered_in_first_life()
        step = max(float(self.probe.period), self.failing_seconds)
        stop = (self.stop_window.low + self.stop_window.high) / 2
        return max(0.0, uptime - stop - (self.probe.failures - 0.5) * step)

    @cached_property
    def stop_seconds(self) -> float | None:
        """From the kill to the end, where an event tells; from the last failure it is an upper
        bound, because later ones may have been dropped."""
        if self.stop is not None and self.stop.seconds is not None:
            return self.stop.seconds
        return self._since_last_failure if self.failing_at_end else None

    @property
    def _longest_stop(self) -> Window:
        narrow = self.stop_window
        if self.stop_seconds is not None:
            return narrow
        return Window(narrow.low, max(narrow.high, float(self.grace_seconds)))

    @property
    def _since_last_failure(self) -> float | None:
        """From the newest counted failure to the end of the life, if it fell into the life."""
        newest, life = self._last_failure, self.life
        if newest is None or not newest.event.metadata.name or not self._is_of_life(newest):
            return None
        at = newest.event.last
        if at is None or life is None or life.finished is None:
            return None
        return max(0.0, life.finished - at)

    def _answered_in_first_life(self) -> float | None:
        """How long the first life answered: all first times of an event belong to it.

        Events keep the time when they were first seen; what comes between the first start and the
        first kill belongs to the first life, unless that ended by itself.
        """
        if self.first_started is None or self.stop is None or not self.results:
            return None
        failed = self.results[0].event.first
        for result in self.results:
            if result.event.first is not None and (failed is None or result.event.first < failed):
                failed = result.event.first
        killed = self.stop.event.first
        if failed is None or killed is None or not self.first_started <= failed <= killed:
            return None
        first_asked = self.probe.initial_delay + self.probe.period + self.failing_seconds + 1
        answered = failed - self.first_started
        return answered - self.probe.period / 2 if answered > first_asked else None

    @property
    def fit_weight(self) -> Weight | None:
        """What a fitting uptime weighs: nothing inside a window so wide that chance fills it."""
        if not self.fits or self.life is None or not self.possible_end:
            return None
        share = math.log(self.window.high / max(self.window.low, 1.0)) / _SPREAD
        if share <= _NARROW:
            return Weight.MODERATE
        return Weight.WEAK if share <= _WIDE else None


def blames(stop: Stop | None, probe_name: str) -> bool:
    """Whether a Killing event names this probe."""
    return stop is not None and _KILLS.get(stop.kind) == probe_name
