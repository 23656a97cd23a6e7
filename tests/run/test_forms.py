"""How images start their program: what SIGTERM does to each as PID 1, supervised and not.

The rows are those of docs/specs/service.md section 10. A row that does not end shows the fault that
the supervisor is for; one that ends must not get worse by it.
"""

import sys
import time
from pathlib import Path

import pytest
from tests.real.programs import need
from tests.run.container import container, supervised

pytestmark = pytest.mark.real

# How long a process that drops SIGTERM is watched. A fact about the kernel, not a measurement.
NEVER_SECONDS = 1.5
SLEEPS = f"{sys.executable} -c 'import time; print(1, flush=True); time.sleep(1000)'"
HANDLES = (
    f"{sys.executable} -c 'import signal, sys; "
    "signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)); print(1, flush=True); signal.pause()'"
)
LOOPS = (
    f"{sys.executable} -c 'import asyncio; print(1, flush=True); asyncio.run(asyncio.sleep(1000))'"
)

# The command, and whether it ends on SIGTERM without a supervisor.
FORMS = {
    "exec form with a handler": (["sh", "-c", f"exec {HANDLES}"], True),
    "bash -c": (["bash", "-c", HANDLES], True),
    "dash -c": (["dash", "-c", f"{HANDLES}; true"], False),
    "dash -c, in a directory": (["dash", "-c", f"cd / && {HANDLES}; true"], False),
    "dash -c, in a pipe": (["dash", "-c", f"{HANDLES} | cat"], False),
    "Python without a handler": (["sh", "-c", f"exec {SLEEPS}"], False),
    "asyncio.run": (["sh", "-c", f"exec {LOOPS}"], False),
}


@pytest.mark.parametrize("name", [name for name, (_, ends) in FORMS.items() if not ends])
def test_form_never_ends_without_a_supervisor(name: str) -> None:
    """The baseline: the kernel drops a signal that PID 1 does not handle."""
    command, _ = FORMS[name]
    need(command[0], command[0])
    with container(*command) as running:
        running.says("1\n")
        running.signal()
        time.sleep(NEVER_SECONDS)

        assert running.running


@pytest.mark.parametrize("name", [name for name, (_, ends) in FORMS.items() if ends])
def test_form_ends_without_a_supervisor(name: str) -> None:
    """The other half of the baseline."""
    command, _ = FORMS[name]
    need(command[0], command[0])
    with container(*command) as running:
        running.says("1\n")
        running.signal()

        assert running.wait() == 0


@pytest.mark.parametrize("name", FORMS)
def test_every_form_ends_under_the_supervisor(name: str) -> None:
    """With it, every row ends on SIGTERM with code 0, and leaves nothing behind."""
    command, _ = FORMS[name]
    need(command[0], command[0])
    with container(*supervised("--drain=0", "--", *command)) as running:
        running.says("1\n")
        running.signal()

        assert running.wait() == 0, running.err
        assert running.pids() == []


def test_server_that_still_imports_ends_at_once(tmp_path: Path) -> None:
    """SIGTERM during a long import does not wait for the drain window, nor for the import."""
    need("python3", "python3")
    (tmp_path / "slow.py").write_text("print(1, flush=True)\nimport time\ntime.sleep(1000)\n")
    command = [sys.executable, "-m", "uvicorn", "slow:app", "--app-dir", tmp_path]
    with container(*supervised("--drain=20", "--grace=60", "--", *command)) as running:
        running.says("1\n")
        started = running.signal()

        assert running.wait() == 0, running.err
        assert time.monotonic() - started < 20
