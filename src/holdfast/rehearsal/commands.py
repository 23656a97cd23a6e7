"""What each container runs here, where there are no images.

Rules: a command of the person stands in for the image's entrypoint and for the manifest's
`command`; the manifest's `args` follow it, as in the cluster. Without one the manifest's own
`command` is run. A command of the person that cannot run is a mistake of his, told before anything
starts; one of the manifest fails as it would in the cluster.
"""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from holdfast.model.container import Container
from holdfast.model.pod import Pod
from holdfast.rehearsal.container_runtime import RehearsalError
from holdfast.rehearsal.expansion import expand

Commands = Mapping[str, tuple[str, ...]]
_DOING = "choosing the commands of the containers"


class CommandLine(NamedTuple):
    """The words of a command, and whether the person gave it."""

    words: tuple[str, ...]
    given: bool


def choose_commands(
    pod: Pod, given: tuple[str, ...], container: str | None, mapped: Commands
) -> dict[str, CommandLine]:
    """The command of every container, by its name. Raises RehearsalError.

    Args: `given` is the command behind "--", for `container` or the only one that needs it;
    `mapped` are commands by name of the container, from a file.
    """
    specs = {spec.name: spec for spec in (*(pod.spec.init_containers or ()), *pod.spec.containers)}
    commands = dict(mapped)
    for name in (*mapped, *((container,) if container is not None else ())):
        if name not in specs:
            raise RehearsalError(
                _DOING, name, f"no such container; the pod has {', '.join(specs)}",
                "correct the name",
            )  # fmt: skip
    if given:
        commands[container or _only(pod, mapped)] = given
    chosen = {}
    for name, spec in specs.items():
        words = commands.get(name) or spec.command
        if not words:
            raise _missing(name, spec)
        chosen[name] = CommandLine((*words, *(spec.args or ())), given=name in commands)
    return chosen


def check_command(name: str, command: CommandLine, directory: str, path: str) -> None:
    """Refuse a command of the person that cannot run. Raises RehearsalError."""
    word = command.words[0]
    found = _find(word, directory, path)
    where = f"container {name}: {word}"
    if found is None:
        problem, step = "no such program", "correct the command behind --"
    elif found.is_dir():
        problem, step = f"{found} is a directory; expected a program", "name the program in it"
    elif not os.access(found, os.X_OK):
        problem, step = f"{found} is not executable", f"chmod +x {found}"
    else:
        problem = _format_problem(found)
        step = f"build it for {os.uname().machine} on Linux; this is what runs here"
    if problem:
        raise RehearsalError("starting a command", where, problem, step)


def expanded(words: tuple[str, ...], environment: Mapping[str, str]) -> tuple[str, ...]:
    """With $(VAR) as the kubelet expands it."""
    return tuple(expand(word, environment) for word in words)


def _only(pod: Pod, mapped: Commands) -> str:
    open_ones = [spec.name for spec in pod.spec.containers if spec.name not in mapped]
    if len(open_ones) == 1:
        return open_ones[0]
    raise RehearsalError(
        _DOING,
        f"pod {pod.key.name}",
        f"{len(open_ones)} containers could run the command: {', '.join(open_ones) or 'none'}",
        "name one with --container, or give each its own with --commands",
    )


def _missing(name: str, spec: Container) -> RehearsalError:
    return RehearsalError(
        _DOING,
        f"container {name}",
        f"no command; what {spec.image or 'its image'} runs by default is not known here",
        "give the command behind --, or one for each container with --commands FILE",
    )


def _find(word: str, directory: str, path: str) -> Path | None:
    if "/" in word:
        found = Path(directory, word)
        return found if found.exists() else None
    program = shutil.which(word, path=path)
    if program is not None:
        return Path(program)
    # Found but not executable is another mistake than not found.
    for folder in path.split(os.pathsep):
        if Path(folder, word).is_file():
            return Path(folder, word)
    return None


# e_machine of elf.h -> what `uname -m` says
_MACHINES = {3: "i386", 40: "arm", 62: "x86_64", 183: "aarch64", 22: "s390x", 21: "ppc64le",
             243: "riscv64"}  # fmt: skip
_BIG_ENDIAN = 2
# Other systems' formats: Mach-O (thin, both orders, fat) and PE.
_FOREIGN = {
    b"\xcf\xfa\xed\xfe": "macOS", b"\xce\xfa\xed\xfe": "macOS", b"\xfe\xed\xfa\xcf": "macOS",
    b"\xca\xfe\xba\xbe": "macOS",
}  # fmt: skip
# A 64-bit machine runs these as well.
_COMPATIBLE = {"x86_64": ("x86_64", "i386", "i686"), "aarch64": ("aarch64", "arm")}


def _format_problem(program: Path) -> str:
    """Why the kernel would refuse the program, or ""."""
    try:
        with program.open("rb") as file:
            head = file.read(20)
    except OSError as error:
        return f"{program} cannot be read: {error.strerror}"
    here = os.uname().machine
    if head[:4] == b"\x7fELF":
        number = int.from_bytes(head[18:20], "big" if head[5] == _BIG_ENDIAN else "little")
        built = _MACHINES.get(number, f"machine {number}")
        if built not in _COMPATIBLE.get(here, (here,)):
            return f"{program} is built for {built}; this computer is {here}"
    elif head[:4] in _FOREIGN or head[:2] == b"MZ":
        system = _FOREIGN.get(head[:4], "Windows")
        return f"{program} is built for {system}; this computer runs Linux"
    return ""
