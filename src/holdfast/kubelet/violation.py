"""Why the API server would refuse a field, in its own words.

Source of the forms: k8s.io/apimachinery v1.36.2 pkg/util/validation/field/errors.go.
"""

import json
from collections.abc import Iterable

import msgspec

from holdfast.model.errors import HoldfastError
from holdfast.model.pod import Pod


class AdmissionError(HoldfastError):
    """A pod that the API server would refuse: one error for one field, or for all of them."""


class Violation(msgspec.Struct, frozen=True):
    """One field: its path from the object's root, and what is wrong with it."""

    path: str
    problem: str
    next_step: str = ""

    def __str__(self) -> str:
        """As kubectl prints it behind "is invalid"."""
        return f"{self.path}: {self.problem}"

    def error(self, pod: Pod) -> AdmissionError:
        """The same in four parts."""
        step = self.next_step or f"correct {self.path}"
        return AdmissionError(f"admitting pod {_name(pod)}", self.path, self.problem, step)


def refusal(pod: Pod, violations: tuple[Violation, ...]) -> AdmissionError:
    """One error for all violations, of which there is at least one."""
    if len(violations) == 1:
        return violations[0].error(pod)
    found = "".join(f"\n    {violation}" for violation in violations)
    return AdmissionError(
        f"admitting pod {_name(pod)}",
        ", ".join(dict.fromkeys(violation.path for violation in violations)),
        f"{len(violations)} fields that the API server refuses:{found}",
        "correct the fields above",
    )


def invalid(path: str, value: object, detail: str, next_step: str = "") -> Violation:
    """A value that is not possible here."""
    return Violation(path, f"Invalid value: {written(value)}: {detail}", next_step)


def required(path: str, detail: str = "") -> Violation:
    """A value that is missing."""
    return Violation(path, "Required value" + (f": {detail}" if detail else ""))


def forbidden(path: str, detail: str) -> Violation:
    """A field that may not be set here."""
    return Violation(path, f"Forbidden: {detail}")


def duplicate(path: str, value: object) -> Violation:
    """A value that stands in another place already."""
    return Violation(path, f"Duplicate value: {written(value)}")


def not_found(path: str, value: object) -> Violation:
    """A name of something that does not exist."""
    return Violation(path, f"Not found: {written(value)}")


def not_supported(path: str, value: object, supported: Iterable[str]) -> Violation:
    """A value that is none of a fixed set."""
    known = ", ".join(written(one) for one in supported)
    return Violation(path, f"Unsupported value: {written(value)}: supported values: {known}")


def too_long(path: str, length: int) -> Violation:
    """A text or list that is too long."""
    return Violation(path, f"Too long: may not be more than {length} bytes")


def written(value: object) -> str:
    """A value as the API server prints it: texts in quotes, numbers bare."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else f"{value}"


def _name(pod: Pod) -> str:
    namespace, name = pod.key
    return f"{namespace}/{name}"
