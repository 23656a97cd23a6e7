"""What a wait imports: the start costs more than the wait, so each module counts."""

import subprocess
import sys

import pytest
from tests.dependencies.peers import LOOPBACK, peer
from tests.wait.waiter import ROOT

# docs/specs/service.md 11.5: each of these costs as much as the waiter or more.
HEAVY = {
    "argparse", "asyncio", "click", "collections", "dataclasses", "enum", "functools", "inspect",
    "json", "logging", "pathlib", "random", "re", "signal", "socket", "ssl", "subprocess",
    "threading", "typing", "urllib",
}  # fmt: skip
PROGRAM = """
import sys
sys.path.insert(0, sys.argv[1])
from holdfast.wait.command import main
code = main(sys.argv[2:])
print(code, *sorted({name.partition(".")[0] for name in sys.modules}))
print(*sorted(name for name in sys.modules if name.startswith("holdfast.")), file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("scheme", "answer"),
    [
        ("redis", b"+PONG\r\n"),
        ("tcp", b""),
        ("http", b"HTTP/1.1 200 OK\r\n\r\n"),
        ("nats", b'INFO {"auth_required":true}\r\n'),
    ],
)
def test_greeting_imports_nothing_heavy(scheme: str, answer: bytes) -> None:
    """From the command line to the verdict, with the C modules of the interpreter alone."""
    with peer(answer) as port:
        ended = subprocess.run(
            [sys.executable, "-I", "-S", "-c", PROGRAM, ROOT / "src", "-q",
             f"{scheme}://{LOOPBACK}:{port}"],
            capture_output=True, check=True, text=True,
        )  # fmt: skip
    code, *modules = ended.stdout.split()

    assert code == "0"
    assert HEAVY & set(modules) == set()


def test_only_what_is_asked_is_imported() -> None:
    """A target brings its own protocol and no other."""
    with peer(b"+PONG\r\n") as port:
        ended = subprocess.run(
            [sys.executable, "-I", "-S", "-c", PROGRAM, ROOT / "src", "-q",
             f"redis://{LOOPBACK}:{port}"],
            capture_output=True, check=True, text=True,
        )  # fmt: skip
    loaded = ended.stderr.split()
    protocols = [name for name in loaded if name.startswith("holdfast.dependencies.handshakes.")]

    assert protocols == ["holdfast.dependencies.handshakes.redis"]
    assert not [name for name in loaded if "logins" in name or "clients" in name]
