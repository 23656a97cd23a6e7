"""Long streams cost what their text and their findings cost."""

import tracemalloc

import pytest

from holdfast.cli.inspect_files import Wanted, inspect
from holdfast.cli.manifest_files import TextFile
from holdfast.lint import world
from holdfast.sources import kept_documents

# Of the manifest below a tree takes 14 kB and a value 3 kB; 1.3 kB is what is kept of each.
_MOST_BYTES_EACH = 2500
_DEPLOYMENT = """---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api-{number}
  labels: {{app: api-{number}}}
spec:
  replicas: 3
  selector:
    matchLabels: {{app: api-{number}}}
  template:
    metadata:
      labels: {{app: api-{number}}}
    spec:
      containers:
        - name: api
          image: registry.example.com/team/api:v1.2.{number}
          ports:
            - containerPort: 8080
          resources:
            requests: {{cpu: 100m, memory: 128Mi}}
            limits: {{memory: 128Mi}}
"""


def _peak_bytes(documents: int) -> int:
    text = "".join(_DEPLOYMENT.format(number=number) for number in range(documents))
    tracemalloc.start()
    try:
        inspection = inspect(
            [TextFile("all.yaml", text)], Wanted(only=frozenset({"HF101", "HF612", "HF727"}))
        )
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert inspection.examined.containers == documents
    return peak


def test_memory_does_not_hold_all_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rendered output of a whole platform is checked on a small machine."""
    monkeypatch.setattr(kept_documents, "_OPEN_TREES", 16)
    monkeypatch.setattr(kept_documents, "_OPEN_VALUES", 16)
    monkeypatch.setattr(world, "_KEPT_PODS", 16)
    monkeypatch.setattr(kept_documents, "_NEVER_PACKED", 16)
    _peak_bytes(10)
    few, many = _peak_bytes(200), _peak_bytes(400)

    assert (many - few) / 200 < _MOST_BYTES_EACH
