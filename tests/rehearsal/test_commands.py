"""Which command each container runs here, and which commands of the person cannot run."""

import os
import struct
from pathlib import Path

import pytest
from tests.rehearsal.play import pod_of

from holdfast.model.pod import Pod
from holdfast.rehearsal.commands import CommandLine, check_command, choose_commands, expanded
from holdfast.rehearsal.container_runtime import RehearsalError

HERE = 62 if os.uname().machine == "x86_64" else 183


def words(pod: Pod, *given: str, container: str | None = None, **mapped: str) -> dict[str, str]:
    """The chosen commands as text."""
    chosen = choose_commands(pod, given, container, {k: (v,) for k, v in mapped.items()})
    return {name: " ".join(command.words) for name, command in chosen.items()}


def check(program: Path | str, directory: str = "/", path: str = "/usr/bin:/bin") -> str:
    """What is said of a command of the person; "" where it can run."""
    try:
        check_command("app", CommandLine((str(program),), given=True), directory, path)
    except RehearsalError as error:
        return f"{error.where}: {error.found}; {error.next_step}"
    return ""


def test_arguments_of_the_manifest_follow() -> None:
    """The person's command stands in for the entrypoint and for `command`, not for `args`."""
    pod = pod_of({"command": ["/image/server"], "args": ["--port", "80"]})

    assert words(pod, "./server") == {"app": "./server --port 80"}
    assert words(pod) == {"app": "/image/server --port 80"}


def test_command_is_for_the_container_that_has_none() -> None:
    """Of several, the one that is left; sidecars may have theirs from the file."""
    pod = pod_of({}, {"name": "log"}, initContainers=[{"name": "init", "command": ["true"]}])

    assert words(pod, "./server", log="./log") == {
        "init": "true", "app": "./server", "log": "./log",
    }  # fmt: skip
    assert words(pod, "./server", container="log", app="./app")["log"] == "./server"


@pytest.mark.parametrize(
    ("given", "container", "mapped", "message"),
    [
        (("x",), None, {}, "2 containers could run the command: app, log"),
        (("x",), None, {"app": "a", "log": "b"}, "0 containers could run the command: none"),
        (("x",), "web", {}, "no such container; the pod has app, log"),
        ((), None, {"web": "a"}, "no such container; the pod has app, log"),
        ((), None, {"app": "a"}, "no command; what example/app:1 runs by default is not known"),
    ],
)
def test_what_cannot_be_chosen(
    given: tuple[str, ...], container: str | None, mapped: dict[str, str], message: str
) -> None:
    """Each mistake is told with what there is."""
    with pytest.raises(RehearsalError, match=message):
        words(pod_of({}, {"name": "log"}), *given, container=container, **mapped)


def test_programs_are_found_as_a_shell_finds_them(tmp_path: Path) -> None:
    """On PATH, or from the present directory; a directory or a text is no program."""
    (tmp_path / "server").write_text("#!/bin/sh\n", encoding="utf-8")

    assert check("sh") == ""
    assert "no such program" in check("no-such-thing")
    assert "no such program" in check("./other", str(tmp_path))
    assert "chmod +x" in check("./server", str(tmp_path))
    assert "is not executable" in check("server", path=str(tmp_path))
    assert "is a directory" in check(tmp_path)
    (tmp_path / "server").chmod(0o755)
    assert check("./server", str(tmp_path)) == ""


@pytest.mark.parametrize(
    ("head", "message"),
    [
        (b"\x7fELF\x02\x01\x01" + b"\0" * 9 + struct.pack("<HH", 2, HERE), ""),
        (b"\x7fELF\x02\x02\x01" + b"\0" * 9 + struct.pack(">HH", 2, 22), "built for s390x"),
        (b"\x7fELF\x02\x01\x01" + b"\0" * 9 + struct.pack("<HH", 2, 4711), "for machine 4711"),
        (b"\xca\xfe\xba\xbe" + b"\0" * 20, "built for macOS"),
        (b"MZ" + b"\0" * 20, "built for Windows"),
        (b"", ""),
    ],
)
def test_formats_of_programs(tmp_path: Path, head: bytes, message: str) -> None:
    """A program for another machine or system is told before a pod would crash with it."""
    program = tmp_path / "program"
    program.write_bytes(head)
    program.chmod(0o755)

    said = check(program)

    assert message in said
    assert bool(said) == bool(message)


def test_words_are_expanded() -> None:
    """$(VAR) in commands, as the kubelet does."""
    assert expanded(("serve", "--port=$(PORT)", "$$HOME"), {"PORT": "80"}) == (
        "serve", "--port=80", "$HOME",
    )  # fmt: skip
