"""A program that was built for another C library than the image has.

What happens
------------
What a Debian image builds for glibc asks for /lib64/ld-linux-x86-64.so.2; an Alpine image has musl
instead, and one from scratch has neither.

Why it hurts
------------
Exit code 127 or StartError, "no such file or directory", about a file that is there.

How we know
-----------
The families of both images, and what the build does: go build without CGO_ENABLED=0, cargo build
without a musl target, a C compiler without -static, a virtual environment.

What else it could be
---------------------
A Go program without cgo in any of its packages, which is static anyway; gcompat on Alpine.

Fix
---
A static build (CGO_ENABLED=0, a musl target, -static), or the same family for both stages.

When the fix is wrong
---------------------
Where the program needs cgo: then the same family.

References
----------
docs/specs/rules.md HF818; docs/specs/causes.md A34, B01.
"""

from collections.abc import Iterator

from holdfast.lint.dockerfiles import StageSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.start import Start
from holdfast.model.dockerfile import Instruction
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity
from holdfast.model.shell_call import Shell, shell_of_image

RULE = Rule(
    "HF818",
    "the program was built for another C library",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=("A34", "B01"),
)


_GO = regex(r"\bgo\s+(?:build|install)\b")
_RUST = regex(r"\bcargo\s+(?:build|install)\b")
_C = regex(r"(?:^|[\s;&])(?:gcc|g\+\+|clang|cc|c\+\+)\s")
_STATIC = regex(r"-static\b|netgo|musl|crt-static")
_NO_CGO = regex(r"CGO_ENABLED=0")
_VENV = regex(r"\b(?:venv|virtualenv)\b")
_SAME = regex(r"gcompat|libc6-compat|glibc")


def check_start(start: Start) -> Iterator[Problem]:
    """Copies from a stage of glibc into an image without it."""
    final = start.stage
    runs = " ".join(one.text for one in final.all_of("RUN"))
    here = _library(final)
    if here not in ("musl", "none") or _SAME.search(runs):
        return
    for copy in final.copies:
        parsed = final.dockerfile.parsed
        origin = parsed.stage_named(copy.origin or "", copy.stage.index)
        if origin is None:
            continue
        before = StageSubject(final.dockerfile, origin)
        built = _dynamic_build(before) if _library(before) == "glibc" else None
        if built is not None and _is_started(start, copy.target, copy.sources):
            what, advice = built
            place = f"{final.base} has {'musl' if here == 'musl' else 'no C library'}"
            yield final.dockerfile.problem(
                f"{what} in stage {origin.name or origin.index} is linked to glibc; {place}: not "
                "found, exit code 127",
                copy.instruction,
                fix=Fix(advice),
            )
            return


def _library(stage: StageSubject) -> str:
    """glibc, musl or none, by the base image; "" where it is not known."""
    base = stage.base or ""
    if stage.from_scratch or "distroless/static" in base or "chainguard/static" in base:
        return "none"
    shell = shell_of_image(base) if base and not stage.for_windows else Shell.UNKNOWN
    if "alpine" in base:
        return "musl"
    return "glibc" if shell in (Shell.DASH, Shell.BASH) else ""


def _dynamic_build(stage: StageSubject) -> tuple[str, str] | None:
    """What a stage builds against its own library, and how to build it otherwise."""
    setting = stage.settings.get("CGO_ENABLED")
    no_cgo = setting is not None and setting.value == "0"
    for one in stage.all_of("RUN"):
        text = _text(one)
        if _STATIC.search(text):
            continue
        if _GO.search(text) and not no_cgo and not _NO_CGO.search(text):
            return "what go build makes with cgo", "CGO_ENABLED=0 before go build"
        if _RUST.search(text):
            return "what cargo build makes", "--target x86_64-unknown-linux-musl, or the same base"
        if _C.search(text):
            return "what the C compiler makes", "-static, or the same base"
        if _VENV.search(text):
            return "the virtual environment", "the same base image for both stages"
    return None


def _text(one: Instruction) -> str:
    return " ".join([one.text, *(heredoc.body for heredoc in one.heredocs)])


def _is_started(start: Start, target: str | None, sources: tuple[str, ...]) -> bool:
    """Whether a copy brings what the image starts."""
    program = start.program.text if start.program is not None else ""
    if target is None or not program:
        return False
    name = program.rpartition("/")[2]
    names = {target.rpartition("/")[2], *(source.rpartition("/")[2] for source in sources)}
    return name in names or program.startswith(f"{target.rstrip('/')}/")
