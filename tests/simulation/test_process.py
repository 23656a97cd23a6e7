"""What a process answers, when it ends, and what signals do: every rule of kubelet.md 1.8."""

from typing import Any

import msgspec
import pytest
from tests.simulation.processes import CAT, GRPC, HEALTH, STARTED, TCP, probe, process

from holdfast.kubelet.inputs import Outcome
from holdfast.model.container import LifecycleHandler, Probe
from holdfast.simulation.process import End, unreachable

REFUSED = (
    'Get "http://10.244.0.10:8080/health": dial tcp 10.244.0.10:8080: connect: connection refused'
)
HEADERS = (
    'Get "http://10.244.0.10:8080/health": context deadline exceeded '
    "(Client.Timeout exceeded while awaiting headers)"
)
BODY = "context deadline exceeded (Client.Timeout or context cancellation while reading body)"
REDIRECTED = "Probe terminated redirects, Response body: "
NO_PROGRAM = (
    "rpc error: code = Unknown desc = failed to exec in container: failed to start exec: OCI "
    'runtime exec failed: exec failed: unable to start container process: exec: "cat": '
    "executable file not found in $PATH: unknown"
)
NO_HEALTH_SERVICE = (
    "error: this server does not implement the grpc health protocol "
    "(grpc.health.v1.Health): unknown service grpc.health.v1.Health"
)
OK, BAD, ERROR, WARN = Outcome.SUCCESS, Outcome.FAILURE, Outcome.ERROR, Outcome.WARNING


def answers(*entries: dict[str, Any], path: str = "/health") -> dict[str, Any]:
    """A workload that answers one path."""
    return {"answers": {path: list(entries)}}


CASES: tuple[tuple[str, dict[str, Any], Probe, Outcome, float | None, str], ...] = (
    ("healthy", {}, HEALTH, OK, None, ""),
    ("not yet listening", {"start": {"wall": "1m"}}, HEALTH, BAD, 0.0, REFUSED),
    ("other port", {"ports": [9090]}, HEALTH, BAD, 0.0, REFUSED),
    ("localhost only", {"localhostOnly": True}, HEALTH, BAD, 0.0, REFUSED),
    ("503", answers({"code": 503}), HEALTH, BAD, None, "HTTP probe failed with statuscode: 503"),
    ("304", answers({"code": 304}), HEALTH, WARN, None, REDIRECTED),
    ("hang", answers({"hang": "headers"}), HEALTH, BAD, 1.0, HEADERS),
    ("slow", answers({"latency": "1500ms"}), HEALTH, BAD, 1.0, HEADERS),
    ("body", answers({"hang": "body"}), HEALTH, ERROR, 1.0, BODY),
    ("stuck", {"stuck": [{}]}, HEALTH, BAD, 1.0, HEADERS),
    ("drops", {"unreachable": [{"how": "drops"}]}, HEALTH, BAD, 1.0, HEADERS),
    ("any other path", answers({"code": 500}, path="*"), HEALTH, BAD, None,
     "HTTP probe failed with statuscode: 500"),
    ("redirect to another host", answers({"redirect": "https://sso.example/login"}), HEALTH, WARN,
     None, REDIRECTED),
    ("redirect to a healthy page", answers({"redirect": "/login"}), HEALTH, OK, None, ""),
    ("redirect to itself", answers({"redirect": "/health"}), HEALTH, BAD, None,
     'Get "http://10.244.0.10:8080/health": stopped after 10 redirects'),
    ("tcp", {}, TCP, OK, None, ""),
    ("tcp of a stuck process", {"stuck": [{}]}, TCP, OK, None, ""),
    ("tcp refused", {"ports": []}, TCP, BAD, 0.0,
     "dial tcp 10.244.0.10:8080: connect: connection refused"),
    ("tcp dropped", {"unreachable": [{"how": "drops"}]}, TCP, BAD, 1.0,
     "dial tcp 10.244.0.10:8080: i/o timeout"),
    ("grpc", {}, GRPC, OK, None, ""),
    ("grpc closed costs its timeout", {"ports": [1]}, GRPC, BAD, 2.0,
     'timeout: failed to connect service "10.244.0.10:8080" within 2s: context deadline exceeded'),
    ("grpc unhealthy", {"grpc": {"": [{"status": "NOT_SERVING"}]}}, GRPC, BAD, None,
     'service unhealthy (responded with "NOT_SERVING")'),
    ("grpc missing", {"grpc": {"*": [{"status": "UNIMPLEMENTED"}]}}, GRPC, BAD, None,
     NO_HEALTH_SERVICE),
    ("grpc unknown service", {"grpc": {"*": [{"status": "SERVICE_UNKNOWN"}]}}, GRPC, BAD, None,
     "error: health rpc probe failed: rpc error: code = NotFound desc = unknown service"),
    ("grpc hang", {"grpc": {"": [{"hang": True}]}}, GRPC, BAD, 2.0,
     "timeout: health rpc did not complete within 2s"),
    ("exec", {}, CAT, OK, None, ""),
    ("exec of a stuck process", {"stuck": [{}]}, CAT, OK, None, ""),
    ("exec fails", {"exec": {"cat /tmp/ok": [{"exit": 1, "output": "no"}]}}, CAT, BAD, None, "no"),
    ("exec slow", {"exec": {"*": [{"takes": "5s"}]}}, CAT, BAD, 1.0,
     'command timed out: "cat /tmp/ok" timed out after 1s'),
    ("exec missing", {"exec": {"*": [{"missing": True}]}}, CAT, ERROR, 0.0, NO_PROGRAM),
)  # fmt: skip


@pytest.mark.parametrize(
    ("document", "asked", "outcome", "seconds", "output"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_answer_counts_as_the_kubelet_counts_it(
    document: dict[str, Any], asked: Probe, outcome: Outcome, seconds: float | None, output: str
) -> None:
    """Success, failure or error, after how long, and in the words of the event."""
    reply = process(document).answer(asked, STARTED + 5.0)

    assert (reply.outcome, reply.output) == (outcome, output)
    if seconds is not None:
        assert reply.seconds == pytest.approx(seconds, abs=0.02)
    else:
        assert reply.seconds < asked.timeout


def test_named_port_that_is_not_there_is_an_error() -> None:
    """A typo in a port name neither kills nor passes (kubelet.md Q7); a known name is followed."""
    asked = probe(httpGet={"port": "web", "path": "/health"})
    known = process({}, ports=({"name": "web", "containerPort": 8080},))

    assert process({}).answer(asked, STARTED).outcome is ERROR
    assert (
        process({}).answer(asked, STARTED).output == 'strconv.Atoi: parsing "web": invalid syntax'
    )
    assert known.answer(asked, STARTED + 1).outcome is OK


def test_answers_of_a_container_that_does_not_run() -> None:
    """The address is still there, the process is not; gRPC waits all the same (Q9)."""
    assert unreachable(HEALTH).output == REFUSED
    assert unreachable(CAT).outcome is ERROR
    assert unreachable(GRPC).seconds == 2.0


def test_last_entry_that_holds_decides() -> None:
    """A list reads like a story: later lines override."""
    app = process(
        answers({"code": 200}, {"from": "20s", "code": 500}, {"from": "40s", "code": 200})
    )

    outcomes = [app.answer(HEALTH, STARTED + at).outcome for at in (10, 30, 50)]
    assert outcomes == [OK, BAD, OK]


def test_lives_can_differ() -> None:
    """A lock that the first life leaves behind ends all later ones."""
    document = {"exits": [{"after": "1h", "lives": "first"}, {"after": "2s", "lives": "later"}]}

    assert process(document, life=0).own_end() == End(STARTED + 3600, 1)
    assert process(document, life=3).own_end() == End(STARTED + 2, 1)


def test_window_of_the_world_hits_who_lives_then() -> None:
    """A bad hour ends every process that runs, and those that start inside it."""
    document = {
        "exits": [{"clock": "world", "from": "150s", "for": "1m", "after": "1s", "code": 9}]
    }
    inside = {"exits": [{"clock": "world", "from": "50s", "for": "5m", "after": "1s", "code": 9}]}

    assert process(document).own_end() == End(151.0, 9)
    assert process(inside).own_end() == End(STARTED + 1, 9)


def test_limit_of_memory_ends_it() -> None:
    """Scenario SC13: 100 Mi and 1 Mi/s under 256 Mi live 156 s, then 137 OOMKilled."""
    document = {"memory": {"start": "100Mi", "growth": {"rate": "1Mi/s"}}}

    assert process(document, limits={"memory": "256Mi"}).own_end() == End(
        STARTED + 156, 137, oom=True
    )
    assert process(document).own_end() is None


def test_heap_below_the_limit_ends_it_otherwise() -> None:
    """A runtime that gives up at its own bound exits by itself: no OOMKilled."""
    memory = {"start": "100Mi", "growth": {"rate": "1Mi/s"}, "ceiling": "200Mi"}
    limits: dict[str, str | int | float] = {"memory": "256Mi"}
    ends = {"memory": {**memory, "atCeiling": "exit", "exitCode": 3}}
    thrashes = process({"memory": {**memory, "atCeiling": "thrash"}}, limits=limits)

    assert process({"memory": memory}, limits=limits).own_end() is None
    assert process(ends, limits=limits).own_end() == End(STARTED + 100, 3)
    assert thrashes.own_end() is None
    assert thrashes.answer(HEALTH, STARTED + 101).output == HEADERS


def test_child_for_memory_depends_on_the_node() -> None:
    """One limit, two processes: cgroup v2 ends both, cgroup v1 the larger one only (Q28)."""
    document = {"child": {"growth": {"rate": "20Mi/s"}}, "exits": [{"after": "1m", "code": 0}]}
    limits: dict[str, str | int | float] = {"memory": "200Mi"}

    whole = process(document, limits=limits)
    alone = process(document, limits=limits, cgroup_v1=True)
    old = process(document, limits=limits, version="1.27")

    assert _rounded(whole.own_end()) == End(STARTED + 10, 137, oom=True)
    assert whole.child_kill() is None
    for survivor in (alone, old):
        kill = survivor.child_kill()
        assert kill is not None
        assert kill.at == pytest.approx(STARTED + 10, abs=1e-4)
        # The runtime remembers the kill: Completed becomes OOMKilled (kubelet.md 6.1).
        assert survivor.own_end() == End(STARTED + 60, 0, oom=True)


def test_main_process_is_the_victim_when_it_is_larger() -> None:
    """The kernel takes the largest process of the group."""
    document = {"memory": {"start": "150Mi"}, "child": {"growth": {"rate": "10Mi/s"}}}
    app = process(document, limits={"memory": "200Mi"}, cgroup_v1=True)

    assert app.child_kill() is None
    assert _rounded(app.own_end()) == End(STARTED + 5, 137, oom=True)


def _rounded(end: End | None) -> End | None:
    """To the precision with which two curves together are searched."""
    return None if end is None else msgspec.structs.replace(end, at=round(end.at, 4))


TERM: tuple[tuple[dict[str, Any], float | None, int], ...] = (
    ({}, 0.0, 0),
    ({"onTerm": {"after": "6s", "code": 143}}, 6.0, 143),
    ({"onTerm": {"action": "ignore"}}, None, 0),
    ({"onTerm": {"action": "noHandler"}}, None, 0),
    ({"onTerm": {"action": "shell"}}, None, 0),
    ({"stuck": [{}]}, None, 0),
    ({"stuck": [{"for": "1m"}]}, 50.0, 0),
    ({"stuck": [{"obeysTerm": True}]}, 0.0, 0),
)


@pytest.mark.parametrize(("document", "after", "code"), TERM)
def test_sigterm(document: dict[str, Any], after: float | None, code: int) -> None:
    """PID 1 without a handler, a shell and a deadlock all wait for SIGKILL (kubelet.md 2.4)."""
    end = process(document).on_term(STARTED + 10)

    assert end == (None if after is None else End(STARTED + 10 + after, code))


def test_listener_closes_on_sigterm() -> None:
    """A draining server takes no new connection, unless it serves on for a while."""
    closes = process({"onTerm": {"after": "10s"}})
    serves = process({"onTerm": {"after": "10s", "serves": "4s"}})
    for app in (closes, serves):
        app.on_term(STARTED + 50)

    assert closes.answer(HEALTH, STARTED + 51).output == REFUSED
    assert serves.answer(HEALTH, STARTED + 53).outcome is OK
    assert serves.answer(HEALTH, STARTED + 55).output == REFUSED
    assert serves.accepts(STARTED + 60) == [(STARTED, STARTED + 54)]


def test_dependency_decides_start_and_life() -> None:
    """Wait, give up, fail, hang: what a program does without its database."""
    down = {"db": {"outages": [{"from": "90s", "for": "60s"}, {"from": "300s", "for": "100s"}]}}

    def app(**need: Any) -> Any:
        return process({"needs": {"db": need}}, dependencies=down)

    assert app().own_end() is None
    assert app(atStart="exit", exitAfter="20s", exitCode=3).own_end() == End(120.0, 3)
    assert app(atStart="exit", exitAfter="55s").own_end() is None
    assert app(whileRunning="exit", exitAfter="10s").own_end() == End(310.0, 1)
    waits = app(atStart="wait")
    assert waits.answer(HEALTH, 140.0).output == REFUSED
    assert waits.answer(HEALTH, 151.0).outcome is OK
    fails = app(whileRunning="fail", paths=["/health"])
    assert fails.answer(HEALTH, 320.0).output == "HTTP probe failed with statuscode: 503"
    assert fails.answer(probe(httpGet={"port": 8080, "path": "/live"}), 320.0).outcome is OK
    assert app(whileRunning="hang").answer(HEALTH, 320.0).output == HEADERS
    assert app(whileRunning="fail").answer(GRPC, 320.0).outcome is BAD


def test_dependency_of_a_dependency_counts() -> None:
    """A database without its disk is down, too."""
    given = {"disk": {"outages": [{"from": "2m", "for": "1m"}]}, "db": {"needs": ["disk"]}}
    app = process({"needs": {"db": {"whileRunning": "fail"}}}, dependencies=given)

    assert [app.answer(HEALTH, at).outcome for at in (119.0, 130.0, 181.0)] == [OK, BAD, OK]


def test_cpu_limit_stretches_the_start() -> None:
    """Ten CPU seconds take ten seconds on a core, and a hundred at 100m."""
    document = {"start": {"wall": "2s", "cpu": "10s"}}
    fast, slow = process(document), process(document, limits={"cpu": "100m"})

    assert fast.turning_points[0] == pytest.approx(12.0)
    assert slow.turning_points[0] == pytest.approx(102.0, abs=0.2)


def test_busy_threads_under_a_limit_make_answers_late() -> None:
    """Recording cpu-starved-liveness: four busy threads at 10m, and the probe times out."""
    document = {"cpu": {"slice": "10ms", "demand": [{"from": "20s", "cores": 4}]}}
    starved = process(document, limits={"cpu": "10m"}, chance=0.71)
    enough = process(document, limits={"cpu": "5"})

    assert starved.answer(HEALTH, STARTED + 10).outcome is OK
    late = [starved.answer(HEALTH, STARTED + 20 + 3 * n).output == HEADERS for n in range(40)]
    assert sum(late) > 30
    assert enough.answer(HEALTH, STARTED + 30).seconds < 0.01


def test_pause_delays_answers_until_its_end() -> None:
    """Nothing is answered while a collector stops the world."""
    app = process({"pauses": {"every": "10s", "for": "3s"}})

    assert app.answer(HEALTH, STARTED + 9).outcome is OK
    assert app.answer(HEALTH, STARTED + 11).output == HEADERS
    assert app.answer(HEALTH, STARTED + 12.5).seconds == pytest.approx(0.5, abs=0.02)
    assert app.answer(HEALTH, STARTED + 22.9).outcome is OK


def test_hooks() -> None:
    """Sleep, command and request: how long, and what counts as a failure (kubelet.md 4.3)."""

    def handler(**fields: Any) -> LifecycleHandler:
        return msgspec.convert(fields, LifecycleHandler)

    command, request = {"command": ["drain"]}, {"port": 8080, "path": "/drain"}
    stop = {"preStop": {"exec": command}}
    app = process({"hooks": {"preStop": {"takes": "3s", "exit": 2}}}, lifecycle=stop)
    failing = process(
        answers({"code": 500}, path="/drain"), lifecycle={"preStop": {"httpGet": request}}
    )

    assert app.run_hook(handler(sleep={"seconds": 5}), STARTED) == (5.0, True)
    assert app.run_hook(handler(exec=command), STARTED) == (3.0, False)
    assert failing.run_hook(handler(httpGet=request), STARTED)[1], "any answer is a success"
    assert process({"ports": []}).run_hook(handler(httpGet=request), STARTED) == (0.0, False)
