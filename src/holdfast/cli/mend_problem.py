"""From a problem to the edits that mend it, and to the replays of both.

Rules: an edit is offered only when the text, read again, is the old value with the change made and
nothing else, and when no replay of the changed pod restarts (rules.md 2.6).
"""

from typing import TYPE_CHECKING, Any

import msgspec

from holdfast.fixes.confined import is_confined
from holdfast.fixes.edits import apply_edits
from holdfast.fixes.mend_text import edits_of, is_meant
from holdfast.kubelet.behaviour import Behaviour
from holdfast.lint.dockerfiles import DockerfileSubject
from holdfast.lint.documents import ObjectSubject
from holdfast.lint.pods import ContainerSubject, PodSubject, decode_spec
from holdfast.lint.problem import Fix, Problem, Replay
from holdfast.lint.subject import Subject
from holdfast.model.document import Document
from holdfast.model.edit import Edit, Json, Safety
from holdfast.model.hazard import HazardReplay, Mending
from holdfast.model.pod import PodSpec
from holdfast.sources.dockerfile.read_dockerfile import read_dockerfile
from holdfast.sources.yaml_values import plain_documents

if TYPE_CHECKING:
    from holdfast.simulation.answer import Answers


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


class Model:
    """The kubelet model as rules ask it. It is imported with the first question: most runs have
    none, and it would be a quarter of their start.
    """

    def __init__(self, kubelet: Behaviour) -> None:
        """Under which version of the kubelet."""
        self._kubelet = kubelet
        self._answers: Answers | None = None

    def ask(
        self, container: str, asked: Replay, before: PodSpec, after: PodSpec | None
    ) -> HazardReplay | None:
        """What replays of a pod show, before and after a change."""
        from holdfast.simulation.answer import Answers, Question

        if self._answers is None:
            self._answers = Answers(self._kubelet)
        question = Question(container, asked.container, asked.told, asked.seconds)
        return self._answers.answer(question, before, after)


def mended(problem: Problem, model: Model | None) -> tuple[Mending | None, HazardReplay | None]:
    """How to mend a problem, and what replays show; no `model` leaves replays out."""
    mending, mended_value = None, None
    if problem.fix is not None:
        mending, mended_value = _mending(problem.fix, problem.subject)
    pod = pod_of(problem.subject)
    if problem.replay is None or pod is None or model is None:
        return mending, None
    asked, subject = problem.replay, problem.subject
    name = subject.name if isinstance(subject, ContainerSubject) else ""
    after = _spec_in(mended_value, pod) if mended_value is not None else None
    replayed = model.ask(name, asked, pod.spec, after)
    if replayed is not None and replayed.restarts_after and mending is not None:
        why = f"replayed with it, the container still ends {replayed.restarts_after} times"
        mending = Mending(mending.words, Safety.SKETCH, withheld=why)
    return mending, replayed


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
    after = _reread(owner.document, edits)
    if after is None or not is_meant(owner.source.value, target.root, fix.patch, after):
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


def _reread(document: Document, edits: tuple[Edit, ...]) -> Json:
    """The value of the document after edits; None where it can no longer be read."""
    start, end = document.part[:2] if document.part else (0, len(document.text))
    moved = [
        msgspec.structs.replace(
            edit,
            span=msgspec.structs.replace(
                edit.span, start=edit.span.start - start, end=edit.span.end - start
            ),
        )
        for edit in edits
    ]
    text = apply_edits(document.text[start:end], moved)
    values, problem = plain_documents(text, document.file)
    return values[0] if len(values) == 1 and problem is None else None


def _spec_in(value: Any, pod: PodSubject) -> PodSpec:
    """The same pod in another version of its document."""
    for step in pod.root:
        value = value[step]
    return decode_spec(value).spec
