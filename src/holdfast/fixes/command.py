"""The complete command line that applies a change to the cluster.

Rules: quoting is the shell's (POSIX); the object is addressed by kind, name and namespace, its
containers by name. What the API does not let anyone change is replaced instead, and the command
shows it.
"""

import shlex

import msgspec

from holdfast.fixes.strategic import below, patch_of
from holdfast.fixes.target import Target
from holdfast.model.edit import Change


def patch_command(target: Target, changes: tuple[Change, ...]) -> str:
    """`kubectl patch`, or a replacement where fields are immutable; "" for kinds not known."""
    if not changes or not target.spec_path:
        return ""
    patch = below(target.spec_path, patch_of(changes))
    body = shlex.quote(msgspec.json.encode(patch).decode())
    where = f"-n {shlex.quote(target.namespace)}"
    if not target.fixed:
        reference = shlex.quote(target.reference)
        return f"kubectl patch {reference} {where} --type=strategic -p {body}"
    kind, name = target.kind.lower(), shlex.quote(target.name)
    return (
        f"kubectl get {kind} {name} {where} -o yaml "
        f"| kubectl patch --local -f - --type=strategic -p {body} -o yaml "
        f"{_without_server_fields(target)}| kubectl replace --force -f -"
    )


def _without_server_fields(target: Target) -> str:
    """A Job's selector and label are set by the server, which refuses them in a new Job."""
    if target.kind != "Job":
        return ""
    labels = ("controller-uid", "batch.kubernetes.io/controller-uid")
    script = "; ".join(f"/^ *{label.replace('/', '.')}:/d" for label in labels)
    return f"| sed {shlex.quote(script + '; /^  selector:$/,/^ *matchLabels:/d')} "
