"""What containers do, as rules say it, read once for a run: to look it up takes less."""

from collections.abc import Mapping

import msgspec

from holdfast.simulation.read_workload import read_workload
from holdfast.simulation.workload import ContainerWorkload

_NAME = "asked-about"


class Behaviours:
    """Parts of a workload (docs/workloads.md) by what they say."""

    def __init__(self) -> None:
        """Nothing was read yet."""
        self._known: dict[bytes, ContainerWorkload] = {}

    def read(self, behaves: Mapping[str, object]) -> ContainerWorkload:
        """What one container does; raises WorkloadError for what is no workload."""
        key = msgspec.msgpack.encode(behaves)
        known = self._known.get(key)
        if known is None:
            value = {
                "apiVersion": "holdfast/v1",
                "kind": "Workload",
                "containers": {_NAME: behaves},
            }
            known = self._known[key] = read_workload(value, "the rule").containers[_NAME]
        return known
