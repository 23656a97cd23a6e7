"""From a finding to the patch that would end it, where there is an honest one.

Rules: only decided findings get a patch, and stops on request, where nothing is left to decide:
there, what made the stop slow is mended. Intended restarts and troubles whose root lies elsewhere
get none (causes.md 11): a patch of the victim would hide them. The cause is fixed before what
contributes to it.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from functools import cache

import msgspec

from holdfast.fixes import proposals
from holdfast.fixes.command import patch_command
from holdfast.fixes.edits import RefusedError, edit, unified_diff
from holdfast.fixes.facts import Facts
from holdfast.fixes.proposal import Proposal
from holdfast.fixes.strategic import below, patch_of
from holdfast.fixes.target import Target, find_target
from holdfast.model.document import Document, Mapping, Node, Sequence, find, resolve, to_plain
from holdfast.model.edit import Edit, Patch
from holdfast.model.finding import Finding, State
from holdfast.model.pod import Pod
from holdfast.model.redaction import redact
from holdfast.model.snapshot import Snapshot
from holdfast.model.verdict import Role, Verdict

INTENDED = frozenset({"F02", "F03", "A25", "E07", "E12"})
"""Restarts that somebody wants (causes.md 11)."""

ROOT_ELSEWHERE = frozenset({"A29", "E05", "E11", "A05", "A08"})
"""What happened to the victim; the root is the control plane, the node or a dependency."""

Rule = Callable[[Facts], Proposal | None]


def propose_all(
    findings: Iterable[Finding], snapshot: Snapshot, documents: tuple[Document, ...]
) -> Iterator[Finding]:
    """Each finding with its patch, or unchanged where nothing can honestly be proposed.

    `documents` are the user's own manifests; the patch is an edit of the one that holds its target.
    """
    # With the uid, because pods of a StatefulSet come again under their name.
    pods = {(*pod.key, uid): pod for pod in snapshot.pods for uid in ("", pod.metadata.uid)}
    for finding in findings:
        subject = finding.subject
        pod = pods.get((subject.namespace, subject.pod, subject.uid))
        yield _propose(finding, pod, snapshot, documents)


def propose(finding: Finding, snapshot: Snapshot, documents: tuple[Document, ...]) -> Finding:
    """As `propose_all`, for one finding."""
    return next(propose_all([finding], snapshot, documents))


def _propose(
    finding: Finding, pod: Pod | None, snapshot: Snapshot, documents: tuple[Document, ...]
) -> Finding:
    if pod is None or _is_left_alone(finding):
        return finding
    for verdict in _fixable(finding):
        facts = Facts(finding, verdict, pod)
        proposal = rules()[verdict.cause](facts)
        if proposal is not None:
            target = find_target(finding.subject, pod, snapshot)
            patch = _patch(verdict, proposal, target, documents)
            return msgspec.structs.replace(finding, patch=patch)
    return finding


@cache
def rules() -> dict[str, Rule]:
    """The rule of each cause that has one, found in the modules below `proposals/`."""
    found: dict[str, Rule] = {}
    for module_info in pkgutil.iter_modules(proposals.__path__, proposals.__name__ + "."):
        module = importlib.import_module(module_info.name)
        found.update(dict.fromkeys(module.CAUSES, module.propose))
    return found


def _is_left_alone(finding: Finding) -> bool:
    """Whether a patch of this object would be wrong, or would hide the root of a whole group."""
    cause = finding.cause
    if cause is None:
        return finding.state is not State.STOPPED
    if cause.cause in INTENDED | ROOT_ELSEWHERE:
        return True
    return bool(finding.group) and not ROOT_ELSEWHERE.isdisjoint(cause.leads_to)


def _fixable(finding: Finding) -> Iterator[Verdict]:
    contributing = [v for v in finding.beside if v.role is Role.CONTRIBUTING]
    for verdict in (finding.cause, *contributing):
        if verdict is not None and verdict.cause in rules():
            yield verdict


def _patch(
    verdict: Verdict, proposal: Proposal, target: Target, documents: tuple[Document, ...]
) -> Patch:
    edits, diff, refusal = _edit_manifest(proposal, target, documents)
    command = proposal.command or patch_command(target, proposal.changes)
    if redact(command) != command:
        command, refusal = "", (*refusal, _NO_COMMAND)
    return Patch(
        cause=verdict.cause,
        safety=proposal.safety,
        explanation=proposal.explanation,
        target=target.reference,
        namespace=target.namespace,
        changes=proposal.changes,
        caveats=(*proposal.caveats, *target.caveats, *refusal),
        command=command,
        edits=edits,
        diff=diff,
    )


_NO_COMMAND = (
    "there is no command: it would repeat arguments of the container that look like a secret; make "
    "the change in the manifest"
)


def _edit_manifest(
    proposal: Proposal, target: Target, documents: tuple[Document, ...]
) -> tuple[tuple[Edit, ...], str, tuple[str, ...]]:
    """Edits and diff of the user's manifest, or the reason why there are none."""
    if not proposal.changes or not target.spec_path:
        return (), "", ()
    patch = below(target.spec_path, patch_of(proposal.changes))
    for document in documents:
        root = _find_object(document, document.root, target)
        if root is None or not isinstance(patch, dict):
            continue
        try:
            edits = edit(document, root, patch)
        except RefusedError as reason:
            return (), "", (f"{document.file} was not edited: {reason}",)
        return edits, unified_diff(document, edits), ()
    return (), "", ()


def _find_object(document: Document, node: Node, target: Target) -> Node | None:
    """The target in a document or in a List; dumps of a cluster are no manifests."""
    inner = resolve(node)
    if not isinstance(inner, Mapping):
        return None
    items = find(inner, "items")
    if items is not None and isinstance(items := resolve(items), Sequence):
        found = (_find_object(document, item, target) for item in items.items)
        return next((node for node in found if node is not None), None)
    named = _text(inner, "kind") == target.kind and _text(inner, "metadata", "name") == target.name
    namespace = _text(inner, "metadata", "namespace") or target.namespace
    dumped = find(inner, "metadata", "uid") is not None
    return node if named and namespace == target.namespace and not dumped else None


def _text(node: Node, *path: str) -> str:
    found = find(node, *path)
    value = to_plain(found) if found is not None else None
    return value if isinstance(value, str) else ""
