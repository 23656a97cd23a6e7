"""Finds the rules: every package below rules/, by importing it.

A rule's package defines RULE and one or more checks, each named after what it looks at:

    check_object(subject)               every object
    check_pod(pod)                      every pod template
    check_pod_in(pod, world)            a pod, with all objects of the run at hand
    check_world(world)                  all objects together
    check_odd_keys(document)            a document with a key twice, or one that is no text
    check_refusals(subject, refusals)   an object, and what the schema of Kubernetes refuses in it
    check_dockerfile(dockerfile)        every Dockerfile
    check_start(start)                  what the image that a Dockerfile builds starts with
    check_built_container(start, container)     a container whose image a Dockerfile here builds

A package that defines KINDS has its checks of objects and pods asked about objects of these kinds.

Of every container of every pod (lint/parts.py), and of what is there of it:

    check_container(container)              the container
    check_init_container(container)         one that ends before the others start
    check_command(container)                command or args
    check_env(container, variables)         variables that it defines itself
    check_resources(container, resources)   requests or limits
    check_probe(container, field, probe)    each probe that the kubelet runs
    check_startup(container, probe)         the same of one kind; check_liveness, check_readiness
    check_hook(container, field, hook)      each of postStart and preStop
    check_refused(container, refused)       what the API refuses of its probes and hooks
    check_container_in(container, world)    the container, with all objects of the run at hand
    check_command_in(container, world)      command or args, with all objects of the run at hand
    check_shell(container, start)           `sh -c BODY`, and the shell that this is in its image
    check_java(container, options)          options of a JVM, wherever they stand
    check_variables(container, variables)   all that its process gets, by their names
    check_image(image)                      its image, where it was read; also images without one
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from functools import cache
from types import ModuleType

import msgspec

from holdfast.lint import rules
from holdfast.lint.parts import PARTS, PARTS_IN
from holdfast.lint.problem import Problem
from holdfast.model.rule import Rule

CHECKS = (
    "check_object",
    "check_pod",
    "check_pod_in",
    "check_world",
    "check_odd_keys",
    "check_refusals",
    "check_dockerfile",
    "check_start",
    "check_built_container",
    *PARTS,
    *PARTS_IN,
)
Check = Callable[..., Iterator[Problem]]


class Entry(msgspec.Struct, frozen=True):
    """One rule with its checks by name, and its documentation."""

    rule: Rule
    checks: dict[str, Check]
    documentation: str
    module: str
    kinds: frozenset[str] = frozenset()
    """The kinds that its checks of objects and of pods are asked about; all where it is empty."""


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
    kinds: frozenset[str] = getattr(module, "KINDS", frozenset())
    return Entry(module.RULE, checks, module.__doc__ or "", module.__name__, kinds)
