"""Whether the API would refuse a pod that a rule asks about: such a pod is not replayed."""

from holdfast.kubelet.admission import violations
from holdfast.kubelet.behaviour import Behaviour
from holdfast.model.metadata import Metadata
from holdfast.model.pod import Pod, PodSpec

METADATA = Metadata(name="checked", namespace="default")


class Refusals:
    """Under one version of the kubelet. Questions about one pod come in a row."""

    def __init__(self, kubelet: Behaviour) -> None:
        """Nothing was asked yet."""
        self._kubelet = kubelet
        self._last: tuple[PodSpec, bool] | None = None

    def of_either(self, before: PodSpec, after: PodSpec | None) -> bool:
        """Whether it refuses a pod, or what a change makes of it."""
        if self._last is None or self._last[0] is not before:
            self._last = (before, self._refuses(before))
        return self._last[1] or (after is not None and self._refuses(after))

    def _refuses(self, spec: PodSpec) -> bool:
        return bool(violations(Pod(METADATA, spec), self._kubelet))
