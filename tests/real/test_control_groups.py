"""Rehearsals under a kernel with control groups of version 2, as nodes have them today.

The kernel is Linux in user mode; all rehearsals run in it side by side, and once. The same limits
under version 1 are tests/rehearsal/test_processes.py, on computers that have it.
"""

import json
import shlex
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from tests.real.other_kernel import run_in_other_kernel
from tests.rehearsal.plain_user import NOBODY, through
from tests.rehearsal.play import ACTED

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("other kernel")]

_FILES = ("memory.max", "memory.swap.max", "memory.oom.group", "cpu.max", "cpu.weight")
# A program of these tests says what its own group holds before it begins.
_TELL_GROUP = (
    "group=/sys/fs/cgroup$(cut -d: -f3 /proc/self/cgroup); "
    f'for file in {" ".join(_FILES)}; do echo "$file: $(cat $group/$file)"; done; '
)
_BUSY = "import time; end = time.monotonic() + 3\nwhile time.monotonic() < end: pass"
_GREEDY = shlex.join((sys.executable, "-c", "print(len(b'x' * (200 << 20)))"))
_REHEARSE = (sys.executable, "-c", "from holdfast.cli.entry import main; main()", "rehearse")
# As systemd delegates to a user: his part is his, and his processes are in a leaf of it.
_DELEGATE = f"""
echo "+memory +cpu" > /sys/fs/cgroup/cgroup.subtree_control
mkdir -p /sys/fs/cgroup/user
echo "+memory +cpu" > /sys/fs/cgroup/user/cgroup.subtree_control
mkdir /sys/fs/cgroup/user/scope
chown {NOBODY} /sys/fs/cgroup/user /sys/fs/cgroup/user/* /sys/fs/cgroup/user/scope/*
mkdir -m 777 /run/nobody
"""
# As in a container whose groups are its own: its processes lie in their root.
_CROWDED = """
mkdir /sys/fs/cgroup/crowded
echo 0 > /sys/fs/cgroup/crowded/cgroup.procs
exec unshare --cgroup --mount sh -c '
    umount /sys/fs/cgroup && mount -t cgroup2 own /sys/fs/cgroup && exec "$@"
' sh "$@"
"""
_KILL = """
until grep -q "is ready" killed.err; do sleep 0.1; done
find /sys/fs/cgroup -name "holdfast-*" > before-kill
kill -9 $killed
"""
_LEFT = """
tries=0
while [ "$(find /sys/fs/cgroup -name 'holdfast-*')" ] && [ $tries -lt 100 ]; do
    tries=$((tries + 1)); sleep 0.1
done
find /sys/fs/cgroup -name "holdfast-*" > left
"""


class Ran(NamedTuple):
    """What a rehearsal left: its report and its log."""

    report: dict[str, Any]
    log: str

    @property
    def group(self) -> dict[str, str]:
        """What the program found in the files of its control group."""
        lines = [line.partition("| ")[2].partition(": ") for line in self.log.splitlines()]
        return {name: value for name, _, value in lines if name in _FILES}

    @property
    def losses(self) -> str:
        """What it says that this computer cannot promise."""
        return "\n".join(gap["what"] for gap in self.report["gaps"])


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All of them, in one boot."""
    directory = tmp_path_factory.mktemp("other-kernel")
    directory.chmod(0o755)
    small = {"memory": "64Mi", "cpu": "500m"}
    actor = shlex.join(ACTED)
    told = ("sh", "-c", f"{_TELL_GROUP} exec {actor}")
    child = ("sh", "-c", f'{_GREEDY}; echo "its child ended with $?"; exit 5')
    script = [
        _DELEGATE,
        _rehearsal(directory, "leak", told, small, {"leakMBps": 100}),
        _rehearsal(directory, "child", child, small, {}),
        _rehearsal(directory, "old", child, small, {}, flags=("--kubernetes", "1.27")),
        _rehearsal(directory, "busy", (sys.executable, "-c", _BUSY), {"cpu": "100m"}, {}),
        _rehearsal(directory, "plain", told, small, {"leakMBps": 100},
                   start=("env", "TMPDIR=/run/nobody",
                          *through("--group", "/sys/fs/cgroup/user/scope"))),
        _rehearsal(directory, "crowded", ACTED, small, {"leakMBps": 100},
                   start=("sh", "-c", _CROWDED, "sh")),
        _rehearsal(directory, "killed", ("sleep", "600"), small, {}), "killed=$!",
        _KILL,
        "wait",
        _LEFT,
    ]  # fmt: skip
    console = run_in_other_kernel("\n".join(script), directory)
    assert (directory / "left").exists(), console
    return directory


def _rehearsal(
    directory: Path,
    name: str,
    command: tuple[str, ...],
    limits: dict[str, str],
    act: dict[str, Any],
    flags: tuple[str, ...] = (),
    start: tuple[str, ...] = (),
) -> str:
    """A line of the script, which begins it in the background."""
    environment = [{"name": "ACTOR", "value": json.dumps({"port": 0, **act})}]
    container = {"name": "app", "image": "app:1", "env": environment,
                 "resources": {"limits": limits}}  # fmt: skip
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name},
        "spec": {"containers": [container], "restartPolicy": "Never"},
    }
    (directory / f"{name}.json").write_text(json.dumps(pod), encoding="utf-8")
    words = (*start, *_REHEARSE, "-f", f"{name}.json", *flags, "-o", "json", "--", *command)
    return f"(exec {shlex.join(words)} > {name}.out 2> {name}.err) &"


def _ran(results: Path, name: str) -> Ran:
    log = (results / f"{name}.err").read_text(encoding="utf-8")
    out = (results / f"{name}.out").read_text(encoding="utf-8")
    assert out, log
    return Ran(json.loads(out), log)


def test_limits_are_written(results: Path) -> None:
    """What a kubelet writes: no swap, all processes end together, the quota of half a core."""
    expected = {
        "memory.max": str(64 << 20),
        "memory.swap.max": "0",
        "memory.oom.group": "1",
        "cpu.max": "50000 100000",
        # 500m: docs/specs/kubelet.md 7.3.
        "cpu.weight": "59",
    }

    assert _ran(results, "leak").group == expected
    assert _ran(results, "plain").group == expected


def test_kernel_kills_for_memory(results: Path) -> None:
    """137 and OOMKilled, read from memory.events before the group was removed."""
    ran = _ran(results, "leak")

    assert "ended with 137, killed for memory" in ran.log
    assert "is ended 137 OOMKilled" in ran.log
    assert "control group" not in ran.losses


def test_child_takes_the_container_with_it(results: Path) -> None:
    """Since 1.28 all processes end; before, the child alone, and the container later by itself."""
    assert "ended with 137, killed for memory" in _ran(results, "child").log
    old = _ran(results, "old").log
    assert "| its child ended with 137" in old
    assert "ended with 5, killed for memory" in old


def test_processor_is_limited(results: Path) -> None:
    """A tenth of a core, and the throttling is counted."""
    assert "its CPU limit held it back in" in _ran(results, "busy").log


def test_delegated_part_is_enough(results: Path) -> None:
    """A plain user has the kernel's limits in the part of the tree that was given to him."""
    ran = _ran(results, "plain")

    assert "ended with 137, killed for memory" in ran.log
    assert "killed by the watch" not in ran.log
    assert "control group" not in ran.losses
    assert "the namespaces lie in a user namespace" in ran.losses


def test_groups_with_processes_are_no_place(results: Path) -> None:
    """Version 2 allows limits below groups without processes: it is said, with what would help."""
    ran = _ran(results, "crowded")

    assert "/sys/fs/cgroup: processes are in it" in ran.losses
    assert "mkdir /sys/fs/cgroup/init && xargs" in ran.log
    assert "killed by the watch on memory" in ran.log


def test_nothing_is_left(results: Path) -> None:
    """No group, neither after an end nor after kill -9 of holdfast."""
    assert (results / "before-kill").read_text(encoding="utf-8")
    assert (results / "left").read_text(encoding="utf-8") == ""
