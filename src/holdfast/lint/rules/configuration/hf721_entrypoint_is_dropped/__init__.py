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
command on an official image whose entrypoint does work, or on one whose Dockerfile is checked
beside it and starts an init or a script.

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
from holdfast.lint.start import Start
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


def check_command(container: ContainerSubject) -> Iterator[Problem]:
    """command on such an image, without its script."""
    command = container.spec.command
    if not command or container.kind is ContainerKind.INIT:
        return
    name = parse_reference(container.spec.image).name
    if name not in _NEED_ENTRYPOINT:
        return
    if not any("entrypoint" in word for word in command):
        yield container.problem(
            f"the entrypoint of {name} does not run: what it prepares is missing",
            "command",
            fix=Fix("args instead of command"),
        )


def check_built_container(start: Start, container: ContainerSubject) -> Iterator[Problem]:
    """command on an image whose Dockerfile is known, without its init or its script."""
    command, entrypoint = container.spec.command or (), start.entrypoint
    if not command or entrypoint is None or container.kind is ContainerKind.INIT:
        return
    lost = [start.init] if start.init else []
    if start.script is not None:
        lost.append(start.script.path)
    called = {word.rpartition("/")[2] for word in command}
    lost = [one for one in lost if one.rpartition("/")[2] not in called]
    if lost:
        yield container.problem(
            f"{' and '.join(lost)} of {start.stage.dockerfile.parsed.file}, line "
            f"{entrypoint.span.line}, {'do' if len(lost) > 1 else 'does'} not run",
            "command",
            fix=Fix("args instead of command"),
        )
