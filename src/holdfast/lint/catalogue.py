"""Finds the rules: every package below rules/, by importing it.

A rule's package defines RULE and one or more checks, each named after what it looks at:

    check_container(container)          every container of every pod
    check_pod(pod)                      every pod template
    check_object(subject)               every object
    check_world(world)                  all objects of the run together
    check_container_in(container, world)    a container, with all objects at hand
    check_pod_in(pod, world)            a pod, with all objects at hand
    check_document(document)            the text of a document, also where it is no object
    check_refusals(subject, refusals)   an object, and what the schema of Kubernetes refuses in it
    check_dockerfile(dockerfile)        every Dockerfile
    check_start(start)                  what the image that a Dockerfile builds starts with
    check_image(image)                  every image that was read, once for each container of it
    check_built_container(start, container)     a container whose image a Dockerfile here builds
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from functools import cache
from types import ModuleType
from typing import NamedTuple

from holdfast.lint import rules
from holdfast.lint.problem import Problem
from holdfast.model.rule import Rule

CHECKS = (
    "check_container",
    "check_container_in",
    "check_pod",
    "check_pod_in",
    "check_object",
    "check_world",
    "check_document",
    "check_refusals",
    "check_dockerfile",
    "check_start",
    "check_image",
    "check_built_container",
)
Check = Callable[..., Iterator[Problem]]


class Entry(NamedTuple):
    """One rule with its checks by name, and its documentation."""

    rule: Rule
    checks: dict[str, Check]
    documentation: str
    module: str


@cache
def catalogue() -> tuple[Entry, ...]:
    """All rules, in order of id."""
    entries = [_entry(module) for module in _modules()]
    return tuple(sorted(entries, key=lambda entry: entry.rule.id))


def _modules() -> Iterator[ModuleType]:
    for family in pkgutil.iter_modules(rules.__path__):
        package = importlib.import_module(f"{rules.__name__}.{family.name}")
        for found in pkgutil.iter_modules(package.__path__):
            yield importlib.import_module(f"{package.__name__}.{found.name}")


def _entry(module: ModuleType) -> Entry:
    checks = {name: getattr(module, name) for name in CHECKS if hasattr(module, name)}
    return Entry(module.RULE, checks, module.__doc__ or "", module.__name__)
