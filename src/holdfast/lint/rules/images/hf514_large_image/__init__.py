"""The image is so large that a new node stands still while it is pulled.

What happens
------------
A pod on a node that does not have the image waits for the whole pull, and then for its layers to be
unpacked one after another.

Why it hurts
------------
Restarts on another node, scaling out and rollouts take minutes; past progressDeadlineSeconds the
rollout fails.

How we know
-----------
The packed size of the layers: more than 1 GiB, or a transfer at 100 Mbit/s that takes longer than
the deadline.

What else it could be
---------------------
A registry in the same network, images that were pulled before, or lazy pulling (eStargz, SOCI).

Fix
---
A stage of its own for the build, data outside of the image: `holdfast image` shows what is waste.

When the fix is wrong
---------------------
Where the size is the program itself, such as models: then pull before, with a DaemonSet.

References
----------
docs/specs/rules.md HF514; kubelet.md 8 (pulls are serial by default).
"""

from collections.abc import Iterator

from holdfast.lint.images import ImageSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.pull_cost import RATES, transfers
from holdfast.model.quantity import format_bytes
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF514",
    "a large image delays every new node",
    Severity.MEDIUM,
    Confidence.MEASURE,
    prevents=("F18",),
)

# rules.md HF514.
_LARGE_BYTES = 1024**3
# apps/v1 defaults.go: progressDeadlineSeconds
_DEFAULT_SECONDS = 600


def check_image(image: ImageSubject) -> Iterator[Problem]:
    """Its size, and the deadline of the Deployment that runs it."""
    packed, deadline = image.image.packed_bytes, _deadline(image)
    slowest = next(one.seconds for one in transfers(image.image) if one.rate == min(RATES))
    late = deadline is not None and slowest > deadline
    if packed <= _LARGE_BYTES and not late:
        return
    words = f"{format_bytes(packed)} to pull: {slowest:.0f} s at {min(RATES) // 10**6} Mbit/s"
    if late:
        words += f", and the rollout fails after {deadline} s (progressDeadlineSeconds)"
    lost = image.image.wasted_bytes + image.image.leftover_bytes
    fix = f"holdfast image: {format_bytes(lost)} unpacked are waste or leftovers of builds"
    yield image.problem(words, fix=Fix(fix if lost else "data outside of the image"))


def _deadline(image: ImageSubject) -> int | None:
    if image.container is None or image.container.pod.kind != "Deployment":
        return None
    given = image.container.pod.owner.get("spec", "progressDeadlineSeconds")
    return given if isinstance(given, int) else _DEFAULT_SECONDS
