"""Heap settings that fit the memory limit (A13, A14, D04).

Rules (tuning.md 7.3, 8.4): the heap is a part of the limit; stacks, code, buffers and the collector
need the rest. The share is a rule of thumb until it is measured, so the values are a sketch. A
variable that is there already is not overwritten.
"""

import re
from typing import NamedTuple

from holdfast.fixes.facts import Facts
from holdfast.fixes.proposal import Proposal
from holdfast.model.container import Container
from holdfast.model.edit import Safety
from holdfast.model.quantity import format_bytes
from holdfast.model.regex import regex

CAUSES = ("A13", "A14", "D04")

_MIB = 2**20
# causes.md 8 (D04): 60-75 % of the limit. Small limits leave less beside the fixed parts, which
# tuning.md 8.2 measured with 60-90 MiB.
_LARGE_BYTES = 512 * _MIB
_SHARE_PERCENT, _SMALL_SHARE_PERCENT = 75, 60
# tuning.md 7.3: 90 % unless everything outside the Go heap was measured.
_GO_PERCENT = 90
_SIGNS = {
    "jvm": r"\bjava\b|\.jar\b|openjdk|temurin|\bjvm\b|java heap|-Xmx|MaxRAMPercentage",
    "node": r"\bnode(?:js)?\b|\bnpm\b|v8|max-old-space-size|reached heap limit",
    "go": r"gomemlimit|goroutine",
}


def propose(facts: Facts) -> Proposal | None:
    """One environment variable that tells the runtime its share of the limit."""
    limit = facts.limit("memory")
    container = facts.container
    if limit is None or container is None:
        return None
    runtime = "node" if facts.verdict.cause == "A14" else _runtime(facts, container)
    share = _SHARE_PERCENT if limit.bytes >= _LARGE_BYTES else _SMALL_SHARE_PERCENT
    settings = {
        "jvm": ("JAVA_TOOL_OPTIONS", f"-XX:MaxRAMPercentage={share}.0", share),
        "node": (
            "NODE_OPTIONS",
            f"--max-old-space-size={limit.bytes * share // 100 // _MIB}",
            share,
        ),
        "go": ("GOMEMLIMIT", f"{limit.bytes * _GO_PERCENT // 100 // _MIB}MiB", _GO_PERCENT),
    }
    if runtime not in settings:
        return None
    name, value, percent = settings[runtime]
    flag = _FLAGS.get(runtime)
    if flag is not None and (found := _flag_in_words(container, flag)) is not None:
        return _rewrite_flag(facts, found, limit.bytes, percent)
    if any(entry.name == name for entry in container.env or ()):
        return None
    explanation = (
        f"{name}={value} gives the heap {percent} % of the limit of {format_bytes(limit.bytes)}; "
        "the rest is for stacks, code, buffers and the collector. Measure the use under load "
        "before trusting the share; a leak only meets the new bound later"
    )
    return Proposal(Safety.SKETCH, explanation, (facts.set("env", name, {"value": value}),))


def _runtime(facts: Facts, container: Container) -> str:
    words = " ".join((container.image, *(container.command or ()), *(container.args or ())))
    for runtime, pattern in _SIGNS.items():
        if re.search(pattern, words, re.IGNORECASE) or facts.said(pattern):
            return runtime
    return ""


class _Flag(NamedTuple):
    """A flag on the command line, which wins over the environment: where it stands."""

    field: str
    words: tuple[str, ...]
    place: int
    match: re.Match[str]


# The flag that bounds the heap: what stands before its number, the number, and its unit.
_FLAGS = {
    "jvm": regex(r"(-Xmx)(\d+)([kKmMgG]?)\b"),
    "node": regex(r"(--max[-_]old[-_]space[-_]size=)(\d+)()\b"),
}


def _flag_in_words(container: Container, flag: re.Pattern[str]) -> _Flag | None:
    for field, words in (("command", container.command or ()), ("args", container.args or ())):
        for index, word in enumerate(words):
            match = flag.search(word)
            if match is not None:
                return _Flag(field, words, index, match)
    return None


def _rewrite_flag(facts: Facts, found: _Flag, limit_bytes: int, percent: int) -> Proposal | None:
    """A heap above its share is set to the share; one below it is not the fault."""
    heap_mebibytes = limit_bytes * percent // 100 // _MIB
    units = {"": 1, "k": 2**10, "m": _MIB, "g": 2**30}
    head, digits, unit = found.match.groups()
    is_node = head.startswith("--")
    present_bytes = int(digits) * (_MIB if is_node else units[unit.lower()])
    if present_bytes <= heap_mebibytes * _MIB:
        return None
    flag = f"{head}{heap_mebibytes}{'' if is_node else 'm'}"
    start, end = found.match.span()
    word = found.words[found.place]
    changed = [*found.words]
    changed[found.place] = word[:start] + flag + word[end:]
    explanation = (
        f"{found.match.group()} asks for more heap than {percent} % of the limit of "
        f"{format_bytes(limit_bytes)}; {flag} is that share. The rest is for stacks, code, buffers "
        "and the collector. If the program needs the heap it has, raise the limit instead"
    )
    return Proposal(Safety.SKETCH, explanation, (facts.set(found.field, [*changed]),))
