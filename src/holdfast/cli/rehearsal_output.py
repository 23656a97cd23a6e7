"""What `holdfast rehearse` tells besides the report: measurements, requests, the workload file."""

import os
from pathlib import Path

from holdfast import __version__
from holdfast.kubelet.pod_status import api_time
from holdfast.model.pod import Pod
from holdfast.rehearsal.container_runtime import RehearsalError
from holdfast.rehearsal.load.summarize import summarize as summarize_requests
from holdfast.rehearsal.load.tally import Phase
from holdfast.rehearsal.measuring.measurements import Measurements
from holdfast.rehearsal.measuring.summarize import summarize
from holdfast.rehearsal.measuring.write_workload import workload_document, write_workload
from holdfast.rehearsal.rehearse import Rehearsed
from holdfast.rehearsal.stage import Plan
from holdfast.simulation.read_workload import read_workload
from holdfast.simulation.workload import Workload


def told(rehearsed: Rehearsed) -> list[str]:
    """Lines below the report."""
    lines = [*summarize(rehearsed.measurements), *summarize_requests(rehearsed.requests)]
    stopped = any(phase is not Phase.SERVING and t.sent for phase, t in rehearsed.requests.items())
    if stopped and rehearsed.open_at_end is not None:
        lines.append(f"requests  connections that were open at its end: {rehearsed.open_at_end}")
    return ["", *lines] if lines else []


def measured_workload(pod: Pod, measurements: Measurements) -> Workload:
    """What the containers were seen to do, for replays of the pod."""
    document = workload_document(measurements, pod.spec.containers)
    return read_workload(document, "the rehearsal")


def check_place(path: Path) -> None:
    """Refuse a place for the workload before anything was rehearsed. Raises RehearsalError."""
    directory = path.parent
    if path.is_dir():
        found = "it is a directory; expected a file"
    elif not directory.is_dir():
        found = f"there is no directory {directory}"
    elif not os.access(directory, os.W_OK):
        found = f"you may not write to {directory}"
    else:
        return
    raise RehearsalError("writing the workload", str(path), found, "give another path")


def write_measurements(path: Path, plan: Plan, rehearsed: Rehearsed) -> None:
    """Write the workload file. Raises RehearsalError."""
    pod = plan.pod
    document = workload_document(rehearsed.measurements, pod.spec.containers)
    captured = rehearsed.snapshot.captured_at
    heading = [
        f"Measured by holdfast {__version__} rehearsing pod {pod.metadata.name}"
        + (f" at {api_time(captured)}" if captured is not None else ""),
        f"on {os.uname().machine} with {os.cpu_count()} processors.",
        *(f"{spec.name}: {_limits(spec.limit('cpu'), spec.limit('memory'))}"
          for spec in pod.spec.containers),
    ]  # fmt: skip
    try:
        path.write_text(write_workload(document, heading), encoding="utf-8")
    except OSError as error:
        raise RehearsalError(
            "writing the workload", str(path), str(error.strerror), "give another path"
        ) from error


def _limits(cpu: object, memory: object) -> str:
    return f"CPU limit {cpu or 'none'}, memory limit {memory or 'none'}"
