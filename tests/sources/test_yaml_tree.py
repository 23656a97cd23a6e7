"""YAML is read with exact positions, Kubernetes values, and bounds against hostile input."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from holdfast.model.document import (
    Alias,
    Mapping,
    Node,
    Scalar,
    Sequence,
    Style,
    children,
    find,
    to_plain,
)
from holdfast.sources import yaml_events
from holdfast.sources.yaml_events import YamlError
from holdfast.sources.yaml_tree import parse_documents, parse_documents_strictly
from holdfast.sources.yaml_values import plain_documents


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", True), ("y", True), ("No", False), ("~", None), ("", None), ("0644", 420),
        ("0o17", 15), ("0x1F", 31), ("0b11", 3), ("-0x10", -16), ("08", 8.0), ("1e3", 1000.0),
        ("1_000", 1000), ("22:22", "22:22"), ("2026-11-24", "2026-11-24"), ("=", "="),
        ("! 12", "12"), ("!Ref x", "x"), ("!!str 5", "5"), ('!!int "5"', 5), ("'5'", "5"),
        ("100m", "100m"), ("1.5", 1.5), (".5", 0.5), ("18446744073709551615", 2**64 - 1),
        ("18446744073709551616", float(2**64)), ("1" * 5000, "1" * 5000), ("<<", "<<"),
    ],
)  # fmt: skip
def test_scalars_are_those_of_the_kubernetes_decoder(text: str, value: Any) -> None:
    """A limit or a flag must mean here what it means to the API server (rules.md 5.1)."""
    (document,) = plain_documents(f"a: {text}\n", "f").values

    assert isinstance(document, dict)
    assert document == {"a": value}
    assert type(document["a"]) is type(value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("n: 1\n1: x\n", {"false": 1, "1": "x"}),
        ("a: 1\na: 2\n", {"a": 2}),
        (
            "b: &b {p: 1, q: 2}\nc: {<<: *b, q: 3}\n",
            {"b": {"p": 1, "q": 2}, "c": {"p": 1, "q": 3}},
        ),
        ("'<<': {x: 1}\n", {"<<": {"x": 1}}),
        ("<<: [{a: 1}, {a: 2, b: 2}]\n", {"a": 1, "b": 2}),
        ("a: &x [1]\nb: *x\n", {"a": [1], "b": [1]}),
        ("&m <<: {a: 1}\nb: *m\n", {"a": 1, "b": "<<"}),
        ("a: <<\nb: [<<]\n", {"a": "<<", "b": ["<<"]}),
    ],
)
def test_keys_merges_and_aliases(text: str, expected: Any) -> None:
    """Odd keys, duplicates and merge keys give the same value from both readers."""
    assert plain_documents(text, "f").values == (expected,)
    assert to_plain(parse_documents(text, "f")[0].root) == expected


@pytest.mark.parametrize(
    "text",
    [
        "a: [", "a: b: c", "a: .inf", "~: 1", "? [x]\n: 1", "a: *x", "a: &x [*x]", "a: \x00",
        "a: \ud800", "\ta: 1", "%YAML 9.9\n---\n", "[" * 5000, "a: 'x",
    ],
)  # fmt: skip
def test_broken_text_is_told_and_keeps_what_came_before(text: str) -> None:
    """One bad document must not cost the ones before it, and its place is known."""
    whole = f"ok: 1\n---\n{text}"

    values, problem = plain_documents(whole, "f.yaml")

    assert values[0] == {"ok": 1}
    assert problem is not None
    assert problem.where.startswith("f.yaml")
    assert to_plain(parse_documents(whole, "f.yaml")[0].root) == {"ok": 1}
    with pytest.raises(YamlError, match="reading YAML"):
        parse_documents_strictly(whole, "f.yaml")


def test_alias_bomb_is_refused_while_it_is_small() -> None:
    """A text of 500 characters must not become a billion values."""
    levels = [f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 10)]
    bomb = "\n".join(["a0: &a0 [x,x,x,x,x,x,x,x,x]", *levels])

    problem = plain_documents(bomb, "f").problem

    assert problem is not None
    assert "aliases" in problem.what
    assert parse_documents(bomb, "f") == ()


def test_depth_through_aliases_is_bounded() -> None:
    """A chain of aliases is as deep as brackets: reading it back must not overflow the stack."""
    lines = ["a0: &a0 [x]", *(f"a{i}: &a{i} [*a{i - 1}]" for i in range(1, 400))]

    problem = plain_documents("\n".join(lines), "f").problem

    assert problem is not None
    assert "deeper" in problem.what


def test_positions_beyond_ascii_and_behind_a_byte_order_mark() -> None:
    """An edit at an offset must hit its word whatever stands before it."""
    text = "\ufeffname: é😀\r\nlist:\r\n- x # 1\r\n"
    (document,) = parse_documents(text, "f")

    name, item = find(document.root, "name"), find(document.root, "list", 0)

    assert document.newline == "\r\n"
    assert isinstance(name, Scalar)
    assert isinstance(item, Scalar)
    assert text[name.span.start : name.span.end] == "é😀"
    assert text[item.span.start : item.span.end] == "x"
    assert (item.span.line, item.span.column) == (3, 3)
    assert isinstance(document.root, Mapping)
    assert document.root.column == 0


def test_block_collections_end_with_their_last_value() -> None:
    """Blank lines and comments behind a list do not belong to it: insertions go before them."""
    text = "a:\n  - b: 1\n    c: |\n      t\n\n# about d\nd: 2\n"
    (document,) = parse_documents(text, "f")

    items = find(document.root, "a")

    assert isinstance(items, Sequence)
    assert text[items.span.start : items.span.end] == "- b: 1\n    c: |\n      t"
    assert items.column == 2


def test_an_alias_stays_one() -> None:
    """An edit must see that a place only repeats another one."""
    (document,) = parse_documents("a: &x {k: 1}\nb: *x\n", "f")

    node = find(document.root, "b")

    assert isinstance(node, Alias)
    assert document.aliased == {"x"}
    assert to_plain(node) == {"k": 1}


def test_the_slow_parser_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without libyaml the result is equal."""
    text = "\ufeffa: é\nb: |\n  x\n\nc: [1, {d: 'e'}]\n--- &r\n- &s t\n- *s\n"
    fast = parse_documents(text, "f")

    monkeypatch.setattr(yaml_events, "_LOADER", yaml.SafeLoader)

    assert parse_documents(text, "f") == fast


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(VALUES, st.sampled_from([True, False, None]), st.sampled_from(["\n", "\r\n"]))
def test_spans_cover_what_they_say(value: Any, flow: bool | None, newline: str) -> None:
    """Each span alone reads as the node that it belongs to; both readers agree."""
    text = yaml.safe_dump(value, default_flow_style=flow, allow_unicode=True, line_break=newline)

    documents = parse_documents_strictly(text, "f")

    assert [to_plain(d.root) for d in documents if to_plain(d.root) is not None] == list(
        plain_documents(text, "f").values
    )
    for document in documents:
        _check_spans(document.root, text)


# YAML 1.1 ends lines at these as well.
YAML_BREAKS = set("\x85\u2028\u2029")


def _check_spans(node: Node, text: str) -> None:
    covered = text[node.span.start : node.span.end]
    if not YAML_BREAKS & set(text):
        assert text.count("\n", 0, node.span.start) + 1 == node.span.line
    if isinstance(node, Scalar) and node.style is Style.PLAIN and "\n" not in covered:
        assert covered == node.text
    if isinstance(node, Scalar) and node.style in (Style.SINGLE, Style.DOUBLE):
        assert covered[0] == covered[-1] == node.style
    if isinstance(node, Mapping | Sequence) and node.flow:
        assert covered[0] in "[{" and covered[-1] in "]}"
    last = node.span.start
    for child in children(node):
        assert last <= child.span.start <= child.span.end <= node.span.end
        last = child.span.end
        _check_spans(child, text)


@given(st.text(alphabet="ab:-[]{}&*!|>'\"#%\t\n\r ,?<~0\ufeff\x00é", max_size=40))
def test_no_text_raises_anything(text: str) -> None:
    """Whatever is pasted, the readers answer, and they agree about what is good."""
    plain = plain_documents(text, "f")
    trees = [to_plain(document.root) for document in parse_documents(text, "f")]

    assert [tree for tree in trees if tree is not None] == list(plain.values)
