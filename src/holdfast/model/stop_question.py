"""What is asked of the kubelet model about an end: how does a container end that has to?"""

from collections.abc import Mapping

import msgspec


class StopQuestion(msgspec.Struct, frozen=True):
    """How does `container` end when its pod is deleted, or when its process hangs?

    That happens `at_seconds` after the start of the pod; `deleted` says which. `behaves` are parts
    of a workload (docs/workloads.md) by container, and `told` says them in words.
    """

    container: str
    told: str
    behaves: Mapping[str, Mapping[str, object]]
    at_seconds: float = 300.0
    deleted: bool = True
