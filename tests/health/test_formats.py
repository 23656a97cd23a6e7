"""health+json and OpenMetrics, read by others."""

import json

from tests.health.checked import FAILS, PASSES, WARNS, add, board

from holdfast.dependencies.verdict import FROZEN, Verdict
from holdfast.health.durations import Durations
from holdfast.health.render_json import render_detail, render_status
from holdfast.health.render_metrics import render_metrics

NOW = 101.0


def test_detail_is_health_json() -> None:
    """The draft's shape: one word, and arrays under component:measurement."""
    made = board()
    add(made, "postgres", PASSES, on_fail="unready")
    add(made, "redis", Verdict(FROZEN, "no answer within 0.8 s", 0.8), on_fail="degrade")
    document = json.loads(render_detail(made, NOW, {"serviceId": "shop", "version": "1"}))

    assert document == {
        "status": "fail",
        "serviceId": "shop",
        "version": "1",
        "checks": {
            "postgres:responseTime": [
                {"componentType": "datastore", "status": "pass", "observedValue": 1.0,
                 "observedUnit": "ms", "time": "2027-01-15T08:00:00.000Z"}
            ],
            "redis:responseTime": [
                {"componentType": "datastore", "status": "warn", "observedValue": 800.0,
                 "observedUnit": "ms", "time": "2027-01-15T08:00:00.000Z", "output": "frozen"}
            ],
        },
    }  # fmt: skip


def test_words_of_dependencies_stay_inside() -> None:
    """Only the kind of failure is shown, unless the service asks for more."""
    shown = {}
    for redact in (True, False):
        made = board(redact=redact)
        add(made, verdict=FAILS)
        document = json.loads(render_detail(made, NOW, {}))
        shown[redact] = document["checks"]["db:responseTime"][0]["output"]

    assert shown[True] == "failing"
    assert "hunter2" in shown[False]


def test_stale_and_unasked_are_said() -> None:
    """Unknown is said as unknown."""
    made = board()
    add(made, "old", PASSES)
    add(made, "new", None)
    document = json.loads(render_detail(made, 150.0, {}))

    assert document["checks"]["old:responseTime"][0]["output"] == "stale: asked 50 s ago"
    assert document["checks"]["new:responseTime"][0] == {
        "componentType": "datastore", "status": "warn", "output": "not asked yet",
    }  # fmt: skip


def test_status_alone() -> None:
    """What everybody may see."""
    made = board()
    add(made, verdict=WARNS)

    assert render_status(made, NOW) == b'{"status":"warn"}'


def test_metrics_are_read_by_the_prometheus_client() -> None:
    """The parser of its authors accepts every line, with names that need escapes."""
    from prometheus_client.openmetrics import parser

    made = board()
    made.heartbeat._beat_at = 100.0
    add(made, 'a "quoted" \\ name', PASSES, on_fail="unready")
    add(made, "db", FAILS, on_fail="degrade")
    add(made, "new", None)
    text = render_metrics(made, NOW, 3).decode()
    families = {f.name: f for f in parser.text_string_to_metric_families(text)}

    passing = {s.labels["check"]: s.value for s in families["holdfast_check_passing"].samples}
    assert passing == {'a "quoted" \\ name': 1, "db": 0}
    assert families["holdfast_check_duration_seconds"].type == "histogram"
    assert families["holdfast_requests_in_flight"].samples[0].value == 3
    assert families["holdfast_event_loop_lag_seconds"].samples[0].value == 0.75
    assert families["holdfast_ready"].samples[0].value == 1


def test_durations_fall_into_their_bucket() -> None:
    """A bound belongs to its own bucket, as le (less or equal) says."""
    durations = Durations()
    for seconds in (0.0005, 0.0006, 9.0):
        durations.observe(seconds)

    assert durations.counts[:2] == [1, 1]
    assert durations.counts[-1] == 1
    assert durations.count == 3
