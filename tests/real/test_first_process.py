"""The waiter as PID 1, where the kernel drops every signal without a handler."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.dependencies.peers import LOOPBACK, free_port

pytestmark = pytest.mark.real


def test_sigterm_ends_it_as_the_first_process() -> None:
    """A pod that is deleted while its init container waits ends at once, not after its grace."""
    unshare = shutil.which("unshare")
    if unshare is None or os.geteuid() != 0:
        pytest.skip("a PID namespace needs root and unshare: apt-get install -y util-linux")
    waiter = [sys.executable, "-m", "holdfast.wait", f"tcp://{LOOPBACK}:{free_port()}", "-t", "600"]
    with subprocess.Popen(
        [unshare, "--pid", "--fork", *waiter], stderr=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stderr is not None
        assert "refused" in parent.stderr.readline()
        first = _child(parent.pid)
        assert _inner_pid(first) == 1
        os.kill(first, signal.SIGTERM)
        assert parent.wait(20) == 128 + signal.SIGTERM


def _child(parent: int) -> int:
    for _ in range(100):
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        if children:
            return int(children[0])
        time.sleep(0.01)
    raise AssertionError("no child")


def _inner_pid(pid: int) -> int:
    """Its number in its own namespace: the last of NSpid (proc(5))."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("NSpid")).split()[-1])
