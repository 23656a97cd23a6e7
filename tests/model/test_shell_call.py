"""Whether a shell gets out of the way: the table against this machine's shells (rules.md 9.1)."""

import subprocess
import time
from pathlib import Path

import msgspec
import pytest
from tests.real.programs import need

from holdfast.model.shell_call import Shell, form_of, shell_call, shell_of_image, stays

_BODIES = (
    "sleep 60",
    "X=1; sleep $X$X",
    "cd / && sleep 60",
    ":; sleep 60",
    "sleep 60 >/dev/null 2>&1",
    "if true; then sleep 60; fi",
    "sleep 60 | cat",
    "exec sleep 60",
    "cd / && exec sleep 60",
)
_SHELLS = {
    Shell.DASH: ("dash",),
    Shell.BASH: ("bash",),
    Shell.ASH: ("busybox", "ash"),
    Shell.ZSH: ("zsh",),
}


@pytest.mark.real
@pytest.mark.skipif(not Path("/proc/self/comm").exists(), reason="reads /proc, as Linux has it")
@pytest.mark.parametrize("body", _BODIES)
@pytest.mark.parametrize("shell", _SHELLS)
def test_table_is_what_shells_do(shell: Shell, body: str) -> None:
    """Each shell does what the table says of the form of its body."""
    name, *applet = _SHELLS[shell]
    with subprocess.Popen([need(name, name), *applet, "-c", body]) as process:
        try:
            remains = _remains(process.pid)
        finally:
            subprocess.run(["pkill", "-KILL", "-P", str(process.pid)], check=False)
            process.kill()

    assert remains is stays(shell, form_of(body))


def _remains(pid: int) -> bool:
    """Whether the shell has a child for the program, or has become the program."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if Path(f"/proc/{pid}/comm").read_text().strip() == "sleep":
            return False
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        if any(Path(f"/proc/{child}/comm").read_text().strip() == "sleep" for child in below):
            return True
        time.sleep(0.01)
    raise AssertionError("the program did not start")


@pytest.mark.parametrize(
    ("image", "shell"),
    [
        ("debian:12", Shell.DASH),
        ("node:22-bookworm-slim", Shell.DASH),
        ("node:22-alpine", Shell.ASH),
        ("docker.io/library/python:3.12.4", Shell.DASH),
        ("registry.example.com/python:3.12.4", Shell.UNKNOWN),
        ("fedora:40", Shell.BASH),
        ("gcr.io/distroless/java21", Shell.NONE),
        ("localhost:5000/api", Shell.UNKNOWN),
    ],
)
def test_base_image_tells_the_shell(image: str, shell: Shell) -> None:
    """By tag or official name; a name below a registry of one's own tells nothing."""
    assert shell_of_image(image) is shell


def test_only_a_shell_with_a_body_is_a_call() -> None:
    """Options before -c count, words behind the body do not."""
    call = shell_call(("/bin/sh", "-ec", "run", "x"), "alpine:3.20")

    assert call is not None
    assert (call.shell, call.body, call.at, call.named) == (Shell.ASH, "run", 2, "sh")
    assert shell_call(("sh", "-c", "-x", "run"), "alpine:3.20") == msgspec.structs.replace(
        call, at=3
    )
    assert shell_call(("sh", "run.sh"), "alpine:3.20") is None
    assert shell_call(("python", "-c", "pass"), "alpine:3.20") is None
