"""Dockerfiles are read as BuildKit reads them, and every part knows where it stands."""

import json

import dockerfile as buildkit
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.model.dockerfile import Dockerfile, Instruction
from holdfast.model.expand_variables import expand, pairs_of
from holdfast.sources.dockerfile.instructions import KEYWORDS, Reader
from holdfast.sources.dockerfile.read_dockerfile import is_dockerfile, read_dockerfile

# Pieces of which random files are made: everything that changes how a line is read.
PIECES = [
    "FROM a", "RUN ", "CMD ", "ENTRYPOINT ", "COPY ", "ENV ", "ARG ", "USER ", "WORKDIR ",
    "EXPOSE ", "ONBUILD RUN ", "HEALTHCHECK --interval=1s CMD ", '["a", "b"]', '["a"', "['a']",
    '["a" ,\t"b\\n"] x', "[]", "a=b", 'c="d e"', "e='f g'", "a b", " ", "\t", "\\\n", "\\ \n",
    "\\\r\n", "`\n", "\n", "\r\n", "\n# c\n", "\n\n", "# c", "#escape=`\n", "<<EOF", "<<-EOF",
    '<<"EOF"', "\nEOF\n", "\n\tEOF\n", "--from=x ", '--a="b c" ', "-- ", "$x", "${y:-z}", "x",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=14).map("".join)


def read(text: str) -> Dockerfile:
    """A text under a name."""
    return read_dockerfile(text, "Dockerfile")


def leaf(instruction: Instruction) -> Instruction:
    """What ONBUILD or HEALTHCHECK run, or the instruction itself."""
    return leaf(instruction.inner) if instruction.inner is not None else instruction


def unfolded(text: str, escape: str) -> str:
    """A stretch of a file without its continuations, and the comments and empty lines in them."""
    lines = text.replace("\r\n", "\n").split("\n")
    kept = [lines[0], *(line for line in lines[1:] if line.strip() and line.strip()[0] != "#")]
    return "".join(line.rstrip(" \t").removesuffix(escape) for line in kept[:-1]) + kept[-1]


@given(TEXTS)
@settings(max_examples=400, deadline=None)
def test_reads_as_buildkit_does(text: str) -> None:
    """Instructions, lines, forms and arguments are those of BuildKit's own parser."""
    text = f"FROM a\n{text}"
    try:
        expected = [c for c in buildkit.parse_string(text) if c.cmd]
    except buildkit.GoParseError:
        return
    found = list(Reader(text).instructions())

    assert [c.cmd.upper() for c in expected] == [i.keyword for i in found]
    for command, one in zip(expected, found, strict=True):
        inner = leaf(one)
        if one.keyword not in KEYWORDS or command.value in ((), ("",)):
            continue
        assert command.start_line <= one.span.line
        assert one.last_line <= command.end_line
        assert command.json is inner.is_json
        bodies = [text[h.body_span.start : h.body_span.end] for h in inner.heredocs]
        if one.keyword != "ONBUILD":  # of which the binding keeps no heredocs
            assert [h.content.rstrip("\n") for h in command.heredocs] == [
                body.rstrip("\n") for body in bodies
            ]
        if one.keyword in ("COPY", "EXPOSE", "FROM") or inner.is_json:
            values = command.value[1:] if one.keyword == "HEALTHCHECK" else command.value
            assert list(values) == [word.text for word in inner.words]
        elif one.keyword in ("RUN", "CMD", "ENTRYPOINT", "WORKDIR", "USER"):
            assert command.value == (one.text,)


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_spans_lead_back_to_the_text(text: str) -> None:
    """What a span covers is the word it belongs to, with line and column of the same place."""
    parsed = read(text)
    for outer in parsed.instructions:
        one = leaf(outer)
        assert text[outer.span.start : outer.span.end].upper().startswith(outer.keyword)
        spans = [outer.span, one.text_span, *(f.span for f in one.flags)]
        for word in one.words:
            spans.append(word.span)
            covered = unfolded(text[word.span.start : word.span.end], parsed.escape)
            assert word.text == (json.loads(covered) if one.is_json else covered)
        for span in spans:
            before = text[: span.start]
            assert span.line == before.count("\n") + 1
            assert span.column == span.start - (before.rfind("\n") + 1) + 1
        for at, character in enumerate(one.text):
            assert text[one.offset(at)] == character


FILE = """\
\ufeff# syntax=docker/dockerfile:1
# escape=\\
ARG VERSION=3.12.4
ARG FROM_OUTSIDE
FROM python:${VERSION}-slim AS Build
ENV A=b \\
    # a comment, and an empty line

    C="d e"
RUN <<ONE cat <<-'TWO' \\
    && true
one $X
ONE
\t\ttwo
\tTWO
FROM build
COPY --from=build --chmod="0755" ["a b", "/c/"]
ENTRYPOINT [ "no\\u0064e", \\
  "x" ]
FROM ${FROM_OUTSIDE}
"""


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_everything_of_a_file(ends: str) -> None:
    """Directives, stages, folded lines, heredocs, flags and JSON, with both ends of lines."""
    text = FILE.replace("\n", ends)
    parsed = read(text)
    first, second, third = parsed.stages
    env, run = first.instructions
    copy, entrypoint = second.instructions

    assert parsed.directives == {"syntax": "docker/dockerfile:1", "escape": "\\"}
    assert parsed.faults == ()
    assert (first.name, first.base, first.parent) == ("build", "python:3.12.4-slim", None)
    assert (second.base, second.parent) == ("build", 0)
    assert third.base is None
    assert parsed.lineage(second) == (first, second)
    assert [(p.name, p.value) for p in pairs_of(env)] == [("A", "b"), ("C", '"d e"')]
    assert [(h.name, h.body.replace("\r", ""), h.expands) for h in run.heredocs] == [
        ("ONE", "one $X\n", True),
        ("TWO", "two\n", False),
    ]
    assert (run.span.line, run.last_line) == (10, 15)
    assert (copy.flag("from"), copy.flag("chmod"), copy.flag("chown")) == ("build", "0755", None)
    assert [word.text for word in copy.words] == ["a b", "/c/"]
    assert [word.text for word in entrypoint.words] == ["node", "x"]
    assert text[entrypoint.words[1].span.start : entrypoint.words[1].span.end] == '"x"'
    assert (entrypoint.words[1].span.line, entrypoint.words[1].span.column) == (19, 3)


def test_stages_are_found_by_name_and_number() -> None:
    """--from looks only at earlier stages; of two with one name the later one counts."""
    parsed = read("FROM a AS x\nFROM b AS X\nFROM c\n")

    assert [parsed.stage_named(name, 2) for name in ("x", "0", "2", "y")] == [
        parsed.stages[1], parsed.stages[0], None, None,
    ]  # fmt: skip
    assert parsed.stage_named("x", 0) is None


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ("RUN x\n", 1, "RUN before the first FROM"),
        ("FROM a\n\nFOO x\nCMD y\n", 3, "'FOO', where an instruction has to stand"),
        ("FROM a\nCOPY <<EOF /x\ntext\n", 2, "no line EOF"),
        ('FROM a\nCMD ["a", 1]\n', 2, "every item has to be a string"),
        ("FROM a b\n", 1, "FROM image AS name is expected"),
        ("FROM a\nSHELL bash -c\n", 2, "SHELL without a JSON array"),
        ("# escape=`\n# escape=`\nFROM a\n", 2, "the directive escape for a second time"),
        ("# nothing\n", 1, "no FROM"),
        ("", 1, "no FROM"),
    ],
)
def test_faults_are_told_and_the_rest_is_read(text: str, line: int, found: str) -> None:
    """What the builder refuses is told with its line, and costs nothing else."""
    parsed = read(text)
    (fault,) = parsed.faults

    assert fault.span.line == line
    assert found in fault.found
    assert fault.next_step
    assert len(parsed.stages) == (1 if "FROM a\n" in text else 0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$A/${A}x", "1/1x"), ('"$A"\'$A\'', "1$A"), (r"\$A", "$A"), ("${U:-d}", "d"),
        ("${E:-d}${E-d}", "d"), ("${A:+y}${U:+y}", "y"), ("${U:-$A}", "1"), ("$U", None),
        ("$N", None), ("${A#x}", None), ("$", "$"), ("a$", "a$"), (r'"a\b\""', r'a\b"'),
    ],
)  # fmt: skip
def test_variables_are_expanded_or_unknown(text: str, expected: str | None) -> None:
    """A value that only the build or the base image knows is never guessed."""
    assert expand(text, {"A": "1", "E": "", "N": None}) == expected


def test_a_dockerfile_is_told_from_other_texts() -> None:
    """By its first instruction, behind comments and directives."""
    assert is_dockerfile("\ufeff# syntax=x\n\n  from a\n")
    assert is_dockerfile("ARG A\nFROM a\n")
    assert not is_dockerfile("apiVersion: v1\nkind: Pod\n")
    assert not is_dockerfile("# FROM a\nfromage: x\n")
