"""Where a pod stands, as a person watches it: read from the machine of a virtual pod."""

import pytest
from tests.kubelet.story import Story, story

from holdfast.rehearsal.board import Board, ContainerRow, Load, board_of, load_between
from holdfast.rehearsal.cgroups.group import Usage

PROBED = """
containers:
- name: app
  resources: {limits: {memory: 64Mi}}
  livenessProbe: {httpGet: {path: /live, port: 80}, periodSeconds: 10}
  readinessProbe: {httpGet: {path: /ready, port: 80}, periodSeconds: 5, successThreshold: 2}
"""
WORK = "containers: {app: {answers: {/live: [{from: 25s, code: 500}]}, onTerm: {after: 9s}}}"


def board(told: Story, **loads: Load) -> Board:
    """The board of a story at its present moment."""
    return board_of(told.machine.state, loads, told.world.now)


def only(shown: Board) -> ContainerRow:
    """Its one container."""
    (row,) = shown.containers
    return row


def test_ready_container_with_its_probes() -> None:
    """State, limit, and when each probe is asked next."""
    shown = board(story(PROBED, WORK, until=22.0), app=Load(Usage(memory_bytes=1 << 20), 0.5, 0.25))

    row = only(shown)
    assert (shown.phase, row.state, row.restarts) == ("Running", "ready", 0)
    assert (row.memory_bytes, row.limit_bytes, row.cores) == (1 << 20, 64 << 20, 0.5)
    assert row.throttled_share == 0.25
    readiness, liveness = row.probes
    assert (readiness.kind, readiness.answer, readiness.needed) == ("readiness", "success", 2)
    assert (liveness.kind, liveness.answer) == ("liveness", "success")
    assert liveness.next_seconds == pytest.approx(8.0)


def test_probe_on_its_way_to_a_verdict() -> None:
    """How many failures there were, of how many."""
    row = only(board(story(PROBED, WORK, until=41.0)))

    (liveness,) = (probe for probe in row.probes if probe.kind == "liveness")
    assert (liveness.answer, liveness.run, liveness.needed) == ("failure", 2, 3)


def test_container_that_is_being_stopped() -> None:
    """After the verdict, until it has ended; what comes next is SIGKILL."""
    shown = board(story(PROBED, WORK, until=51.0))

    assert only(shown).state.startswith("stopping")
    assert shown.next_what
    assert shown.next_seconds is not None


def test_back_off_counts_down() -> None:
    """The second restart of a crash waits 10 s from its end."""
    told = story(
        "containers: [{name: app}]", "containers: {app: {exits: {after: 3s, code: 1}}}", until=10.0
    )

    row = only(board(told))

    (_, ended) = told.ask("exits")
    assert row.state == "CrashLoopBackOff"
    assert row.back_off_seconds == pytest.approx(10.0 - (told.world.now - ended))
    assert row.restarts == 1
    assert (row.memory_bytes, row.cores) == (0, 0.0)


def test_pod_that_has_ended() -> None:
    """Nothing is due any more."""
    shown = board(
        story(
            "{restartPolicy: Never, containers: [{name: app}]}",
            "containers: {app: {exits: {after: 3s, code: 7}}}",
            until=100.0,
        )
    )

    assert (shown.phase, only(shown).state) == ("Failed", "ended 7 Error")


def test_load_between_two_looks() -> None:
    """Cores, and the share of periods in which the quota was used up; no time, no load."""
    before = Usage(cpu_seconds=1.0, periods=10, throttled_periods=5)
    after = Usage(memory_bytes=9, cpu_seconds=2.5, periods=30, throttled_periods=10)

    assert load_between(before, after, 3.0) == Load(after, 0.5, 0.25)
    assert load_between(after, after, 0.0) == Load(after, 0.0, 0.0)
    # A new life begins with counters of its own.
    assert load_between(after, Usage(cpu_seconds=0.1), 1.0).cores == 0.0
