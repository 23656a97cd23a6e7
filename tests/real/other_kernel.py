"""Linux in user mode: another kernel as a process, with control groups of version 2 alone.

How. Its root is this computer's own, read only, so that it runs the same Python and the same
checkout; a script is its init. Its present directory is one of the test, and can be written to.
Source: Documentation/virt/uml/user_mode_linux_howto_v2.rst.
"""

import os
import signal
import subprocess
from pathlib import Path

from tests.real.programs import need

_MEMORY = "768M"
_PATIENCE_SECONDS = 240.0
_INIT = """#!/bin/sh
export PATH={path} HOME=/root TMPDIR=/run LC_ALL=C.UTF-8
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs tmp /run
mount -t cgroup2 groups /sys/fs/cgroup
ip link set lo up
mkdir /run/shared
mount -t hostfs none /run/shared -o {directory}
cd /run/shared
{script}
sync
echo o > /proc/sysrq-trigger
sleep 60
"""


def run_in_other_kernel(script: str, directory: Path) -> str:
    """Run a shell script there, in this directory; what it and the kernel wrote to the console."""
    kernel = need("linux.uml", "user-mode-linux")
    init = directory / "init"
    init.write_text(_INIT.format(path=os.environ["PATH"], directory=directory, script=script))
    init.chmod(0o755)
    words = [kernel, f"mem={_MEMORY}", "rootfstype=hostfs", "rootflags=/", "ro", f"init={init}",
             f"uml_dir={directory}/uml", "con=null", "con0=null,fd:1", "quiet"]  # fmt: skip
    with subprocess.Popen(
        words,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as running:
        try:
            console, _ = running.communicate(timeout=_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired as error:
            told = (error.output or b"").decode(errors="replace")
            raise AssertionError(f"not ended after {_PATIENCE_SECONDS:g} s:\n{told}") from error
        finally:
            if running.poll() is None:
                os.killpg(running.pid, signal.SIGKILL)
    return console.decode(errors="replace")
