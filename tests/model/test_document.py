"""Trees of documents answer by path and turn into plain values."""

from holdfast.model.document import Mapping, Node, Scalar, Sequence, find, is_merge, to_plain
from holdfast.model.span import Span

NOWHERE = Span(0, 0, 1, 1)


def scalar(value: bool | int | float | str | None) -> Scalar:
    """A scalar without a place."""
    return Scalar(value, str(value), NOWHERE)


def mapping(*entries: tuple[Node, Node]) -> Mapping:
    """A mapping without a place."""
    return Mapping(entries, NOWHERE)


def test_the_last_of_equal_keys_counts() -> None:
    """kubectl reads the last one, so an edit has to change the last one."""
    tree = mapping((scalar("a"), scalar(1)), (scalar("a"), scalar(2)))

    assert find(tree, "a") == scalar(2)
    assert to_plain(tree) == {"a": 2}


def test_keys_read_as_json_has_them() -> None:
    """`on: 1` is the key "true" to the API server."""
    tree = mapping((scalar(value=True), scalar(1)), (scalar(8080), scalar(2)))

    assert to_plain(tree) == {"true": 1, "8080": 2}


def test_a_path_that_leads_nowhere_is_none() -> None:
    """Absent keys, indices out of range and steps into scalars are no errors."""
    tree = mapping((scalar("a"), Sequence((scalar(1),), NOWHERE)))

    assert [find(tree, *path) for path in (("b",), ("a", 1), ("a", "x"), ("a", 0, "x"))] == [
        None
    ] * 4


def test_merge_keys_are_told_from_text() -> None:
    """Only `<<` without quotes merges."""
    tree = mapping((scalar("<<"), mapping((scalar("a"), scalar(1)))), (scalar("b"), scalar(2)))

    assert tree.merges
    assert is_merge(scalar("<<"))
    assert to_plain(tree) == {"a": 1, "b": 2}
