"""A limit of memory as a container has it: a cgroup, of either version."""

import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_V1 = Path("/sys/fs/cgroup/memory")
_V2 = Path("/sys/fs/cgroup")


@contextmanager
def memory_limit(limit_bytes: int) -> Iterator[tuple[str, ...]]:
    """Words to put in front of a command that is to run under the limit."""
    try:
        group = _create(limit_bytes)
    except OSError as error:
        missing = f"no memory cgroup here ({error}): run the tests as root, with cgroups writable"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    try:
        yield "sh", "-c", f'echo $$ > {group}/cgroup.procs; exec "$@"', "sh"
    finally:
        _remove(group)


def _remove(group: Path) -> None:
    """A process that was killed leaves its group a little later."""
    for _ in range(200):
        try:
            return group.rmdir()
        except OSError:
            time.sleep(0.02)
    raise AssertionError(f"{group} still holds processes: {(group / 'cgroup.procs').read_text()}")


def _create(limit_bytes: int) -> Path:
    name = f"holdfast-{uuid.uuid4().hex[:8]}"
    if (_V1 / "memory.limit_in_bytes").exists():
        group = _V1 / name
        group.mkdir()
        (group / "memory.limit_in_bytes").write_text(str(limit_bytes))
        return group
    (_V2 / "cgroup.subtree_control").write_text("+memory")
    group = _V2 / name
    group.mkdir()
    (group / "memory.max").write_text(str(limit_bytes))
    (group / "memory.swap.max").write_text("0")
    return group
