"""Kills by probes: every answer with other numbers, and what throttled events leave to infer.

The events are those of a real kubelet (docs/specs/kubelet.md 10). The numbers of the probes are
none of those of the recordings, so that no cause can be fitted to them.
"""

from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.diagnosis.cases import best, case, event, judge, neighbour, running, terminated

from holdfast.diagnosis.diagnose import diagnose
from holdfast.model.finding import Finding

START = datetime.fromisoformat("2026-11-23T08:20:00+00:00")
HTTP: dict[str, Any] = {"httpGet": {"path": "/live", "port": 3000}}
GET = 'Get "http://10.9.8.7:3000/live": '
REFUSED = GET + "dial tcp 10.9.8.7:3000: connect: connection refused"
LATE = GET + "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
STATUS = "HTTP probe failed with statuscode: "
NO_HEALTH = "error: this server does not implement the grpc health protocol: unknown service"

# initialDelaySeconds, periodSeconds, failureThreshold
NUMBERS = ((0, 2, 4), (7, 11, 2), (25, 4, 6), (90, 30, 5))


def at(seconds: float) -> str:
    """A time so long after the start of the ended life."""
    return (START + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def numbered(handler: dict[str, Any], numbers: tuple[int, int, int], **more: Any) -> dict[str, Any]:
    """A probe with these numbers."""
    delay, period, failures = numbers
    counts = {"initialDelaySeconds": delay, "periodSeconds": period, "failureThreshold": failures}
    return {**handler, **counts, **more}


def unhealthy(output: str, probe: str = "Liveness", **fields: Any) -> dict[str, Any]:
    """What the kubelet writes for a failed probe."""
    fields.setdefault("fieldPath", "spec.containers{app}")
    return event("Unhealthy", f"{probe} probe failed: {output}", **fields)


def killing(probe: str = "liveness", **fields: Any) -> dict[str, Any]:
    """What the kubelet writes when it kills for a probe."""
    fields.setdefault("fieldPath", "spec.containers{app}")
    text = f"Container app failed {probe} probe, will be restarted"
    return event("Killing", text, type="Normal", **fields)


def normal(reason: str, **fields: Any) -> dict[str, Any]:
    """Another Normal event of the kubelet."""
    return event(reason, reason, type="Normal", fieldPath="spec.containers{app}", **fields)


def never_answered(
    numbers: tuple[int, int, int],
    output: str,
    *,
    handler: dict[str, Any] = HTTP,
    probe: str = "liveness",
    exit_code: int = 0,
    drain: float = 0,
    **more: Any,
) -> Any:
    """A life that its probe ended because it never got a good answer.

    `drain` is the time from the kill to the end of the process.
    """
    delay, period, failures = numbers
    verdict = delay + period // 2 + (failures - 1) * period
    container = {f"{probe}Probe": numbered(handler, numbers), **more.pop("container", {})}
    return case(
        container=container,
        last=terminated(exit_code, started=at(0), finished=at(verdict + drain)),
        events=(
            unhealthy(output, probe.title(), count=9, lastTimestamp=at(verdict)),
            killing(probe, lastTimestamp=at(verdict), count=3),
            *more.pop("events", ()),
        ),
        **more,
    )


@pytest.mark.parametrize("numbers", NUMBERS)
@pytest.mark.parametrize(
    ("cause", "output", "handler"),
    [
        ("C02", STATUS + "404", HTTP),
        ("C02", GET + "http: server gave HTTP response to HTTPS client", HTTP),
        ("C03", REFUSED, HTTP),
        ("C03", "dial tcp 10.9.8.7:3000: connect: connection refused", {"tcpSocket": {"port": 1}}),
        ("C06", STATUS + "503", HTTP),
        ("C06", 'service unhealthy (responded with "NOT_SERVING")', {"grpc": {"port": 3000}}),
        ("C09", "pg_isready: no response", {"exec": {"command": ["pg_isready"]}}),
        ("C09", 'command timed out: "pg_isready" timed out', {"exec": {"command": ["pg_isready"]}}),
        ("C11", NO_HEALTH, {"grpc": {"port": 3000}}),
    ],
)
@pytest.mark.parametrize(("exit_code", "drain"), [(0, 0), (143, 1), (1, 0), (3, 12), (137, 30)])
def test_answer_names_the_cause(
    cause: str,
    output: str,
    handler: dict[str, Any],
    numbers: tuple[int, int, int],
    exit_code: int,
    drain: float,
) -> None:
    """What the probe was told decides, whatever the numbers and however the process ends."""
    built = never_answered(numbers, output, handler=handler, exit_code=exit_code, drain=drain)

    assert best(built) == cause


@pytest.mark.parametrize("numbers", NUMBERS)
@pytest.mark.parametrize(
    ("cause", "output"),
    [
        ("C08", REFUSED),
        ("C08", LATE),
        ("C08", STATUS + "503"),
        ("C02", STATUS + "404"),
    ],
)
def test_startup_probe(cause: str, output: str, numbers: tuple[int, int, int]) -> None:
    """ "Not yet" is what a start answers; a wrong path stays wrong however long it is waited."""
    assert best(never_answered(numbers, output, probe="startup")) == cause


def test_missing_health_service_at_the_start() -> None:
    """A server without the health service does not get one by starting for longer."""
    handler = {"grpc": {"port": 3000}}

    assert best(never_answered((0, 5, 3), NO_HEALTH, handler=handler, probe="startup")) == "C11"


@pytest.mark.parametrize("numbers", NUMBERS)
def test_long_drain_is_not_taken_for_answers(numbers: tuple[int, int, int]) -> None:
    """A process that drains lives longer than the probe allows, and has answered nothing."""
    built = never_answered(numbers, REFUSED, drain=17)

    assert judge("C07", built) is None
    assert best(built) == "C03"


def test_answers_before_the_first_failure_are_seen_in_the_first_life() -> None:
    """Where the last kill is not told, the first times of the events tell how long it answered."""
    probe = numbered(HTTP, (0, 4, 3))
    later: dict[str, Any] = {"lastTimestamp": at(-60), "count": 6}
    built = case(
        container={"livenessProbe": probe},
        last=terminated(0, started=at(0), finished=at(49)),
        events=(
            normal("Started", firstTimestamp=at(-600), lastTimestamp=at(-100), count=5),
            unhealthy(STATUS + "500", firstTimestamp=at(-560), **later),
            killing(firstTimestamp=at(-552), **later),
        ),
    )
    verdict = judge("C06", built)

    assert verdict is not None
    assert "turns to HTTP 500 about 38 s after its start" in verdict.summary


def test_readiness_on_another_port_tells_a_wrong_port_from_a_slow_start() -> None:
    """A container that answers its readiness probe meanwhile has started."""
    readiness = {"httpGet": {"port": 8081}, "periodSeconds": 3}
    wrong = never_answered((5, 9, 3), REFUSED, container={"readinessProbe": readiness})
    failing = unhealthy(
        'Get "http://10.9.8.7:8081/": dial tcp 10.9.8.7:8081: connect: connection refused',
        "Readiness",
        count=11,
    )
    slow = never_answered(
        (5, 9, 3), REFUSED, container={"readinessProbe": readiness}, events=(failing,)
    )

    assert best(wrong) == "C01"
    assert best(slow) == "C03"


# What throttled and merged events leave to infer


@pytest.mark.parametrize("exit_code", [0, 1, 3, 143])
def test_kill_that_was_not_told_is_inferred_from_failures(exit_code: int) -> None:
    """The bucket for events was empty: the failures of this life and earlier kills remain."""
    built = case(
        container={"livenessProbe": numbered(HTTP, (12, 6, 4))},
        last=terminated(exit_code, started=at(0), finished=at(190)),
        restarts=9,
        events=(
            unhealthy(STATUS + "500", count=31, lastTimestamp=at(184)),
            killing(count=4, lastTimestamp=at(-900)),
            normal("Pulled", count=7, lastTimestamp=at(-800)),
        ),
    )

    assert best(built) == "C06"


def test_own_error_in_the_log_goes_before_an_inferred_kill() -> None:
    """A process that wrote why it ended was not killed, whatever its probe was told before."""
    built = case(
        container={"livenessProbe": numbered(HTTP, (12, 6, 4))},
        last=terminated(1, started=at(0), finished=at(190)),
        events=(unhealthy(STATUS + "500", count=31, lastTimestamp=at(150)),),
        log='FATAL: password authentication failed for user "shop"',
    )

    assert best(built) == "A06"


def test_no_kill_where_one_would_be_among_the_events() -> None:
    """One kill long ago explains nothing when the events of the last end hold none."""
    after = {"lastTimestamp": at(41), "count": 5}
    built = case(
        container={"livenessProbe": numbered(HTTP, (0, 5, 3))},
        state=running(at(41)),
        last=terminated(1, started=at(0), finished=at(40)),
        events=(
            killing(lastTimestamp=at(-700)),
            unhealthy(REFUSED, count=3, lastTimestamp=at(-700)),
            normal("Pulled", **after),
            normal("Created", **after),
            normal("Started", **after),
        ),
    )

    assert built.stop_would_show
    assert best(built) == "A01"


def test_merged_kill_counts_for_every_life() -> None:
    """An event that was seen again in the running life has lost the time of the kill before."""
    kills = killing(count=3, firstTimestamp=at(-300), lastTimestamp=at(200))
    built = case(
        container={"livenessProbe": numbered(HTTP, (0, 8, 2))},
        state=running(at(150)),
        last=terminated(137, started=at(0), finished=at(140)),
        restarts=2,
        events=(kills, unhealthy(STATUS + "503", count=6, lastTimestamp=at(200))),
    )

    assert not built.stop_would_show
    assert built.stop is not None
    assert built.stop.direct
    assert best(built) == "C06"


def found(built: Any) -> Finding:
    """What the report says about the case's container."""
    return diagnose(built.context.snapshot).findings[0]


def test_uptime_alone_names_candidates_and_no_cause() -> None:
    """Arithmetic fits a slow start as well as a wrong path: that is "cannot tell"."""
    built = case(
        container={"livenessProbe": numbered(HTTP, (40, 5, 3))},
        last=terminated(0, started=at(0), finished=at(53)),
    )
    finding = found(built)

    assert not finding.decided
    assert "perhaps it starts more slowly than its liveness probe allows (C03)" in finding.headline


def test_replicas_inside_the_window_support_a_kill() -> None:
    """One uptime may lie in a window by chance, those of several replicas hardly."""
    owner = [{"kind": "ReplicaSet", "name": "rs", "uid": "o", "controller": True}]

    def replica(name: str, uptime: float) -> dict[str, Any]:
        pod = neighbour(name, terminated(0, started=at(0), finished=at(uptime)))
        pod["metadata"]["ownerReferences"] = owner
        pod["spec"]["containers"][0]["name"] = "app"
        pod["status"]["containerStatuses"][0]["name"] = "app"
        return pod

    def built(*uptimes: float) -> Any:
        return case(
            container={"livenessProbe": numbered(HTTP, (40, 5, 3))},
            last=terminated(0, started=at(0), finished=at(53)),
            metadata={"ownerReferences": owner},
            other_pods=tuple(replica(f"api-{i}", uptime) for i, uptime in enumerate(uptimes)),
        )

    alone, among, apart = (judge("C03", built(*u)) for u in ((), (51, 54), (51, 300)))

    assert alone is not None
    assert among is not None
    assert apart is not None
    assert among.score > alone.score == apart.score
