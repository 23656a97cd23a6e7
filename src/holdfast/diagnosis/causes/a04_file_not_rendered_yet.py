"""A file that a sidecar or a controller writes later is not there when the program starts.

What happens
------------
Secrets agents, certificate issuers and config renderers write into a volume that the pod shares.
The program starts first, misses its file and ends; a moment later the file is there.

Why it hurts
------------
One to three restarts at every birth of a pod delay each rollout, and the alarm they raise is noise
that hides real faults.

How we know
-----------
The last life missed a file below one of its volumes, the pod was restarted one to three times at
its birth, and it is stable since. A path below an emptyDir or a secret makes it certain.

What else it could be
---------------------
A volume whose source is missing blocks the start (B06). A file that never comes keeps the loop
going; then the path or the configuration is wrong (A03).

Fix
---
Wait for the file in an init container, make the writer a native sidecar with a startup probe, or
let the program tolerate its absence.

When the fix is wrong
---------------------
If the restarts go on after the first minutes, nobody writes the file: look at the writer first.

References
----------
docs/specs/causes.md 8 (A04) and 10.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.crash import in_words
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.self_end import caught, self_end_claim, subject
from holdfast.model.container import VolumeMount
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="A04",
    title="a file it needs is not there yet when it starts",
    lookalikes=("B06", "A03", "A34", "A01"),
    signatures=(
        Signature(
            "no such file or directory",
            "any",
            # runc says "exec FILE: ..." when what FILE needs to run is missing: A34, A35
            r"^(?!exec /).*(?:/[\w.@-]+)+.*no such file or directory",
        ),
        Signature("no such file or directory", "python", r"No such file or directory: '/"),
        Signature("enoent", "node", r"\bENOENT: no such file or directory, \w+ '/"),
        Signature("filenotfoundexception", "jvm", r"FileNotFoundException: /"),
        Signature("nosuchfileexception", "jvm", r"NoSuchFileException: /"),
        Signature("could not find file", "dotnet", r"Could not find file '/"),
        Signature("does not exist", "any", r"\bfile\b.{0,40}/[\w./@-]+.{0,10}\bdoes not exist"),
    ),
)

_BIRTH_SECONDS = 600  # lives end before the back-off would reset (kubelet.md Q20)
_MOST_RESTARTS = 3  # causes.md 8 (A04)
_ROOTS = ("/dev", "/proc", "/sys")


def judge(case: Case) -> Verdict | None:
    """A missing file, below a volume of the pod or with a loop that ended at its birth."""
    claim = self_end_claim(CAUSE, case)
    if claim is None:
        return None
    path = caught(case, CAUSE.id, r"((?:/[\w.@-]+)+)[^/]*no such file", r"((?:/[\w.@-]+)+)")
    if not path or path.startswith(_ROOTS):
        return None
    mount = _mount_of(case, path)
    if mount is not None:
        _weigh_volume(claim, case, mount)
    _weigh_birth(claim, case)
    claim.with_parameter("path", path)
    return claim.verdict(f"{subject(case)} ends because {path} is not there when it starts")


def _mount_of(case: Case, path: str) -> VolumeMount | None:
    mounts = (case.spec.volume_mounts or ()) if case.spec else ()
    below = [m for m in mounts if (path + "/").startswith(m.mount_path.rstrip("/") + "/")]
    return max(below, key=lambda m: len(m.mount_path), default=None)


def _weigh_volume(claim: Claim, case: Case, mount: VolumeMount) -> None:
    volume = next((v for v in case.pod.spec.volumes or () if v.name == mount.name), None)
    written_later = volume is not None and (volume.empty_dir or volume.secret)
    text = f"the file is below {mount.mount_path}, which is volume {mount.name}"
    if written_later:
        text += ", and others can write it later"
    weight = Weight.MODERATE if written_later else Weight.WEAK
    claim.observed(text, weight, case.spec_origin("volumeMounts"))


def _weigh_birth(claim: Claim, case: Case) -> None:
    """Weigh whether the restarts belong to the pod's first minutes and stopped."""
    running = case.running_seconds
    born, life = case.pod.created, case.life
    if case.status is None or life is None or life.finished is None:
        return
    if case.restarts > _MOST_RESTARTS:
        text = f"it was restarted {case.restarts} times: a start race ends after one to three"
        claim.against(text, Weight.MODERATE, case.status_origin("restartCount"))
    elif running is not None and born is not None and life.finished - born <= _BIRTH_SECONDS:
        text = f"{case.restarts} restarts at the birth of the pod, and it has run "
        text += f"for {in_words(running)} since"
        claim.observed(text, Weight.STRONG, case.status_origin("restartCount"))
