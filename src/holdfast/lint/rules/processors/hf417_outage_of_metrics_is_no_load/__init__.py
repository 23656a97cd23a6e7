"""KEDA takes an empty answer of Prometheus for zero.

What happens
------------
The trigger leaves ignoreNullValues at its default of true: an empty answer counts as 0, and the
workload is scaled down to its minimum.

Why it hurts
------------
When Prometheus has lost its data, or the metric has another name after an upgrade, all replicas but
the fewest go away under full load.

How we know
-----------
A trigger of type prometheus in a ScaledObject, without ignoreNullValues "false" and without a
fallback.

What else it could be
---------------------
A query that ends in "or vector(0)" on purpose, because no series means no work.

Fix
---
ignoreNullValues: "false", and a fallback with a number of replicas.

When the fix is wrong
---------------------
Where an empty answer really means that there is nothing to do.

References
----------
docs/specs/tuning.md 10.1; keda.sh, Prometheus scaler.
"""

from collections.abc import Iterator

from holdfast.lint.documents import ObjectSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF417",
    "an outage of Prometheus looks like no load",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=("F05",),
)
KINDS = frozenset({"ScaledObject"})


def check_object(subject: ObjectSubject) -> Iterator[Problem]:
    """Prometheus triggers of a ScaledObject."""
    if subject.mapping("spec", "fallback"):
        return
    for index, trigger in enumerate(subject.items("spec", "triggers")):
        if not isinstance(trigger, dict) or trigger.get("type") != "prometheus":
            continue
        metadata = trigger.get("metadata")
        given = metadata.get("ignoreNullValues") if isinstance(metadata, dict) else None
        query = str(metadata.get("query", "")) if isinstance(metadata, dict) else ""
        if given in (None, "true", True) and "vector(0)" not in query.replace(" ", ""):
            yield subject.problem(
                "an empty answer counts as 0 and scales down to the minimum",
                "spec",
                "triggers",
                index,
                "metadata",
                fix=Fix('ignoreNullValues: "false", and a fallback'),
            )
