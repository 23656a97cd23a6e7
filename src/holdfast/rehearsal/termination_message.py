"""The termination message of a container: what it wrote for whoever asks why it ended.

Rules: the file at `terminationMessagePath` is one of the rehearsal, shown to one life; of it the
last bytes count. An empty one gives way to the end of the log where the policy says so and the exit
code is not 0. Source: kubernetes v1.36.2 pkg/kubelet/kuberuntime/kuberuntime_container.go
getTerminationMessage, pkg/kubelet/container/runtime.go, pkg/kubelet/status/status_manager.go
normalizeStatus; kubelet.md 9.3.
"""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from holdfast.model.container import Container
from holdfast.model.pod import Pod

_DEFAULT_PATH = "/dev/termination-log"
_FILE_BYTES = 4 * 1024
_POD_BYTES = 12 * 1024
_LOG_BYTES, _LOG_LINES = 2 * 1024, 80
_EVERY_USER = 0o666


def message_path(spec: Container) -> str:
    """Where its program finds the file."""
    return spec.termination_message_path or _DEFAULT_PATH


def can_show(path: str) -> bool:
    """Whether a file can be mounted there: a container's /dev is its own, all else must exist."""
    return Path(path).exists() or Path(path).parent == Path("/dev")


def make_file(scratch: Path, container: str, number: int) -> Path:
    """The file of one life, empty. Every user of a container may write to it."""
    directory = scratch / "termination"
    directory.mkdir(exist_ok=True)
    file = directory / f"{container}.{number}"
    file.touch()
    file.chmod(_EVERY_USER)
    return file


def message_of(
    pod: Pod, spec: Container, exit_code: int, file: Path | None, log: Iterable[str]
) -> str:
    """What the status shows. `log` is the container's, without line ends."""
    written = _tail(file) if file is not None else b""
    falls_back = spec.termination_message_policy == "FallbackToLogsOnError" and exit_code != 0
    if not written and falls_back:
        lines = [f"{line}\n" for line in log][-_LOG_LINES:]
        written = "".join(lines).encode()[-_LOG_BYTES:]
    containers = len(pod.spec.containers) + len(pod.spec.init_containers or ())
    return written[: _POD_BYTES // containers].decode(errors="replace")


def _tail(file: Path) -> bytes:
    with suppress(OSError), file.open("rb") as opened:
        size = opened.seek(0, 2)
        opened.seek(max(0, size - _FILE_BYTES))
        return opened.read(_FILE_BYTES)
    return b""
