"""A large cluster that does not exist: pods of the size and variety of real ones.

`python -m benchmarks.synthetic COUNT FILE` writes them as one list, and a directory instead of a
file as a must-gather with the logs of each: a process that measures others must stay small, because
a child's peak memory counts from that of its parent.

Nine in ten pods are healthy; the others restart through probe kills, errors and memory, as the
captured cluster in examples/ does. Nothing is random: the same number gives the same bytes.
"""

import copy
import json
import sys
from pathlib import Path
from typing import Any

_CLUSTER = Path(__file__).parents[1] / "examples" / "cluster"
_TROUBLED_EACH = 10
_NODES = 100
# Bytes per pod in JSON of a busy cluster: 37 MB for 5,000.
_POD_BYTES = 7400
_LOG_LINES = {"current": 1500, "previous": 200}
_LOG_LINE = (
    "2026-11-23T08:29:50.{number:09d}Z I1123 08:29:50.1 1 reconcile.go:332] reconciled object "
    "team/order-{number} in 12ms, status ok, next in 30s\n"
)


def pods(count: int) -> list[dict[str, Any]]:
    """So many pods in the shape of the API."""
    captured = json.loads((_CLUSTER / "pods.json").read_text(encoding="utf-8"))["items"]
    healthy = [p for p in captured if _is_healthy(p)]
    troubled = [p for p in captured if not _is_healthy(p)]
    made = []
    for number in range(count):
        models = troubled if number % _TROUBLED_EACH == 0 else healthy
        made.append(_variant(models[number // _TROUBLED_EACH % len(models)], number))
    return made


def write_list(count: int, path: Path) -> None:
    """The list as the API server writes it."""
    body = {"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": pods(count)}
    path.write_text(json.dumps(body, separators=(",", ":")), encoding="utf-8")


def write_must_gather(count: int, root: Path) -> None:
    """One directory per pod, with some 240 kB of logs each, as `oc adm must-gather` has it."""
    for pod in pods(count):
        name, namespace = pod["metadata"]["name"], pod["metadata"]["namespace"]
        place = root / "image-sha256-0" / "namespaces" / namespace / "pods" / name
        for container in pod["spec"]["containers"]:
            logs = place / container["name"] / container["name"] / "logs"
            logs.mkdir(parents=True)
            for life, lines in _LOG_LINES.items():
                written = (_LOG_LINE.format(number=number) for number in range(lines))
                (logs / f"{life}.log").write_text("".join(written), encoding="utf-8")
        (place / f"{name}.yaml").write_text(json.dumps(pod, indent=2), encoding="utf-8")


def _is_healthy(pod: dict[str, Any]) -> bool:
    statuses = pod["status"].get("containerStatuses", ())
    return all(s["ready"] and not s["restartCount"] for s in statuses) and bool(statuses)


def _variant(model: dict[str, Any], number: int) -> dict[str, Any]:
    pod = copy.deepcopy(model)
    name = f"{pod['metadata']['name']}-{number:05d}"
    pod["metadata"] |= {"name": name, "namespace": f"team-{number % 50}", "uid": f"uid-{number}"}
    pod["spec"]["nodeName"] = f"node-{number % _NODES}"
    missing = _POD_BYTES - len(json.dumps(pod, separators=(",", ":")))
    padding: dict[str, Any] = {f"f:field-{n}": {} for n in range(max(0, missing - 200) // 20)}
    managed = {"manager": "kubelet", "operation": "Update", "fieldsV1": {"f:spec": padding}}
    pod["metadata"]["managedFields"] = [managed]
    return pod


if __name__ == "__main__":
    target = Path(sys.argv[2])
    write = write_must_gather if target.is_dir() else write_list
    write(int(sys.argv[1]), target)
