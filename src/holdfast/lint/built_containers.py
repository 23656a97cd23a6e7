"""Containers whose image a Dockerfile of the same run builds.

Rules: an image belongs to a Dockerfile that somebody named for it; else to the one whose directory
has its name (shop/Dockerfile builds registry.example.com/team/shop:1.4.2). Of two such directories
none is meant, and images of Docker Hub without a path belong to nobody here.
"""

from collections.abc import Iterator
from itertools import chain

from holdfast.lint.dockerfiles import DockerfileSubject
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.world import World
from holdfast.model.image_reference import parse_reference


def containers_of(dockerfile: DockerfileSubject, world: World) -> Iterator[ContainerSubject]:
    """The containers that run what a Dockerfile builds."""
    if not dockerfile.images and not dockerfile.directory:
        return
    for container in chain.from_iterable(pod.containers for pod in world.pods):
        reference = parse_reference(container.spec.image)
        if dockerfile.images:
            belongs = reference.repository in dockerfile.images
        else:
            belongs = "/" in reference.repository and reference.name == dockerfile.directory
        if belongs:
            yield container
