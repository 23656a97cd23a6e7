"""The picture on a terminal: what it shows, and that it leaves the terminal as it was."""

import json
import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.rehearsal.play import ACTED, acting, need_root

pytestmark = pytest.mark.real

_ESCAPE = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")


def on_terminal(directory: Path, *arguments: str) -> str:
    """Everything that was written to a terminal, in the order in which it was."""
    master, slave = pty.openpty()
    command = [sys.executable, "-c", "from holdfast.cli.entry import main; main()", "rehearse"]
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "120", "LINES": "40"}
    with subprocess.Popen(
        [*command, *arguments],
        stdout=subprocess.DEVNULL,
        stderr=slave,
        cwd=directory,
        env=environment,
    ) as running:
        os.close(slave)
        written = b""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            ready, _, _ = select.select([master], [], [], 0.1)
            try:
                part = os.read(master, 65536) if ready else b""
            except OSError:
                break
            written += part
            if not part and running.poll() is not None:
                break
    os.close(master)
    return written.decode(errors="replace")


def test_picture_of_a_pod_in_trouble(tmp_path: Path) -> None:
    """States, probes with their count, memory against the limit, what comes next, back-off."""
    need_root()
    probe = {"httpGet": {"path": "/live", "port": 8080}, "periodSeconds": 1}
    container = {
        "name": "app",
        "image": "example/app:1",
        "env": acting(paths={"/live": [{"from": 0, "code": 200}]}, exitAt=2.5, exitCode=1),
        "livenessProbe": probe,
        "resources": {"limits": {"memory": "256Mi"}},
    }
    pod = {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "web"}}
    manifest = tmp_path / "pod.yaml"
    manifest.write_text(json.dumps({**pod, "spec": {"containers": [container]}}), encoding="utf-8")

    shown = on_terminal(
        tmp_path, "-f", str(manifest), "--network", "own", "--for", "8s", "--", *ACTED
    )
    text = _ESCAPE.sub("", shown)

    assert re.search(r"app +ready", text)
    assert re.search(r"liveness: success, next in \d\.\ds", text)
    assert re.search(r"\d+(\.\d+)?Mi of 256Mi", text)
    assert re.search(r"next: [a-z ]+ in \d", text)
    assert re.search(r"CrashLoopBackOff, \d+s left", text)
    assert "Started: Container started" in text
    assert shown.count("\x1b[?25l") == shown.count("\x1b[?25h") > 0
