"""Work in the wrong kind of object, or in the wrong version of it (A09, A10, A22, F01, F09).

Rules: restartPolicy is Always in every Deployment, so a command that ends needs a Job; what a
release has broken is rolled back, not patched around.
"""

import shlex

from holdfast.fixes.facts import Facts
from holdfast.fixes.proposal import Proposal
from holdfast.model.edit import Safety

CAUSES = ("A09", "A10", "A22", "F01", "F09")

_REVERSIBLE = ("Deployment", "StatefulSet", "DaemonSet")
# Image name -> the arguments that keep the program in the foreground (its own manual).
_FOREGROUND: dict[str, tuple[str, ...]] = {
    "nginx": ("nginx", "-g", "daemon off;"),
    "httpd": ("httpd-foreground",),
    "redis": ("redis-server", "--daemonize", "no"),
}
# Longer than any start that people wait for; short enough that the pod shows what is wrong.
_WAIT_SECONDS = 300


def propose(facts: Facts) -> Proposal | None:
    """One rule per cause."""
    rules = {
        "A09": _job, "A10": _foreground, "A22": _recreate, "F01": _undo, "F09": _bounded_wait,
    }  # fmt: skip
    return rules[facts.verdict.cause](facts)


def _job(facts: Facts) -> Proposal | None:
    container = facts.container
    if container is None or facts.list_name != "containers" or facts.pod.spec.policy != "Always":
        return None
    words = (*(container.command or ()), *(container.args or ()))
    tail = " -- " + shlex.join(words) if words else ""
    owner = facts.finding.subject.owner or facts.pod.metadata.name
    command = (
        f"kubectl create job {shlex.quote(owner)} {_where(facts)} "
        f"--image={shlex.quote(container.image)}{tail}"
    )
    explanation = (
        f"{facts.name} does its work and ends with 0; under restartPolicy Always that is a "
        "restart, and a Deployment allows no other policy. A Job (or `kubectl create cronjob`) "
        "runs it to its end; volumes, environment and service account have to be carried over. If "
        "it should serve, keep its process in the foreground instead"
    )
    return Proposal(Safety.SKETCH, explanation, command=command)


def _foreground(facts: Facts) -> Proposal | None:
    image = facts.container.image.rpartition("/")[2] if facts.container else ""
    name = next((name for name in _FOREGROUND if image.startswith(name)), "")
    if not name:
        return None
    command = list(_FOREGROUND[name])
    explanation = (
        f"{name} moves to the background and its first process ends, which ends the container; "
        "these arguments keep it in the foreground. Add the other arguments that you need"
    )
    return Proposal(Safety.SKETCH, explanation, (facts.set("command", [*command]),))


def _recreate(facts: Facts) -> Proposal | None:
    subject = facts.finding.subject
    claims = [v for v in facts.pod.spec.volumes or () if v.persistent_volume_claim is not None]
    if subject.owner_kind != "Deployment" or not claims:
        return None
    body = shlex.quote('{"spec":{"strategy":{"type":"Recreate","rollingUpdate":null}}}')
    command = f"kubectl patch deployment/{subject.owner} {_where(facts)} --type=strategic -p {body}"
    explanation = (
        "a rolling update starts the new pod while the old one still holds the data of the volume; "
        "with strategy Recreate the old one ends first, at the price of a pause. Right if the lock "
        "is held by the pod before; a lock file of a process that died has to be removed by hand"
    )
    return Proposal(Safety.REVIEW, explanation, command=command)


def _undo(facts: Facts) -> Proposal | None:
    subject = facts.finding.subject
    if subject.owner_kind not in _REVERSIBLE:
        return None
    reference = f"{subject.owner_kind.lower()}/{subject.owner}"
    command = f"kubectl rollout undo {shlex.quote(reference)} {_where(facts)}"
    explanation = (
        f"the trouble begins with the newest revision of {reference}; undo goes back to the one "
        "before. Right if that one was well: `kubectl rollout history` lists them"
    )
    caveats = ("migrations of data that the new revision has made stay",)
    return Proposal(Safety.REVIEW, explanation, (), caveats, command)


def _bounded_wait(facts: Facts) -> Proposal | None:
    """An init container that hangs says nothing; one that gives up shows its error."""
    container = facts.container
    hangs = facts.number("running_seconds") is not None
    if not hangs or container is None or not container.command:
        return None
    if container.command[0].rpartition("/")[2] == "timeout":
        return None
    explanation = (
        f"{facts.name} waits without an end; with a limit of {_WAIT_SECONDS} s it fails instead, "
        "is run again, and its log names what it waits for. The image needs the command `timeout`"
    )
    command = ["timeout", str(_WAIT_SECONDS), *container.command]
    return Proposal(Safety.SKETCH, explanation, (facts.set("command", [*command]),))


def _where(facts: Facts) -> str:
    return f"-n {shlex.quote(facts.finding.subject.namespace)}"
