"""A native sidecar ends and is started again, whatever the pod's policy, or starts too late.

What happens
------------
An init container with restartPolicy Always stays for the life of the pod. When it ends, even with
0, the kubelet restarts it with back-off. Without a startup probe the next container does not wait
until it is ready.

Why it hurts
------------
While it is away, what depends on it (a proxy, a mesh, a secret agent) fails; at the start the main
container may be faster than the proxy it needs.

How we know
-----------
The container stands among the init containers with restartPolicy Always and its count grows; or the
main container was refused at localhost within seconds of its start.

What else it could be
---------------------
An init container without that policy must end (F09). Why the sidecar ends has its own cause.

Fix
---
Keep the sidecar's process in the foreground; give it a startupProbe so that others wait for it.

When the fix is wrong
---------------------
A helper that is meant to end is a plain init container, not a sidecar.

References
----------
docs/specs/causes.md 8 (F08), docs/specs/kubelet.md 4.2.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim, quote
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.evidence.lives import Life
from holdfast.model.container import ContainerKind
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Role, Verdict

CAUSE = Cause(
    id="F08",
    title="a native sidecar restarts or starts too late",
    lookalikes=("F09", "A09"),
)

_LOCAL = ("127.0.0.1", "localhost", "[::1]")
# A proxy is up within seconds; a refusal later than this is no race of the start (a judgement).
_RACE_SECONDS = 30.0


def judge(case: Case) -> Verdict | None:
    """A sidecar that ended, or a main container that was faster than its sidecar."""
    life = case.life
    if life is None:
        return None
    if case.kind is ContainerKind.SIDECAR:
        return _judge_sidecar(case, life) if case.restarts else None
    return _judge_race(case) if case.kind is ContainerKind.APP else None


def _judge_sidecar(case: Case, life: Life) -> Verdict | None:
    claim = Claim(CAUSE).observed(
        f"it is a sidecar (restartPolicy Always) and was restarted {case.restarts} times",
        Weight.MODERATE,
        case.status_origin("restartCount"),
    )
    if case.probe("startup") is None:
        claim.suggested("it has no startupProbe, so nothing waits for it", Weight.WEAK)
    completed = life.exit_code == 0 and life.reason != "OOMKilled"
    if completed and case.stop is None and case.killing_story is None:
        claim.observed(
            "it ended with exit code 0, and a sidecar is restarted even then",
            Weight.STRONG,
            life.origin,
        )
        return claim.verdict(
            f"sidecar container {case.name} ends with exit code 0 and is restarted, because a "
            "sidecar must keep running"
        )
    return claim.verdict(
        f"{case.name} is a sidecar: while it is restarted the containers that need it go without",
        Role.CONTRIBUTING,
    )


def _judge_race(case: Case) -> Verdict | None:
    uptime = case.uptime_seconds
    if uptime is None or uptime > _RACE_SECONDS:
        return None
    late = [
        container.name
        for container in case.pod.spec.init_containers or ()
        if container.restart_policy == "Always" and container.startup_probe is None
    ]
    refused = [
        match
        for match in case.matches("A05")
        if any(address in match.line.lower() for address in _LOCAL)
    ]
    if not late or not refused:
        return None
    claim = Claim(CAUSE).read(
        f'it was refused at its own pod: "{quote(refused[-1].line)}"',
        Weight.MODERATE,
        refused[-1].origin,
    )
    claim.observed(f"sidecar {late[0]} has no startupProbe", Weight.WEAK)
    return claim.verdict(
        f"{case.kind} {case.name} started before sidecar {late[0]} accepted connections",
        Role.CONTRIBUTING,
    )
