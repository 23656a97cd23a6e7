"""All causes, found by importing the modules below `causes/`. Nothing is listed by hand."""

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from holdfast.diagnosis import causes
from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.evidence.log_lines import Owned
from holdfast.model.verdict import Verdict


class Entry(NamedTuple):
    """One cause: who it is, how it judges, and its documentation."""

    cause: Cause
    judge: Callable[[Case], Verdict | None]
    documentation: str


@cache
def catalogue() -> tuple[Entry, ...]:
    """Every cause, in order of its id."""
    entries = []
    for module_info in pkgutil.iter_modules(causes.__path__, causes.__name__ + "."):
        module = importlib.import_module(module_info.name)
        entries.append(Entry(module.CAUSE, module.judge, module.__doc__ or ""))
    return tuple(sorted(entries, key=lambda entry: entry.cause.id))


@cache
def signatures() -> tuple[Owned, ...]:
    """Every signature with the id of the cause that owns it."""
    return tuple((e.cause.id, signature) for e in catalogue() for signature in e.cause.signatures)
