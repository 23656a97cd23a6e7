"""Go before version 1.25 starts as many threads as the node has processors, whatever the limit.

What happens
------------
GOMAXPROCS is the number of processors of the node. Under a small CPU limit all of them run at once,
use up the quota within the first milliseconds of each 100 ms, and then all stand still.

Why it hurts
------------
Answers take tens of milliseconds longer, garbage collection competes with requests, and probes
fail.

How we know
-----------
The version of Go stands in the reference of the image (golang:1.23, 1.4.2-go1.22) or in a variable,
a CPU limit is set, and GOMAXPROCS is not. Of an image that was read, its build info tells more: the
version, GODEBUG, automaxprocs.

What else it could be
---------------------
A program that imports automaxprocs.

Fix
---
Go 1.25 or later, automaxprocs, or GOMAXPROCS from the limit: valueFrom.resourceFieldRef of
limits.cpu.

When the fix is wrong
---------------------
On nodes with as few processors as the limit allows.

References
----------
docs/specs/rules.md HF404, docs/specs/tuning.md 7.1, docs/specs/causes.md C05; Go 1.25 release
notes, container-aware GOMAXPROCS.
"""

import math
from collections.abc import Iterator

from holdfast.images.advice import follows_quota, release_of
from holdfast.lint.options import variable_options
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF404",
    "a Go program before 1.25 counts the processors of its node",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("C05",),
)


_IN_IMAGE = regex(r"(?:^|/)golang:1\.(\d+)|[-.]go1\.(\d+)")
_IN_VARIABLE = regex(r"(?:go)?1\.(\d+)(?:\.\d+)?")
_VERSIONS = ("GOLANG_VERSION", "GO_VERSION", "GOVERSION")
# Go 1.25: GOMAXPROCS follows the quota.
_AWARE = 25
# rules.md HF404: small.
_SMALL_MILLICORES = 4000


def check_container_in(container: ContainerSubject, world: World) -> Iterator[Problem]:
    """An old Go, a limit, and no number of threads."""
    limit = container.limit_millicores()
    if not limit or limit > _SMALL_MILLICORES or "GOMAXPROCS" in world.environment_of(container):
        return
    built = world.images.go_of(container)
    if built is not None:
        follows = follows_quota(built)
        told = f"Go {built.version.removeprefix('go')}"
        if release_of(built.version) >= (1, _AWARE):
            told += ", whose go.mod names an older one,"
    else:
        minor = _minor(container, world)
        follows, told = minor is None or minor >= _AWARE, f"Go 1.{minor}"
    if follows is False:
        yield container.problem(
            f"{told} runs a thread on each processor of the node, under a limit of {limit}m",
            "resources",
            "limits",
            "cpu",
            fix=Fix(f"GOMAXPROCS {math.ceil(limit / 1000)}, or Go 1.{_AWARE} and later"),
        )


def _minor(container: ContainerSubject, world: World) -> int | None:
    """The minor version of Go that the manifest shows."""
    image = _IN_IMAGE.search(container.spec.image)
    if image is not None:
        return int(image[1] or image[2])
    for option in variable_options(world.environment_of(container), _VERSIONS):
        match = _IN_VARIABLE.fullmatch(option.text)
        if match is not None:
            return int(match[1])
    return None
