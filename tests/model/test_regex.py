"""Patterns that are compiled late are still all right."""

import gc
import importlib
import pkgutil
import re

import pytest

import holdfast
from holdfast.model import regex as module
from holdfast.model.regex import regex


def test_every_pattern_of_the_project_compiles() -> None:
    """A pattern with a fault would be noticed by the first who needs it, perhaps months later."""
    for found in pkgutil.walk_packages(holdfast.__path__, "holdfast."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)
    patterns = [one for one in gc.get_objects() if type(one) is module._Regex]

    assert len(patterns) > 300
    for pattern in patterns:
        assert isinstance(re.compile(*pattern._source), re.Pattern)


def test_a_pattern_is_compiled_with_its_flags_when_it_is_asked() -> None:
    """Whoever takes it for what re.compile answers finds the same."""
    late, now = regex(r"a(?P<n>b)?", re.IGNORECASE), re.compile(r"a(?P<n>b)?", re.IGNORECASE)

    assert late.pattern == now.pattern
    assert late.flags == now.flags
    assert [m["n"] for m in late.finditer("AB a")] == [m["n"] for m in now.finditer("AB a")]


def test_a_fault_is_told_by_whoever_asks() -> None:
    """Not hidden as an attribute that is missing."""
    broken = regex("(")

    with pytest.raises(re.error):
        broken.search("x")
