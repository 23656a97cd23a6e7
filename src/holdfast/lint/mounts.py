"""What containers see of volumes and of ConfigMaps: which volume lies at a path, which texts."""

from collections.abc import Iterator

import msgspec

from holdfast.lint.documents import ObjectSubject, texts
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.world import World
from holdfast.model.hazard import Place
from holdfast.model.pod import Volume


class ConfigText(msgspec.Struct, frozen=True):
    """One value of a ConfigMap that a container sees, and where it stands."""

    config: ObjectSubject
    key: str
    text: str

    @property
    def place(self) -> Place:
        """Where it stands; found when asked for."""
        return self.config.at("data", self.key)


def volume_at(container: ContainerSubject, path: str) -> Volume | None:
    """The volume on which a path of the container lies; None for its own file system."""
    mounts = [
        mount
        for mount in container.spec.volume_mounts or ()
        if f"{path.rstrip('/')}/".startswith(f"{mount.mount_path.rstrip('/')}/")
    ]
    if not mounts:
        return None
    nearest = max(mounts, key=lambda mount: len(mount.mount_path.rstrip("/")))
    volumes = {volume.name: volume for volume in container.pod.spec.volumes or ()}
    # A claim of a StatefulSet's template is a volume that no list of volumes names.
    return volumes.get(nearest.name, Volume(name=nearest.name))


def mounted_configs(container: ContainerSubject, world: World) -> Iterator[ObjectSubject]:
    """The ConfigMaps of the set that are mounted into a container."""
    volumes = {volume.name: volume for volume in container.pod.spec.volumes or ()}
    for mount in container.spec.volume_mounts or ():
        volume = volumes.get(mount.name)
        if volume is not None and volume.config_map is not None:
            name = volume.config_map.name
            config = world.find("ConfigMap", container.pod.namespace, name)
            if config is not None:
                yield config


def config_texts(container: ContainerSubject, world: World) -> Iterator[ConfigText]:
    """Every value of the ConfigMaps that are mounted into a container."""
    for config in mounted_configs(container, world):
        for key, text in texts(config.get("data")).items():
            yield ConfigText(config, key, text)
