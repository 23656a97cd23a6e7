"""Documents that are kept packed come back as they were."""

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.model.document import to_plain
from holdfast.sources.kept_documents import KeptDocument, KeptDocuments
from holdfast.sources.manifest_stream import Manifest, read_stream
from holdfast.sources.yaml_tree import parse_documents_strictly

_SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=8)
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3)
    ),
    max_leaves=12,
)


def _documents(text: str) -> list[Manifest]:
    return [one for one in read_stream(text, "all.yaml") if isinstance(one, Manifest)]


def test_closed_document_is_read_again_with_its_positions() -> None:
    """An edit of the first document of a long stream lands where it would have before."""
    text = "".join(f"---\n# {n}\nname: n{n}\nlist: [1, {n}]\n" for n in range(2500))
    documents = _documents(text)
    everything = KeptDocuments()
    kept = [everything.keep(document) for document in documents]

    read_at_once = parse_documents_strictly(text, "all.yaml")
    assert [one.tree.root for one in kept] == [one.root for one in read_at_once]
    assert [one.value for one in kept] == [one.value for one in documents]


@settings(max_examples=40)
@given(_VALUES)
def test_every_value_of_yaml_survives_packing(value: object) -> None:
    """Numbers of any size, text of any script and all kinds of nothing are what they were."""

    for document in _documents(yaml.safe_dump({"value": value}, allow_unicode=True)):
        kept = KeptDocument(KeptDocuments(), document, packed=True)

        assert kept.value == kept.unpack() == document.value == to_plain(document.tree.root)


@settings(max_examples=40)
@given(_VALUES, st.sampled_from(("", "\ufeff", "# first\n---\n", "a: &x [1]\nb: *x\n---\n")))
def test_what_was_remembered_makes_the_tree_of_the_text(value: object, before: str) -> None:
    """Positions are the same whether events are those of the first reading or not."""
    text = before + yaml.safe_dump({"value": value}, allow_unicode=True)

    for document in _documents(text):
        kept = KeptDocuments().keep(document)

        assert kept.tree == kept.read()
