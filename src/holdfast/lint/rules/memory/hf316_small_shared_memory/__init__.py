"""The program shares memory between its processes, and the runtime gives it 64 MiB for that.

What happens
------------
Container runtimes mount /dev/shm with 64 MiB. Browsers put their pages there, PyTorch the batches
of its loaders, PostgreSQL what parallel workers share.

Why it hurts
------------
The program ends with SIGBUS, a crashed tab, or "could not resize shared memory segment: No space
left on device".

How we know
-----------
The image is a browser, PyTorch or PostgreSQL by its name, and nothing is mounted at /dev/shm.

What else it could be
---------------------
Use that stays below: one worker, --disable-dev-shm-usage, queries that do not run in parallel.

Fix
---
An emptyDir with medium: Memory and a sizeLimit at /dev/shm. It counts against the memory limit.

When the fix is wrong
---------------------
Where memory is short and the program was measured to stay below 64 MiB.

References
----------
docs/specs/rules.md HF316, docs/specs/causes.md D07; containerd pkg/oci/mounts.go (shm size=65536k).
"""

from collections.abc import Iterator

from holdfast.lint.mounts import volume_at
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.image_reference import parse_reference
from holdfast.model.regex import regex
from holdfast.model.rule import Audience, Confidence, Rule, Severity

RULE = Rule(
    "HF316",
    "shared memory is 64 MiB, and the program needs more",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=(
        "D07",
        "A01",
    ),
    audience=Audience.PLATFORM,
)


_SHARES = regex(
    r"(?:postgres(?:ql)?|postgis|timescaledb|pgvector|chrome|chromium|alpine-chrome|"
    r"standalone-chrom\w+|node-chrom\w+|browserless|playwright|puppeteer|pytorch|torchserve)"
)
_SHARED = "/dev/shm"  # noqa: S108 - a path in a container
_AVOIDS = "--disable-dev-shm-usage"


def check_container(container: ContainerSubject) -> Iterator[Problem]:
    """A program that shares memory, without a volume for it."""
    name = parse_reference(container.spec.image).name
    if not container.serves or not _SHARES.fullmatch(name):
        return
    if any(_AVOIDS in word for word in container.words):
        return
    if volume_at(container, _SHARED) is None:
        yield container.problem(
            f"{name} shares memory between its processes, and has 64 MiB for it",
            "volumeMounts",
            fix=Fix("an emptyDir with medium Memory and a sizeLimit, mounted at /dev/shm"),
        )
