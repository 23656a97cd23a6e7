"""What a container image holds, as far as pulls, starts and stops depend on it.

Rules: sizes are in bytes and layers count from 1; a fact that could not be read says so in `notes`
and is never taken for "not there". Values of environment variables stay in `ImageConfig`, which no
report prints.
"""

from enum import StrEnum

import msgspec

from holdfast.model.runtime import Runtime
from holdfast.model.shell_call import Shell


class Waste(StrEnum):
    """What became of a file that a layer brought and the image no longer shows."""

    REPLACED = "replaced"
    TOUCHED = "touched"
    """Stored again with the same content: only its owner, mode or time changed."""
    DELETED = "deleted"


class WastedFile(msgspec.Struct, frozen=True):
    """A file that is pulled and never seen. `by` is the layer that hides it."""

    path: str
    bytes: int
    layer: int
    by: int
    how: Waste


class LeftoverKind(StrEnum):
    """What of a build stayed in an image."""

    SYSTEM_PACKAGES = "caches of the system's package manager"
    LANGUAGE_PACKAGES = "caches of a language's package manager"
    COMPILERS = "compilers, headers and static libraries"
    DEVELOPMENT = "development dependencies"
    VERSION_CONTROL = "version control"
    TESTS = "tests"
    BYTECODE = "bytecode"
    DOCUMENTATION = "documentation and translations"
    TEMPORARY = "logs, dumps and temporary files"


class Leftover(msgspec.Struct, frozen=True):
    """Files of one kind that one layer brought; `example` is the largest one."""

    kind: LeftoverKind
    layer: int
    files: int
    bytes: int
    example: str


class Duplicate(msgspec.Struct, frozen=True):
    """One content under several paths. `bytes` is the size of one copy, `count` that of all."""

    bytes: int
    count: int
    paths: tuple[str, ...]

    @property
    def wasted_bytes(self) -> int:
        """All copies but one."""
        return self.bytes * (self.count - 1)


class ImageLayer(msgspec.Struct, frozen=True):
    """One layer. `packed_bytes` is what is pulled, `unpacked_bytes` what the tar archive has."""

    number: int
    digest: str
    created_by: str
    packed_bytes: int
    unpacked_bytes: int
    compressed: bool
    files: int
    added_bytes: int
    wasted_bytes: int = 0
    """Of what it adds, what a later layer hides."""
    hides_bytes: int = 0
    """Of earlier layers, what it hides."""


class ImageConfig(msgspec.Struct, frozen=True):
    """How the image says that it is run."""

    os: str = ""
    architecture: str = ""
    variant: str = ""
    created: str = ""
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    environment: dict[str, str] = {}
    user: str = ""
    working_directory: str = ""
    stop_signal: str = ""
    exposed_ports: tuple[str, ...] = ()
    has_health_check: bool = False
    shell: tuple[str, ...] = ()
    labels: dict[str, str] = {}

    @property
    def words(self) -> tuple[str, ...]:
        """The command line of the first process."""
        return (*self.entrypoint, *self.command)

    @property
    def platform(self) -> str:
        """ "linux/arm/v7"."""
        return "/".join(part for part in (self.os, self.architecture, self.variant) if part)


class Fault(StrEnum):
    """Why the first process cannot start."""

    NOTHING = "neither ENTRYPOINT nor CMD"
    MISSING = "not in the image"
    DIRECTORY = "a directory"
    NOT_EXECUTABLE = "not executable"
    WRONG_MACHINE = "built for another machine"
    NO_INTERPRETER = "its interpreter is not in the image"
    NO_LOADER = "its dynamic loader is not in the image"
    CRLF = "its first line ends in CR LF"


class SignalPath(StrEnum):
    """Whether the stop signal reaches the program."""

    REACHES = "reaches the program"
    SHELL_STAYS = "ends at a shell that stays PID 1"
    SCRIPT_STAYS = "ends at a script that does not exec"
    WRAPPER = "ends at a wrapper"
    HANDLED = "is handled by the shell or script itself"
    INIT = "is forwarded by an init"
    UNKNOWN = "cannot be told"


class FirstProcess(msgspec.Struct, frozen=True):
    """What the image starts, and what a stop signal meets. Paths are those after links."""

    words: tuple[str, ...]
    path: str = ""
    what: str = ""
    """ "a script of /bin/sh", "a program for x86-64", for people."""
    shell_form: bool = False
    shell: Shell | None = None
    """The family of the shell that runs first; None where none does."""
    script: str | None = None
    """The beginning of the script that runs first."""
    command_is_dropped: bool = False
    """CMD behind an ENTRYPOINT in shell form is never read."""
    signal: SignalPath = SignalPath.UNKNOWN
    why: str = ""
    fault: Fault | None = None
    fault_words: str = ""


class ImageRuntime(msgspec.Struct, frozen=True):
    """A runtime in the image. `version` is "" where it could not be read."""

    runtime: Runtime
    version: str
    path: str
    settings: dict[str, str] = {}
    """Of a Go program, what its build says: GODEBUG, CGO_ENABLED, modules that matter."""


class Advice(msgspec.Struct, frozen=True):
    """What follows from the image for a setting: "GOMEMLIMIT" and a sentence."""

    about: str
    words: str


class Image(msgspec.Struct, frozen=True):
    """An image, read whole."""

    name: str
    """The target as it was named."""
    form: str
    """ "OCI layout", "docker archive", "registry"."""
    references: tuple[str, ...]
    digest: str
    """Of its manifest; of its configuration where the format has no manifest."""
    platforms: tuple[str, ...]
    """All that the target offers."""
    config: ImageConfig
    layers: tuple[ImageLayer, ...]
    files: int
    bytes: int
    """Of the files that a container sees."""
    wasted: dict[Waste, int]
    largest_waste: tuple[WastedFile, ...]
    leftovers: tuple[Leftover, ...]
    duplicates: tuple[Duplicate, ...]
    duplicate_bytes: int
    directories: dict[str, int]
    """Bytes below each directory of the first two levels."""
    distribution: str
    shell: Shell
    """What /bin/sh is."""
    first: FirstProcess
    runtime: ImageRuntime | None
    """That of the first process, as far as it can be told."""
    other_runtimes: tuple[ImageRuntime, ...]
    advice: tuple[Advice, ...]
    start_notes: tuple[str, ...]
    numeric_user: bool
    """Whether runAsNonRoot can be checked before the start."""
    notes: tuple[str, ...] = ()
    """What could not be read, or is unusual."""

    @property
    def packed_bytes(self) -> int:
        """What a node pulls that has none of the layers."""
        return sum(layer.packed_bytes for layer in self.layers)

    @property
    def unpacked_bytes(self) -> int:
        """What a node writes when it unpacks all layers."""
        return sum(layer.unpacked_bytes for layer in self.layers)

    @property
    def wasted_bytes(self) -> int:
        """What is pulled, unpacked and never seen."""
        return sum(self.wasted.values())

    @property
    def compressed(self) -> bool:
        """Whether packed_bytes is what a registry would send."""
        return all(layer.compressed for layer in self.layers)

    @property
    def leftover_bytes(self) -> int:
        """All leftovers."""
        return sum(one.bytes for one in self.leftovers)
