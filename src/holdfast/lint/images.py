"""Images as rules see them: what was read of one, and the container that runs it.

Rules: a manifest names an image by a reference, an archive by what it was saved as; they meet where
registry, repository and tag agree, or the digest, or where a user says so. What a volume hides or
brings is not in the image, and is never told as missing.
"""

from collections.abc import Iterable

import msgspec

from holdfast.images.content import Content
from holdfast.images.first_process import Found, first_process, look_up, program_of
from holdfast.images.tree import Tree
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.model.container import ContainerKind
from holdfast.model.hazard import Place
from holdfast.model.image import FirstProcess, Image, ImageConfig, ImageRuntime
from holdfast.model.image_reference import parse_reference
from holdfast.model.runtime import Runtime
from holdfast.model.span import Span

_HUBS = ("docker.io/library/", "index.docker.io/library/", "docker.io/", "index.docker.io/")


class KnownImage(msgspec.Struct, frozen=True):
    """An image that was read, with the names under which it goes.

    `age_days` is how long ago it was made; None where it does not tell.
    """

    content: Content
    names: tuple[str, ...]
    age_days: float | None = None

    @property
    def image(self) -> Image:
        """What is said of it."""
        return self.content.image

    @property
    def tree(self) -> Tree:
        """Its files."""
        return self.content.tree

    def is_named(self, text: str) -> bool:
        """Whether a reference of a manifest means it."""
        wanted = parse_reference(text)
        if wanted.digest:
            return wanted.digest == self.image.digest
        return any(_same(name, text) for name in self.names)


class KnownImages:
    """The images of a run."""

    def __init__(self, images: Iterable[KnownImage] = ()) -> None:
        """In the order in which they were named."""
        self.all = tuple(images)

    def of(self, container: ContainerSubject) -> KnownImage | None:
        """The image that a container runs, where it was read."""
        if not self.all:
            return None
        text = container.spec.image
        return next((one for one in self.all if one.is_named(text)), None) if text else None

    def go_of(self, container: ContainerSubject) -> ImageRuntime | None:
        """The Go program that the image of a container starts, where it was read."""
        known = self.of(container)
        runtime = known.image.runtime if known is not None else None
        return runtime if runtime is not None and runtime.runtime is Runtime.GO else None


class ImageSubject:
    """An image, alone or as a container runs it."""

    def __init__(self, known: KnownImage, container: ContainerSubject | None = None) -> None:
        """`container` is the one that runs it."""
        self.known = known
        self.container = container
        self.image = known.image
        self.tree = known.tree

    @property
    def config(self) -> ImageConfig:
        """Its configuration, with command and args of the container in their places.

        Source: kubernetes.io "Define a Command and Arguments for a Container": command takes away
        CMD as well.
        """
        config, container = self.image.config, self.container
        if container is None:
            return config
        if container.spec.command:
            config = msgspec.structs.replace(
                config, entrypoint=container.spec.command, command=container.spec.args or ()
            )
        elif container.spec.args:
            config = msgspec.structs.replace(config, command=container.spec.args)
        if container.spec.working_dir:
            directory = container.spec.working_dir
            config = msgspec.structs.replace(config, working_directory=directory)
        return config

    @property
    def first(self) -> FirstProcess:
        """What is started."""
        return first_process(self.config, self.tree)

    @property
    def started(self) -> FirstProcess | None:
        """What the image itself starts as PID 1 of an ordinary container; None for anything else.

        Where the manifest has a command, that is the concern of rules on manifests.
        """
        container = self.container
        if container is not None:
            shared = container.pod.spec.share_process_namespace
            if container.spec.command or container.kind is ContainerKind.INIT or shared:
                return None
        return self.first

    @property
    def program(self) -> str:
        """The name of the program behind shells and inits; "" where it is not told."""
        node = program_of(self.config.words, self.config, self.tree)
        return node.entry.path.rpartition("/")[2] if node is not None else ""

    def look_up(self, word: str) -> Found:
        """What the first word of a command leads to."""
        return look_up(word, self.config, self.tree)

    def is_covered(self, path: str) -> bool:
        """Whether a volume of the container lies over a path."""
        mounts = self.container.spec.volume_mounts or () if self.container is not None else ()
        return any(
            f"{path}/".startswith(f"{one.mount_path.rstrip('/')}/")
            for one in mounts
            if one.mount_path
        )

    def problem(self, message: str, *path: str | int, fix: Fix | None = None) -> Problem:
        """A problem at a field of the container, `image` unless it is named; else at the image."""
        if self.container is not None:
            return self.container.problem(message, *(path or ("image",)), fix=fix)
        return Problem(message, Place(self.image.name, Span(0, 0, 1, 1), 1, 1), self, fix)

    def __str__(self) -> str:
        """As it was named."""
        return self.image.name


def _same(name: str, text: str) -> bool:
    """Whether two references mean one image; a name without its registry stands for any."""
    one, other = parse_reference(name), parse_reference(text)
    if (one.tag or "latest") != (other.tag or "latest"):
        return False
    saved, wanted = _short(one.repository), _short(other.repository)
    return wanted == saved or wanted.endswith(f"/{saved}")


def _short(repository: str) -> str:
    for hub in _HUBS:
        repository = repository.removeprefix(hub)
    return repository.removeprefix("localhost/")
