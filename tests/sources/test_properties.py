"""Readers never fail on anything: they give a snapshot, or an error of their own."""

import contextlib
import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.sources.inputs import CLUSTER, pod_list, pod_object, read_bytes

from holdfast.model.snapshot import Log
from holdfast.sources.archive import safe_path
from holdfast.sources.log_lines import HEAD_LINES, LINE_LENGTH, TAIL_LINES, bounded
from holdfast.sources.read import SourceError

SAMPLES = [
    (CLUSTER / "describe" / "dev-init-fails.txt").read_bytes(),
    (CLUSTER / "pods.txt").read_bytes(),
    (CLUSTER / "events.txt").read_bytes()[:8000],
    json.dumps(pod_list("a", "b"), indent=2).encode(),
    json.dumps(pod_object("a")).encode() + b"\n" + json.dumps(pod_object("b")).encode(),
    b"apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n  - name: app\n",
    b"==== START logs for container app of pod shop/api ====\npanic: x\n",
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
settings.register_profile("readers", suppress_health_check=[HealthCheck.too_slow], deadline=None)
settings.load_profile("readers")


def check_survives(data: bytes) -> None:
    """Reading ends in a snapshot or in our own error; anything else fails the test."""
    with contextlib.suppress(SourceError):
        assert read_bytes(data).sources == ("standard input",)


@given(st.binary(max_size=4000))
def test_any_bytes(data: bytes) -> None:
    """Noise is survived."""
    check_survives(data)


@given(st.text(max_size=4000))
def test_any_text(text: str) -> None:
    """Text of any script is survived."""
    check_survives(text.encode("utf-8", errors="surrogatepass"))


@given(st.sampled_from(SAMPLES), st.data())
@settings(max_examples=200)
def test_damaged_samples(sample: bytes, data: st.DataObject) -> None:
    """Real input with a part cut out, doubled or overwritten is survived."""
    start = data.draw(st.integers(0, len(sample)))
    end = data.draw(st.integers(start, len(sample)))
    middle = data.draw(st.sampled_from([b"", sample[start:end] * 2, b"\x00", b"\xff", b"{", b": "]))
    check_survives(sample[:start] + middle + sample[end:])


@given(
    st.sampled_from(["Pod", "Event", "Node", "Deployment", "CronJob", "Rollout"]), JSON, JSON, JSON
)
@settings(max_examples=200)
def test_objects_of_any_shape(kind: str, metadata: object, spec: object, status: object) -> None:
    """Fields of wrong types cost the object and nothing else."""
    value = {"apiVersion": "v1", "kind": kind, "metadata": metadata, "spec": spec, "status": status}
    check_survives(json.dumps(value).encode())


@given(st.lists(st.text(max_size=50), max_size=60), st.integers(0, 120))
def test_logs_stay_within_bounds(lines: list[str], repeat: int) -> None:
    """Whatever the log, a fixed number of lines of a fixed length is kept, from both ends."""
    every = lines * repeat
    logs = list(bounded(every, Log((), "log")))

    assert sum(len(log.lines) for log in logs) <= HEAD_LINES + TAIL_LINES
    assert all(len(line) <= LINE_LENGTH for log in logs for line in log.lines)


@given(st.text(alphabet="./\\ab:", max_size=30))
def test_safe_paths_stay_inside(name: str) -> None:
    """A name that is accepted never leaves its directory."""
    path = safe_path(name)

    assert path is None or (not path.startswith("/") and ".." not in path.split("/"))
