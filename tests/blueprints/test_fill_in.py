"""The language of the templates: what it fills in, and what it refuses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.blueprints.fill_in import TemplateError, Value, fill_in

VALUES: dict[str, Value] = {
    "name": "api",
    "gin": True,
    "node": False,
    "some": [{"key": "a"}, {"key": "b"}],
    "none": [],
}
_FOREIGN = '${{ github.actor }} <<< "$X" {{.Name}} <-c\n'


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("x: <<name>> <<name>>\n", "x: api api\n"),
        ("a\n<<if gin>>\nb\n<<end>>\nc\n", "a\nb\nc\n"),
        ("a\n<<if node>>\nb\n<<end>>\nc\n", "a\nc\n"),
        ("<<unless node>>\nb\n<<end>>\n", "b\n"),
        ("  <<if some>>\n  b\n  <<end>>\n<<if none>>\nc\n<<end>>\n", "  b\n"),
        ("<<each some>>\n- <<item.key>> of <<name>>\n<<end>>\n", "- a of api\n- b of api\n"),
        ("<<if gin>>\n<<each some>>\n<<if node>>\nx\n<<end>>\n<<item.key>>\n<<end>>\n<<end>>\n",
         "a\nb\n"),
        (_FOREIGN, _FOREIGN),
    ],
)  # fmt: skip
def test_filled_in(template: str, expected: str) -> None:
    """Blocks choose and repeat lines; what belongs to other languages stays."""
    assert fill_in(template, VALUES) == expected


@pytest.mark.parametrize(
    "template",
    [
        "<<unknown>>",
        "<<if unknown>>\n<<end>>",
        "<<if gin>>\nb\n",
        "<<end>>\n",
        "<<each name>>\n<<end>>",
        "<<some>>",
        "<<item.key>>",
    ],
)
def test_slips_are_errors(template: str) -> None:
    """A template with a slip in it writes no service with a hole."""
    with pytest.raises(TemplateError):
        fill_in(template, VALUES)


@given(
    st.text(alphabet=st.characters(exclude_characters="<\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"))
)
def test_other_text_stays(text: str) -> None:
    """Nothing but directives and names is touched."""
    assert fill_in(text, {}) == text
