"""Whether a pod bears a taint of its node (k8s.io/component-helpers scheduling/corev1)."""

from collections.abc import Iterable

from holdfast.model.node import Taint
from holdfast.model.pod import Toleration


def tolerates(tolerations: Iterable[Toleration] | None, taint: Taint) -> bool:
    """Whether any toleration matches the taint. Comparisons (Lt, Gt) are alpha and never match."""
    return any(_matches(toleration, taint) for toleration in tolerations or ())


def _matches(toleration: Toleration, taint: Taint) -> bool:
    if toleration.effect and toleration.effect != taint.effect:
        return False
    if toleration.key and toleration.key != taint.key:
        return False
    if toleration.operator == "Exists":
        return True
    # Without a key only Exists matches, and the API refuses anything else.
    equal = toleration.operator in ("", "Equal") and bool(toleration.key)
    return equal and toleration.value == taint.value
