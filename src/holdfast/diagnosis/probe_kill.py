"""The start of every claim of group C: that a probe ended this life, and what the probe was told.

Rules: a Killing event is observed, arithmetic over the uptime is inferred, and the words differ.
A claim is made only when the answers that events report are among those the cause explains.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim, quote
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.evidence.probe_answers import Answer
from holdfast.diagnosis.evidence.probe_story import ProbeStory
from holdfast.model.duration import Duration
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Prediction, ProbeFailure, Verdict

# A container that is not there fails both probes about as often; a judgement.
_RARELY = 3
_LISTED_UPTIMES = 5
# How a reported answer looks to the kubelet's clock; what is not listed leaves it to the cause.
_FAILURES = {
    Answer.REFUSED: ProbeFailure.STATUS,
    Answer.WRONG_REQUEST: ProbeFailure.STATUS,
    Answer.SERVER_ERROR: ProbeFailure.STATUS,
    Answer.OTHER_PROTOCOL: ProbeFailure.STATUS,
    Answer.NO_HEALTH_SERVICE: ProbeFailure.STATUS,
    Answer.NOT_SERVING: ProbeFailure.STATUS,
    Answer.TIMEOUT: ProbeFailure.LATE,
    Answer.COMMAND_TIMEOUT: ProbeFailure.LATE,
    Answer.COMMAND_FAILED: ProbeFailure.COMMAND,
}


def kill_claim(
    cause: Cause, case: Case, *answers: Answer, unseen: bool = False
) -> tuple[Claim, ProbeStory] | None:
    """The claim that a probe with one of these answers killed the container, or None.

    No answers given means that any will do. Without Unhealthy events the claim stands on the kill
    alone, and says which events would decide. With `unseen`, it is also made where no event was
    read and the end could be a stop by a probe: weakly, for a replay to weigh.
    """
    story = case.killing_story or (case.possible_story if unseen else None)
    if story is None:
        return None
    seen = story.results_with(*answers) if answers else story.results
    if story.results and not seen:
        return None
    claim = Claim(cause).with_parameter("probe", story.name)
    claim.failing(_FAILURES.get(story.last_answer) if story.last_answer else None)
    _add_kill(claim, case, story)
    if seen:
        newest = seen[-1]
        leads = not answers or story.last_answer in answers
        claim.observed(
            f"its {story.name} probe failed at least {sum(r.times for r in seen)} times: "
            f'"{quote(newest.output)}"',
            Weight.STRONG if leads else Weight.MODERATE,
            case.events.origin(newest.event),
        )
    else:
        namespace, name = case.pod.key
        claim.would_decide(
            f"what the {story.name} probe was answered: kubectl events -n {namespace} "
            f"--for pod/{name} (kept for one hour)"
        )
    _predict(claim, case, story)
    return claim, story


def never_answered(claim: Claim, story: ProbeStory, weight: Weight) -> Claim:
    """Weigh whether the container answered its probe at all before the kill."""
    if story.life is None or story.life.uptime_seconds is None:
        return claim
    answered = story.answered_seconds
    if answered is not None:
        return claim.against(
            f"it answered for about {answered:.0f} s before it stopped answering",
            Weight.STRONG,
            story.life.origin,
        )
    # Without an event of this very kill the fit is what it was inferred from: it counts once.
    if story.fits and story.stop is not None and story.stop.direct:
        claim.inferred(
            f"it lived {story.life.uptime_seconds:.0f} s: a container that never answers is gone "
            f"after {window_text(story)}",
            weight,
            story.life.origin,
        )
    return claim


def answers_elsewhere(case: Case, story: ProbeStory) -> str:
    """What says that the container answers its readiness probe on another port, or ""."""
    readiness = case.probe("readiness")
    if readiness is None or readiness.port is None or readiness.port == story.probe.port:
        return ""
    if case.status is not None and case.status.ready:
        return f"the readiness probe succeeds on port {readiness.port}"
    uptime = case.uptime_seconds
    asked = uptime is not None and uptime > readiness.initial_delay + readiness.period
    failed = sum(result.times for result in case.probe_results("readiness"))
    refused = story.answers[Answer.REFUSED]
    if asked and refused >= story.probe.failures and failed * _RARELY < refused:
        times = f"failed only {failed} times" if failed else "never failed"
        return f"the readiness probe on port {readiness.port} {times} meanwhile"
    return ""


def listens_elsewhere(case: Case, story: ProbeStory) -> tuple[int, ...] | None:
    """The ports on which it listens where that of the probe is none of them.

    () where it is one of them, None where nobody measured it.
    """
    ports = case.measured.listens_on if case.measured is not None else None
    if ports is None or not isinstance(story.probe.port, int):
        return None
    return () if story.probe.port in ports else ports


def allowed_text(story: ProbeStory) -> str:
    """ "14 to 20 s": how long a start may take before this probe gives up."""
    return f"{story.allowed.low:.0f} to {story.allowed.high:.0f} s"


def may_have_killed(claim: Claim, case: Case, story: ProbeStory) -> Verdict | None:
    """The verdict of a claim for which no event was read: only a replay can tell more.

    None where events were read, or where a command is run instead of a request.
    """
    if case.events or story.probe.handler == "exec":
        return None
    return claim.verdict(
        f"the {story.name} probe may have killed {case.kind} {case.name}: {claim.title}"
    )


def window_text(story: ProbeStory) -> str:
    """ "14 to 21 s": the uptimes of a container that never answers this probe."""
    return f"{story.window.low:.0f} to {story.window.high:.0f} s"


def probe_text(story: ProbeStory) -> str:
    """The numbers of a probe, in the words of the API."""
    probe = story.probe
    return (
        f"initialDelaySeconds {probe.initial_delay}, periodSeconds {probe.period}, "
        f"timeoutSeconds {probe.timeout}, failureThreshold {probe.failures}"
    )


def probe_field(story: ProbeStory) -> str:
    """The field of the probe in the container's specification."""
    return f"{story.name}Probe"


def turned_text(story: ProbeStory) -> str:
    """ " about 20 s after its start", " from its start on", or "" where nothing tells."""
    answered = story.answered_seconds
    if answered is not None:
        return f" about {answered:.0f} s after its start"
    return " from its start on" if story.fits else ""


def _add_kill(claim: Claim, case: Case, story: ProbeStory) -> None:
    stop = story.stop
    if stop is not None and stop.direct:
        text = f'the kubelet killed it {_times(stop.event.times)}: "{quote(stop.event.message)}"'
        claim.observed(text, Weight.CONCLUSIVE, case.events.origin(stop.event))
        return
    if stop is not None:
        text = f'the kubelet killed an earlier life: "{quote(stop.event.message)}"'
        claim.observed(text, Weight.STRONG, case.events.origin(stop.event))
        if story.too_early and story.life is not None:
            text = "the last life ended before this probe was first asked"
            claim.against(text, Weight.STRONG, story.life.origin)
    if stop is None and case.killing_story is None and story.life is not None:
        text = (
            f"it ended with exit code {story.life.exit_code}, as a process does that is stopped, "
            f"and its {story.name} probe may have stopped it: no event was read that would tell"
        )
        claim.suggested(text, Weight.WEAK, story.life.origin)
    weight = story.fit_weight
    if weight is not None and story.life is not None:
        text = (
            f"its uptime of {story.life.uptime_seconds:.0f} s lies in the {window_text(story)} "
            f"after which a {story.name} probe that is never answered kills ({probe_text(story)})"
        )
        claim.inferred(text, weight, story.life.origin)
        if stop is None:
            _add_other_lives(claim, case, story, weight)


def _add_other_lives(claim: Claim, case: Case, story: ProbeStory, weight: Weight) -> None:
    """Chance puts one uptime into a window; several are strong evidence (causes.md 6.2)."""
    uptimes = case.other_uptimes
    if uptimes and all(story.window.holds(uptime) for uptime in uptimes):
        listed = ", ".join(f"{uptime:.0f}" for uptime in uptimes[:_LISTED_UPTIMES])
        text = f"the uptimes of {len(uptimes)} other lives, in its replicas or before, lie in it "
        text += f"as well ({listed} s)"
        claim.inferred(text, weight if len(uptimes) == 1 else Weight.STRONG)


def _times(count: int) -> str:
    return "once" if count == 1 else f"at least {count} times"


def _predict(claim: Claim, case: Case, story: ProbeStory) -> None:
    window = story.window
    codes = (137,) if case.life is not None and case.life.killed else (0, 2, 143)
    claim.predicts(
        Prediction(
            uptime_from=Duration(window.low),
            uptime_to=None if story.answered_seconds is not None else Duration(window.high),
            exit_codes=codes,
            because=f"{story.name} probe with {probe_text(story)}, grace {story.grace_seconds} s",
        )
    )
