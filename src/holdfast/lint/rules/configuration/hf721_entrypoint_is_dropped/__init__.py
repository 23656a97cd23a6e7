"""command replaces both ENTRYPOINT and CMD of the image.

What happens
------------
The image's start script does not run: no initialised database, no configuration from variables, no
init process.

Why it hurts
------------
The container starts without its set-up, or not at all.

How we know
-----------
command on an official image whose entrypoint does work.

What else it could be
---------------------
A command that calls the entrypoint script itself.

Fix
---
args instead of command.

When the fix is wrong
---------------------
Where the script is not wanted.

References
----------
docs/specs/rules.md HF721, docs/specs/kubelet.md on command and args.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.container import ContainerKind
from holdfast.model.image_reference import parse_reference
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF721",
    "command drops the entrypoint of an image that needs it",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=("A02", "A30"),
)


# Official images whose docker-entrypoint.sh prepares what the program needs.
_NEED_ENTRYPOINT = frozenset(
    {"postgres", "mysql", "mariadb", "mongo", "rabbitmq", "wordpress", "cassandra", "nextcloud",
     "elasticsearch", "vault", "kong", "zookeeper"}
)  # fmt: skip


def check_container(container: ContainerSubject) -> Iterator[Problem]:
    """command on such an image, without its script."""
    command = container.spec.command
    name = parse_reference(container.spec.image).name
    if not command or name not in _NEED_ENTRYPOINT or container.kind is ContainerKind.INIT:
        return
    if not any("entrypoint" in word for word in command):
        yield container.problem(
            f"the entrypoint of {name} does not run: what it prepares is missing",
            "command",
            fix=Fix("args instead of command"),
        )
