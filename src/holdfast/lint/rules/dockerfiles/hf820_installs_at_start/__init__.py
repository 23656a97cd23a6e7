"""Packages that are installed, or databases that are migrated, when the container starts.

What happens
------------
Every start of every replica asks a package registry, or changes the schema of the database, before
the program runs.

Why it hurts
------------
Starts take longer than probes wait for, and a registry that is away keeps every restarted pod down.
Replicas that migrate side by side meet each other's locks.

How we know
-----------
The words of ENTRYPOINT, CMD and of the script that they start.

What else it could be
---------------------
An image for development.

Fix
---
RUN for what is installed; a Job, or one init container with a lock, for a migration.

When the fix is wrong
---------------------
Where what is installed is only known at run time.

References
----------
docs/specs/rules.md HF820, HF710; docs/specs/causes.md A05, C03.
"""

from collections.abc import Iterator

from holdfast.lint.problem import Fix, Problem
from holdfast.lint.start import Start
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF820",
    "the start of the container installs or migrates",
    Severity.LOW,
    Confidence.LIKELY,
    prevents=("A05", "C03"),
)


_INSTALLS = regex(
    r"\b(?:pip3?|poetry|uv|pipenv|gem|bundle|composer|apt-get|apt|yum|dnf|microdnf)\s+"
    r"(?:-\S+\s+)*(?:install|sync|update)\b|\bapk\s+(?:-\S+\s+)*add\b|"
    r"\bnpm\s+(?:ci|install|i)\b|\b(?:yarn|pnpm)\s+install\b|\bgo\s+(?:get|mod\s+download)\b"
)
_MIGRATES = regex(
    r"\balembic\s+(?:-\S+\s+\S+\s+)*upgrade\b|\bmanage\.py\s+migrate\b|\bdb:migrate\b|"
    r"\bprisma\s+(?:migrate|db\s+push)\b|\bflask\s+db\s+upgrade\b|\bflyway\b.*\bmigrate\b|"
    r"\b(?:knex|sequelize|typeorm)\s\S*migrat|\bartisan\s+migrate\b|\bgoose\b.*\sup\b|\bdbmate\s+up\b"
)
_COMMENT = regex(r"(?:^|(?<=\s))#[^\n]*")
_KINDS = (
    (_INSTALLS, "installs at every start of every replica", "RUN, when the image is built"),
    (_MIGRATES, "migrates at every start of every replica", "a Job, or an init container"),
)


def check_start(start: Start) -> Iterator[Problem]:
    """Commands in what is started, and in the script."""
    dockerfile, script = start.stage.dockerfile, start.script
    for pattern, effect, instead in _KINDS:
        if script is not None:
            text = _COMMENT.sub(lambda comment: " " * len(comment.group()), script.text)
            match = pattern.search(text)
            if match is not None:
                place = script.at(start.stage, match.start(), match.end())
                yield Problem(f"`{match.group()}` {effect}", place, dockerfile, Fix(instead))
        for one in dict.fromkeys(part.instruction for part in start.parts):
            match = pattern.search(" ".join(p.text for p in start.parts if p.instruction is one))
            if match is not None:
                yield dockerfile.problem(f"`{match.group()}` {effect}", one, fix=Fix(instead))
