"""A debug mode, a reloader or a debugger that waits.

What happens
------------
Debug servers answer one request at a time and leak memory; reloaders restart the process when a
file changes; a debugger with suspend=y waits for somebody before the program starts.

Why it hurts
------------
Slow answers, restarts without a cause, or a start that never ends.

How we know
-----------
The variables and options.

What else it could be
---------------------
A namespace for development.

Fix
---
The settings for production.

When the fix is wrong
---------------------
In development.

References
----------
docs/specs/rules.md HF725, docs/specs/rules.md HF725.
"""

from collections.abc import Iterator, Mapping

from holdfast.lint.options import Option, variable_options
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import Variable
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF725",
    "settings for development in a workload",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=("C02", "A30"),
)


_OPTIONS = (
    (regex(r"(?:^|\s)--reload(?:$|\s)"), "the server restarts when a file changes"),
    (regex(r"(?:^|\s)flask\s+run(?:$|\s)"), "the server of Flask is for development"),
    (regex(r"manage\.py\s+runserver"), "the server of Django is for development"),
)
_VARIABLES = {
    "FLASK_DEBUG": ("1", "true"), "FLASK_ENV": ("development",), "DJANGO_DEBUG": ("1", "true"),
    "NODE_ENV": ("development",), "GIN_MODE": ("debug",), "RAILS_ENV": ("development",),
    "ASPNETCORE_ENVIRONMENT": ("development",),
}  # fmt: skip


def check_java(container: ContainerSubject, options: list[Option]) -> Iterator[Problem]:
    """A JVM that waits for its debugger."""
    waits = next((option for option in options if "suspend=y" in option.text), None)
    if waits is not None:
        yield container.problem(
            "the JVM waits for a debugger before it starts",
            at=waits.place,
            fix=Fix("suspend=n, or no debugger"),
        )


def check_command(container: ContainerSubject) -> Iterator[Problem]:
    """Options of servers for development."""
    text = " ".join(container.words)
    for pattern, effect in _OPTIONS if container.serves else ():
        if pattern.search(text):
            field = "command" if container.spec.command else "args"
            yield container.problem(effect, field, fix=Fix("a server for production"))


def check_variables(
    container: ContainerSubject, variables: Mapping[str, Variable]
) -> Iterator[Problem]:
    """Variables of development."""
    for option in variable_options(variables, _VARIABLES):
        if option.text.lower() in _VARIABLES[option.name]:
            yield container.problem(
                f"{option.name}={option.text} is a setting for development",
                at=option.place,
                fix=Fix("the setting for production"),
            )
