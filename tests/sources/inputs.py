"""Inputs for tests of readers: bytes as people would pipe or keep them."""

import io
import json
from pathlib import Path
from typing import Any

from holdfast.model.snapshot import Snapshot
from holdfast.sources.read import read_inputs

CLUSTER = Path(__file__).parents[2] / "examples" / "cluster"


def read_bytes(data: bytes) -> Snapshot:
    """What holdfast reads from standard input."""
    return read_inputs(["-"], io.BytesIO(data))


def read_path(*paths: Path) -> Snapshot:
    """What holdfast reads from files or directories."""
    return read_inputs([str(path) for path in paths], io.BytesIO())


def pod_object(name: str = "api", namespace: str = "shop", restarts: int = 3) -> dict[str, Any]:
    """A small pod in the shape of the API."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace, "uid": f"uid-{name}"},
        "spec": {"containers": [{"name": "app", "image": "registry.example/app:1"}]},
        "status": {
            "phase": "Running",
            "containerStatuses": [
                {
                    "name": "app",
                    "restartCount": restarts,
                    "state": {"running": {"startedAt": "2026-11-23T08:00:00Z"}},
                    "lastState": {
                        "terminated": {
                            "exitCode": 1,
                            "reason": "Error",
                            "startedAt": "2026-11-23T07:00:00Z",
                            "finishedAt": "2026-11-23T07:59:00Z",
                        }
                    },
                }
            ],
        },
    }


def pod_list(*names: str) -> dict[str, Any]:
    """A List as kubectl writes it."""
    return {"apiVersion": "v1", "kind": "List", "items": [pod_object(name) for name in names]}


def pod_list_bytes(*names: str) -> bytes:
    """The same as indented JSON."""
    return json.dumps(pod_list(*names), indent=4).encode()
