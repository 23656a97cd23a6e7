"""A child process was killed, and the container's main process lived on.

What happens
------------
The kernel kills the largest process of the container, here a worker. The main process notices, or
starts another worker. On nodes with cgroup v1, or with `singleProcessOOMKill`, only that process
dies; on cgroup v2 the whole container does.

Why it hurts
------------
Requests fail while the status of the pod shows nothing: no restart, no reason.

How we know
-----------
The log says that a child ended by signal 9, while the container goes on; or the kernel names or
counts a victim in this container; or the reason is OOMKilled with a code that is no SIGKILL.

What else it could be
---------------------
A worker that its own supervisor kills for a timeout also ends by signal 9: gunicorn then says
WORKER TIMEOUT first. A stale mark on a stop by signal is D06.

Fix
---
Fewer or smaller workers, or a larger limit; watch the oom_kill counter of the container.

When the fix is wrong
---------------------
If a timeout killed the worker, memory is not the matter; look for the line before it.

References
----------
docs/specs/causes.md 8 (D05) and 10; docs/specs/kubelet.md 6.1 and Q28; docs/specs/tuning.md 5.1.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.claim import Claim, quote
from holdfast.diagnosis.crash import weigh_stop
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.evidence.log_lines import LogMatch
from holdfast.diagnosis.memory_kill import limit_text, memory_limit_bytes
from holdfast.model.container import ContainerKind
from holdfast.model.evidence import Grounds, Weight
from holdfast.model.verdict import Role, Verdict

CAUSE = Cause(
    id="D05",
    title="a child process was killed while the container lives",
    lookalikes=("D06", "A31", "C07"),
    signatures=(
        Signature("perhaps out of memory", "gunicorn", r"was sent SIGKILL! Perhaps out of memory"),
        Signature("signal: killed", "go", weight=Weight.MODERATE),
        Signature("status -9", "python", r"exit(?:ed|code)?\b.*\bstatus -9\b", Weight.MODERATE),
        Signature("exitcode", "python", r"exitcode[:= ]+-9\b", Weight.MODERATE),
        Signature("signal 9", "any", r"(?:exit|terminat|kill|died|prematurely).*\bsignal 9\b"),
        Signature("exit status 137", "any", weight=Weight.MODERATE),
        Signature("exited with code 137", "any", weight=Weight.MODERATE),
        Signature("exit signal killed", "apache", r"child pid \d+ exit signal Killed \(9\)"),
        Signature("killed by signal: killed", "python"),
        Signature("terminated by sigkill", "supervisord", weight=Weight.MODERATE),
        Signature("killed", "shell", r": line \d+:\s+\d+ Killed\b", Weight.MODERATE),
    ),
)

_OTHER_KILLER = ("worker timeout", "harakiri", "terminating request", "execution timed out")


def judge(case: Case) -> Verdict | None:
    """A worker's death in a log that goes on, or a mark of memory on an end that was no SIGKILL."""
    if case.kind is ContainerKind.INIT:
        return None
    running = case.status is not None and case.status.state.running is not None
    current = tuple(m for m in case.current_log_matches if m.cause == CAUSE.id)
    ended = _judge_ended(case)
    return _judge_alive(case, current) if ended is None and running else ended


def _judge_alive(case: Case, matches: tuple[LogMatch, ...]) -> Verdict | None:
    claim = Claim(CAUSE).quotes(*matches)
    for kill in case.kernel_kills[-1:] if case.life is None else ():
        text = f'the kernel says "{quote(kill.line)}" of a container that still runs'
        claim.read(text, Weight.STRONG, kill.origin)
    kills = case.measured.memory_kills if case.measured is not None else None
    if kills:
        text = f"the kernel has killed {kills} of its processes for memory, and it lives on "
        claim.observed(text + "(measured)", Weight.STRONG, case.measured_origin("memory"))
    if not claim.score:
        return None
    _weigh(claim, case, matches)
    return claim.verdict(
        f"a child process of {case.kind} {case.name} was killed while the container lives on: "
        f"check {limit_text(case)}",
        Role.HAZARD,
    )


def _judge_ended(case: Case) -> Verdict | None:
    """The end of PID 1 after, and perhaps for, the death of a child."""
    life = case.life
    matches = case.matches(CAUSE.id)
    # PID 1 itself was killed: that is not this cause, whoever did it.
    if life is not None and life.killed:
        return None
    marked = life is not None and life.reason == "OOMKilled"
    if not matches and not marked:
        return None
    claim = Claim(CAUSE).quotes(*matches)
    if marked and life is not None:
        text = f"the runtime says OOMKilled, but PID 1 ended with exit code {life.exit_code}"
        claim.observed(text, Weight.MODERATE, life.origin)
    _weigh(claim, case, matches)
    weigh_stop(claim, case)
    who = f"{case.kind} {case.name}" if case.name else "the container"
    return claim.verdict(
        f"a child process of {who} was killed, and its main process ended after it"
    )


def _weigh(claim: Claim, case: Case, matches: tuple[LogMatch, ...]) -> None:
    if matches and memory_limit_bytes(case) is not None:
        claim.suggested("the container has a memory limit", Weight.WEAK)
    for match in matches[:1]:
        before = match.log.lines[max(0, match.position - 5) : match.position + 1]
        told = [line for line in before if any(text in line.lower() for text in _OTHER_KILLER)]
        if told:
            text = f'a time limit killed it: "{quote(told[-1])}"'
            claim.against(text, Weight.STRONG, match.origin, Grounds.READ)
    if case.measured is None or case.measured.memory_kills is None:
        node = case.pod.spec.node_name or "NODE"
        claim.would_decide(
            f"who killed it: the kernel log of node {node} (journalctl -k), or the counter "
            "oom_kill in the container's memory.events"
        )
