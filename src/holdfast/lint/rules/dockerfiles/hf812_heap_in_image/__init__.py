"""A heap size that is built into the image.

What happens
------------
-Xmx, -Xms, --max-old-space-size and GOMEMLIMIT in ENV, ENTRYPOINT or CMD are fixed when the image
is built; the memory limit is set where it is deployed, and differs from place to place.

Why it hurts
------------
A limit below the heap ends in OOMKilled; one far above it is paid for and never used. Whoever
raises the limit sees no effect.

How we know
-----------
The words and the variables of the image. Percentages follow the limit and are no finding. Of an
image that was read, its variables that the manifest leaves as they are.

What else it could be
---------------------
An image that is deployed in one size only.

Fix
---
A percentage (-XX:MaxRAMPercentage), or the option in the manifest beside its limit.

When the fix is wrong
---------------------
Where the manifest sets the same variable: the image's value is then never used.

References
----------
docs/specs/rules.md HF812; docs/specs/causes.md D04.
"""

from collections.abc import Iterator

from holdfast.lint.images import ImageSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.start import Start
from holdfast.model.heap_setting import settings_in
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF812",
    "the heap's size is built into the image",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("D04",),
)


_INITIAL = regex(r"-Xms\d+[kmgtKMGT]?\b")
_ADVICE = {
    "GOMEMLIMIT": "GOMEMLIMIT in the manifest, beside the memory limit",
    "--max-old-space-size": "NODE_OPTIONS in the manifest, beside the memory limit",
}
# Variables of tools that build, which nothing in the cluster reads.
_OF_BUILDS = frozenset({"MAVEN_OPTS", "GRADLE_OPTS", "SBT_OPTS"})
_JVM = "-XX:MaxRAMPercentage=70, or the option in the manifest beside the memory limit"


def check_start(start: Start) -> Iterator[Problem]:
    """Sizes in the variables of the image, and in what it starts."""
    dockerfile = start.stage.dockerfile
    for setting in start.stage.settings.values():
        flag = _flag(setting.name, setting.value or "")
        if flag and setting.name not in _OF_BUILDS:
            message = f"{setting.name} sets {flag}, whatever the memory limit is"
            fix = Fix(_ADVICE.get(flag, _JVM))
            yield dockerfile.problem(message, setting.instruction, setting.word, fix=fix)
    for part in start.parts:
        flag = _flag("command", part.text)
        if flag:
            message = f"{part.instruction.keyword} sets {flag}, whatever the memory limit is"
            fix = Fix(_ADVICE.get(flag, _JVM))
            yield dockerfile.problem(message, part.instruction, part.word, fix=fix)
            return


def check_image(image: ImageSubject) -> Iterator[Problem]:
    """Sizes in the variables and the command of an image, which the manifest leaves in place."""
    given = image.container.spec.env or () if image.container is not None else ()
    names = {variable.name for variable in given}
    variables = image.image.config.environment.items()
    texts = [(name, value) for name, value in variables if name not in names]
    if image.started is not None:
        texts.append(("command", " ".join(image.started.words)))
    for name, value in texts:
        flag = _flag(name, value)
        if flag:
            message = f"{name} of the image sets {flag}, whatever the memory limit is"
            yield image.problem(message, fix=Fix(_ADVICE.get(flag, _JVM)))
            return


def _flag(place: str, text: str) -> str:
    """The option that a text sets to a size; "" for none."""
    for found in settings_in(place, text, 0):
        if "Percentage" not in found.flag:
            return found.flag
    return "-Xms" if _INITIAL.search(text) else ""
