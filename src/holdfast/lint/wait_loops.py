"""Loops in commands that wait for something else, as init containers have them."""

import re
from collections.abc import Iterator

import msgspec

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Path
from holdfast.model.regex import regex

_LOOP = regex(
    r"(?:^|[\s;&|('\"])(until|while)\s(?P<test>.+?);?\s*\bdo\b(?P<body>.*?)\bdone\b", re.DOTALL
)
# A counter, an exit, or a clock in the loop.
_BOUND = regex(r"\$\(\(|\blet\b|\bexpr\b|\bexit\b|\bbreak\b|SECONDS|\bdate\b|-(?:lt|le|gt|ge)\b")
_HOST = regex(
    r"(?:nc\s(?:-\S+\s+(?:\d+\s+)?)*|pg_isready\s.*?-h\s*|mysqladmin\s.*?-h\s*|redis-cli\s.*?-h\s*|"
    r"https?://|nslookup\s+|getent\s+hosts\s+)([A-Za-z][\w.-]*)"
)


class WaitLoop(msgspec.Struct, frozen=True):
    """A loop, where its text stands, what it asks, and whether it can end without an answer."""

    path: Path
    text: str
    target: str
    bounded: bool


def wait_loops(container: ContainerSubject) -> Iterator[WaitLoop]:
    """The loops of a container's command that test something again and again."""
    if not any("done" in word for word in container.words):
        return
    bounded = any(word.rpartition("/")[2] == "timeout" for word in container.words[:1])
    for field, words in (("command", container.spec.command), ("args", container.spec.args)):
        for index, word in enumerate(words or ()):
            for match in _LOOP.finditer(word):
                text = match.group().strip()
                host = _HOST.search(match["test"])
                ends = bounded or bool(_BOUND.search(text)) or "timeout " in word
                if match["test"].strip() in ("true", ":") and not _BOUND.search(text):
                    # `while true` is a program that runs for ever, and waits for nothing.
                    continue
                yield WaitLoop((field, index), text, host[1] if host else "", ends)
