"""YAML that means something else than it seems to.

What happens
------------
Of two equal keys the last one counts, silently. The keys y, n, on, off and numbers become the texts
true, false and digits.

Why it hurts
------------
Half of a container's settings are gone, with nothing to see.

How we know
-----------
The parser's own events.

What else it could be
---------------------
Nothing: strict clients refuse such files.

Fix
---
One key; quotes around keys that are no words.

When the fix is wrong
---------------------
Never.

References
----------
docs/specs/rules.md HF727, docs/specs/rules.md 5.1.
"""

from collections.abc import Iterator

from holdfast.lint.documents import Source, place_of_span
from holdfast.lint.problem import Fix, Problem
from holdfast.model.document import (
    Document,
    Mapping,
    Node,
    Scalar,
    children,
    is_merge,
    key_text,
    resolve,
)
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF727",
    "a key is written twice, or is no text",
    Severity.LOW,
    Confidence.CERTAIN,
    prevents=("F16",),
)


def check_odd_keys(document: Source) -> Iterator[Problem]:
    """Every mapping of an object: other YAML has keys such as `on` by design."""
    value = document.value
    if isinstance(value, dict) and {"apiVersion", "kind"} <= value.keys():
        yield from _check(document.tree, document.tree.root)


def _check(document: Document, node: Node) -> Iterator[Problem]:
    if isinstance(node, Mapping):
        yield from _check_keys(document, node)
    for child in children(node):
        yield from _check(document, child)


def _check_keys(document: Document, mapping: Mapping) -> Iterator[Problem]:
    seen: set[str] = set()
    for key, _ in mapping.entries:
        scalar = resolve(key)
        if not isinstance(scalar, Scalar) or is_merge(key):
            continue
        name = key_text(scalar)
        if name in seen:
            words = f"{name} is written before as well: the last one counts"
            fix = Fix("one of them")
        elif isinstance(scalar.value, bool):
            words = f"the key {scalar.text} is read as {name!r}"
            fix = Fix(f'"{scalar.text}" in quotes')
        else:
            seen.add(name)
            continue
        yield Problem(words, place_of_span(document, scalar.span, name), document, fix)
