"""Volumes of a pod: emptyDir, ConfigMap and Secret, as directories of this computer.

Rules: a container sees them at its mount paths in its own mount namespace; nothing of the computer
is changed. What cannot be provided here is a loss that is told.
"""

from collections.abc import Iterator
from pathlib import Path

from holdfast.model.container import Container, VolumeMount
from holdfast.model.pod import Pod, Volume
from holdfast.rehearsal.container_runtime import RehearsalError
from holdfast.rehearsal.given_data import CONFIG_MAP, SECRET, Data, Given
from holdfast.rehearsal.guarantees import Loss
from holdfast.rehearsal.runtime.wire import Mount


class Volumes:
    """The directories of one pod, below its scratch directory. They outlive its containers."""

    def __init__(self, pod: Pod, data: Data, scratch: Path) -> None:
        """Nothing is made before a container needs it."""
        self._volumes = {volume.name: volume for volume in pod.spec.volumes or ()}
        self._data = data
        self._root = scratch / "volumes"

    def check(self) -> None:
        """Refuse a pod whose ConfigMap or Secret volumes have no source. Raises RehearsalError.

        A kubelet would wait for them for ever.
        """
        for volume in self._volumes.values():
            given = _source(volume)
            if given is not None and given not in self._data and not _optional(volume):
                flag = "--config-map" if given.kind == CONFIG_MAP else "--secret"
                raise RehearsalError(
                    "preparing the pod's volumes",
                    f"volume {volume.name}",
                    f"there is no {given.kind} {given.name}",
                    f"give its values: {flag} {given.name}=PATH, or its manifest with -f",
                )

    def losses(self, pod: Pod, *, mounting: bool) -> Iterator[Loss]:
        """Mounts that this computer cannot give."""
        for spec in (*(pod.spec.init_containers or ()), *pod.spec.containers):
            for mount in spec.volume_mounts or ():
                cost = self._obstacle(mount, mounting=mounting)
                if cost:
                    yield Loss(f"volume {mount.name} at {spec.name}:{mount.mount_path}", cost)

    def mounts_of(self, spec: Container) -> tuple[Mount, ...]:
        """What a container mounts."""
        found = []
        for mount in spec.volume_mounts or ():
            if self._obstacle(mount, mounting=True):
                continue
            volume = self._volumes[mount.name]
            directory = self._directory(volume)
            source = directory / mount.sub_path if mount.sub_path else directory
            if not source.exists():
                source.mkdir(parents=True)
            read_only = bool(mount.read_only) or volume.empty_dir is None
            found.append(Mount(str(source), mount.mount_path, read_only))
        return tuple(found)

    def _obstacle(self, mount: VolumeMount, *, mounting: bool) -> str:
        """Why a mount is left out, or ""."""
        volume = self._volumes.get(mount.name)
        if volume is None or (volume.empty_dir is None and _source(volume) is None):
            return "this kind of volume is not provided here"
        if not mounting:
            return "nothing can be mounted without a mount namespace"
        if not Path(mount.mount_path).exists():
            return "there is no such place on this computer, make it to have it there"
        return ""

    def _directory(self, volume: Volume) -> Path:
        directory = self._root / volume.name
        if directory.exists():
            return directory
        directory.mkdir(parents=True)
        if volume.empty_dir is not None:
            # As the kubelet makes it: every user of the pod may write (pkg/volume/emptydir).
            directory.chmod(0o777)
        given = _source(volume)
        values = self._data.get(given, {}) if given is not None else {}
        for name, value in values.items():
            (directory / name).write_bytes(value)
        return directory


def _source(volume: Volume) -> Given | None:
    if volume.config_map is not None:
        return Given(CONFIG_MAP, volume.config_map.name)
    return Given(SECRET, volume.secret.secret_name) if volume.secret is not None else None


def _optional(volume: Volume) -> bool:
    source = volume.config_map or volume.secret
    return bool(source is not None and source.optional)
