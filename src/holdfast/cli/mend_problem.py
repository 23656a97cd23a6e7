"""From a problem to the edits that mend it, and to the replays of both.

Rules: an edit is offered only when the text, read again, is the old value with the change made and
nothing else, and when no replay of the changed pod restarts (rules.md 2.6).
"""

from typing import Any

from holdfast.cli.ask_model import Model, Shown
from holdfast.cli.reread import after_edits
from holdfast.fixes.confined import is_confined
from holdfast.fixes.edits import apply_edits
from holdfast.fixes.mend_text import edits_of
from holdfast.lint.dockerfiles import DockerfileSubject
from holdfast.lint.documents import ObjectSubject
from holdfast.lint.pods import ContainerSubject, PodSubject, decode_spec
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.subject import Subject
from holdfast.model.edit import Json, Safety
from holdfast.model.hazard import Mending
from holdfast.model.pod import PodSpec
from holdfast.sources.dockerfile.read_dockerfile import read_dockerfile


def owner_of(subject: object) -> ObjectSubject | None:
    """The object that a subject is, or is a part of."""
    pod = pod_of(subject)
    if pod is not None:
        return pod.owner
    return subject if isinstance(subject, ObjectSubject) else None


def pod_of(subject: object) -> PodSubject | None:
    """The pod that a subject is, or is a part of."""
    if isinstance(subject, ContainerSubject):
        return subject.pod
    return subject if isinstance(subject, PodSubject) else None


def mended(problem: Problem, model: Model | None) -> tuple[Mending | None, Shown]:
    """How to mend a problem, and what replays show; no `model` leaves replays out."""
    mending, mended_value = None, None
    if problem.fix is not None:
        mending, mended_value = _mending(problem.fix, problem.subject)
    pod = pod_of(problem.subject)
    if pod is None or model is None:
        return mending, Shown(None)
    shown = model.ask(problem, pod, _spec_in(mended_value, pod) if mended_value else None)
    if shown.refuted and mending is not None:
        mending = Mending(mending.words, Safety.SKETCH, withheld=shown.refuted)
    return mending, shown


def _mending(fix: Fix, subject: object) -> tuple[Mending, Json]:
    """The edits of a fix, or why there are none, and the value of the document with them."""
    if isinstance(subject, DockerfileSubject) and fix.edits:
        return _checked(fix, subject), None
    target = fix.of if fix.of is not None else subject
    owner = owner_of(target)
    if fix.patch is None or owner is None or not isinstance(target, Subject):
        return Mending(fix.words, fix.safety, fix.edits), None
    edits = edits_of(owner.document, target.root, fix.patch)
    if isinstance(edits, str):
        return Mending(fix.words, Safety.SKETCH, withheld=edits), None
    after = after_edits(owner.document, target.root, fix.patch, owner.source.value, edits)
    if after is None:
        why = "the text would then mean something else as well"
        return Mending(fix.words, Safety.SKETCH, withheld=why), None
    return Mending(fix.words, fix.safety, edits), after


def _checked(fix: Fix, subject: DockerfileSubject) -> Mending:
    """The edits of a Dockerfile or of its scripts, unless the file would change elsewhere too."""
    before = subject.parsed
    edits = [edit for edit in fix.edits if edit.file == before.file]
    after = read_dockerfile(apply_edits(before.text, edits), before.file)
    if not is_confined(before, after, edits):
        why = "the file would then be read otherwise elsewhere as well"
        return Mending(fix.words, Safety.SKETCH, withheld=why)
    return Mending(fix.words, fix.safety, fix.edits)


def _spec_in(value: Any, pod: PodSubject) -> PodSpec:
    """The same pod in another version of its document."""
    for step in pod.root:
        value = value[step]
    return decode_spec(value).spec
