"""The list of variables contradicts itself.

What happens
------------
Of two definitions the last one counts. $(NAME) of a variable that is defined later, or not at all,
stays as it is written.

Why it hurts
------------
The program gets another value than the one that everybody reads, or the text $(NAME).

How we know
-----------
The order of the list.

What else it could be
---------------------
A variable of the image, which $(NAME) does not see either.

Fix
---
One definition, before it is used.

When the fix is wrong
---------------------
Where the text is meant: $$(NAME).

References
----------
docs/specs/rules.md HF713, kubernetes v1.36 pkg/kubelet/kubelet_pods.go makeEnvironmentVariables.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.container import EnvVar
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF713",
    "a variable is defined twice, or used before it is defined",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("A02",),
)


_USE = regex(r"(?<!\$)\$\(([A-Za-z_][\w.-]*)\)")


def check_env(container: ContainerSubject, variables: tuple[EnvVar, ...]) -> Iterator[Problem]:
    """Doubles, and uses without a definition before them."""
    defined: set[str] = set()
    later = {variable.name for variable in variables}
    for index, variable in enumerate(variables):
        if variable.name in defined:
            yield container.problem(
                f"{variable.name} is defined before as well: the last one counts",
                "env",
                index,
                fix=Fix("one definition"),
            )
        for name in _USE.findall(variable.value or ""):
            if name not in defined and name in later:
                yield container.problem(
                    f"$({name}) is defined further down, so it stays as it is written",
                    "env",
                    index,
                    "value",
                    fix=Fix(f"define {name} before {variable.name}"),
                )
        defined.add(variable.name)
