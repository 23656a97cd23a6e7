"""What two versions of the kubelet do differently with the same pod: docs/specs/kubelet.md 13."""

import re
from pathlib import Path

import pytest
from tests.kubelet.story import story, two_stories

from holdfast.kubelet.inputs import Outcome, ProbeKind
from holdfast.kubelet.probe_worker import ProbeWorker
from holdfast.model.container import Probe

APP = "containers: [{name: app}]"
CRASH = "containers: {app: {exits: {after: 3s, code: 1}}}"
HERE = Path(__file__).parent

# Rows of 13.1, and regressions of 13.3: the test that shows them, or why none of the machine can.
ROWS = {
    "crash-loop requeue": "test_long_waits_overshoot_less_before_1_35",
    "reset rule": "test_the_reset_rule_is_the_same_number",
    "back-off key": "test_a_resize_renews_the_back_off_since_1_32",
    "configurable cap": "test_the_cap_is_obeyed_since_1_35",
    "reduced decay (1 s/60 s)": "test_reduced_decay_is_a_gate_since_1_33",
    "startup success puts worker on hold": "test_startup_success_holds_since_1_32",
    "manual readiness trigger resets ticker": "test_extra_probes_reset_the_ticker_since_1_32",
    "on-demand PLEG relist": "test_own_starts_are_seen_at_once_since_1_36",
    "sidecar termination order": "test_sidecars_end_in_order_since_1_29",
    "memory.oom.group on v2": "test_a_killed_child_ends_the_container_since_1_28",
    "hard-eviction override": "test_hard_eviction_gives_a_second_in_all_versions",
    "soft-eviction grace": "test_eviction.py: the caller's number",
    "probe state after kubelet restart": "test_readiness_survives_a_kubelet_restart_since_1_35",
    "cgroup v1 node": "test_behaviour.py: such a node runs no pod at all",
    "pod-cgroup cpu.weight formula": "test_cgroups.py: a number of the cgroup",
    "event spam key includes type": "test_event_buckets_know_the_type_since_1_32",
    "Created/Started text": "test_texts_of_starts",
    "errored-probe text": "test_texts_of_discarded_probes",
}
DEFECTS = {
    "`started` inherited by the replacement container": "test_replacements_count_as_started",
    "exec readiness probes frozen in termination": "test_exec_readiness_freezes_in_the_end",
    "kubelet context leak per sync": "none: the kubelet's own memory",
    "sidecar with startup probe + kubelet restart: app containers never restarted": (
        "none: which releases have it is not known"
    ),
    "pod in start-up becomes Ready after kubelet restart": "test_start_up_gates_open",
}


def test_every_row_is_shown_or_named() -> None:
    """A row that is added to the specification needs a test, or a reason."""
    text = (HERE.parents[1] / "docs" / "specs" / "kubelet.md").read_text(encoding="utf-8")
    matrix = text.partition("### 13.1")[2].partition("### 13.2")[0]
    defects = text.partition("### 13.3")[2].partition("\n---")[0]
    source = "".join(path.read_text(encoding="utf-8") for path in HERE.glob("test_*.py"))

    assert set(_first_cells(matrix)) == set(ROWS)
    assert set(_first_cells(defects)) == set(DEFECTS)
    for shown in (*ROWS.values(), *DEFECTS.values()):
        name, _, rest = shown.partition(":")
        if rest:
            assert name == "none" or (HERE / name).is_file()
        else:
            assert f"def {name}(" in source


def _first_cells(table: str) -> list[str]:
    rows = re.findall(r"^\| ?([^|]+?) ?\|", table, re.MULTILINE)
    return [row for row in rows if row not in ("behaviour", "defect") and set(row) != {"-"}]


def test_long_waits_overshoot_less_before_1_35() -> None:
    """A wait of 300 s lasts up to 332 s now, and lasted 316 s at most (SC21)."""
    late = [
        story(APP, CRASH, kubelet=version, chance="requeue=0.667", until=1400).ask("waits")[6]
        for version in ("1.34", "1.36")
    ]

    assert late[0] <= 316
    assert 316 < late[1] <= 332


def test_the_reset_rule_is_the_same_number() -> None:
    """Twice a cap that nobody could set was 600 s as well."""
    waits = [
        story(
            APP,
            "containers: {app: {exits: {after: 400s, code: 1}}}",
            kubelet=f"{version} cap=60",
            until=5000,
        ).ask("waits")
        for version in ("1.31", "1.32")
    ]

    assert waits[0] == waits[1]


@pytest.mark.parametrize(
    ("kubelet", "at_once"),
    [
        ("1.27", False),
        ("1.31 InPlacePodVerticalScaling=true", False),
        ("1.32 InPlacePodVerticalScaling=true", True),
        ("1.36", True),
    ],
)
def test_a_resize_renews_the_back_off_since_1_32(kubelet: str, at_once: bool) -> None:
    """A container that waits is started when its resources are changed; another image always."""
    spec = "containers: [{name: app, image: IMAGE, resources: {limits: {memory: SIZE}}}]"
    waiting = spec.replace("IMAGE", "app:1").replace("SIZE", "64Mi")
    starts = {}
    for image, size in (("app:1", "128Mi"), ("app:2", "64Mi")):
        told = story(waiting, CRASH, kubelet=kubelet, until=100)
        told.tell("edit", spec.replace("IMAGE", image).replace("SIZE", size))
        told.tell("run 101")
        starts[image] = told.ask("starts")[-1] == 100.0

    assert starts == {"app:1": at_once, "app:2": True}


def test_an_image_that_comes_back_finds_its_entry() -> None:
    """Entries belong to the image: going back to the old one within ten minutes waits again."""
    one, two = (f"containers: [{{name: app, image: app:{n}}}]" for n in (1, 2))
    told = story(one, CRASH, until=100)
    told.tell("edit", two)
    told.tell("run 101")
    told.tell("edit", one)
    told.tell("run 200")

    # The new one runs when the old one comes back, and is killed for it at 101.
    assert told.ask("starts")[-2:] == [100.0, 182.0]


def test_the_cap_is_obeyed_since_1_35() -> None:
    """crashLoopBackOff.maxContainerRestartPeriod shortens the waits, and with it the base."""
    old, new, tiny = (
        story(APP, CRASH, kubelet=kubelet, until=400).ask("waits")
        for kubelet in ("1.34 cap=30", "1.36 cap=30", "1.36 cap=4")
    )

    assert max(old) > 80
    assert max(new) < 32
    assert max(tiny[1:]) < 6


def test_reduced_decay_is_a_gate_since_1_33() -> None:
    """1, 2, 4 ... 60 s; and a cap that is set beats its 60 s."""
    gate = "1.36 ReduceDefaultCrashLoopBackOffDecay=true"
    reduced, capped = (
        story(APP, CRASH, kubelet=kubelet, until=600).ask("waits")
        for kubelet in (gate, f"{gate} cap=8")
    )

    assert [round(wait) for wait in reduced[:7]] == [0, 2, 3, 5, 9, 17, 33]
    assert 60 < max(reduced) < 63
    assert max(capped) < 10


def test_startup_success_holds_since_1_32() -> None:
    """The worker has done its work; before, its run of successes went on."""
    held = {}
    for holds in (False, True):
        worker = ProbeWorker("app", ProbeKind.STARTUP, Probe(), 10.0)
        worker.finish(Outcome.SUCCESS, startup_success_holds=holds)
        held[holds] = (worker.on_hold, worker.run)

    assert held == {False: (False, 1), True: (True, 0)}


def test_extra_probes_reset_the_ticker_since_1_32() -> None:
    """The next periodic readiness probe comes a period after the extra one."""
    spec = """
    containers:
    - name: app
      readinessProbe: {httpGet: {port: 80}, periodSeconds: 10}
    - name: neighbour
    """
    work = """
    containers:
      app: {latency: 0s, cpu: {perAnswer: 0s}, answers: {/: {code: 500}}}
      neighbour: {exits: {after: 16s, code: 1, lives: first}}
    """
    old, new = (
        [at for at in told.ask("probes kind=readiness") if at > 15]
        for told in two_stories(("1.31", "1.32"), spec, work, until=45)
    )

    assert {20.0, 30.0, 40.0} <= set(old)
    assert not {20.0, 30.0, 40.0} & set(new)
    assert new[-1] - new[-2] == 10.0


def test_own_starts_are_seen_at_once_since_1_36() -> None:
    """The relist on demand makes a start visible without the wait for the next relist."""
    seen = [
        told.ask("shown what=app:_running")
        for told in two_stories(("1.35", "1.36"), APP, "containers: {}", until=5)
    ]

    assert seen == [[0.5], [0.0]]


def test_sidecars_end_in_order_since_1_29() -> None:
    """Alpha sidecars of 1.28 got SIGTERM together with the application."""
    spec = "initContainers: [{name: proxy, restartPolicy: Always}]\ncontainers: [{name: app}]"
    terms = {}
    for kubelet in ("1.28 SidecarContainers=true", "1.29"):
        told = story(spec, "containers: {app: {onTerm: {after: 5s}}}", kubelet=kubelet, until=10)
        told.tell("delete")
        told.tell("run 40")
        terms[kubelet] = told.ask("kills proxy")

    assert list(terms.values()) == [[10.0], [15.0]]


def test_there_are_no_sidecars_before_1_29() -> None:
    """restartPolicy of an init container means nothing: one that does not end blocks the pod."""
    spec = "initContainers: [{name: proxy, restartPolicy: Always}]\ncontainers: [{name: app}]"
    old, new = two_stories(("1.28", "1.29"), spec, "containers: {}", until=60)

    assert old.ask("starts app") == []
    assert new.ask("starts app") != []


def test_a_killed_child_ends_the_container_since_1_28() -> None:
    """cgroup v2 kills all processes of the container for a child's memory."""
    spec = "containers: [{name: app, resources: {limits: {memory: 64Mi}}}]"
    work = "containers: {app: {child: {start: 14Mi, growth: {rate: 10Mi/s}}}}"
    old, new = two_stories(("1.27", "1.28"), spec, work, until=8)

    assert old.ask("exits") == []
    assert new.ask("exits") == [5.0]


def test_hard_eviction_gives_a_second_in_all_versions() -> None:
    """Up to 1.29 it asked for 0 s, which the pod's worker made one second."""
    terms = []
    for kubelet in ("1.29", "1.30"):
        told = story(
            "containers: [{name: app, lifecycle: {preStop: {exec: {command: [drain]}}}}]",
            "containers: {app: {onTerm: {action: ignore}, hooks: {preStop: {takes: 5s}}}}",
            kubelet=kubelet,
            until=10,
        )
        told.tell("evict")
        told.tell("run 20")
        terms.append((*told.ask("kills"), *told.ask("kills signal=KILL")))

    assert terms == [(11.0, 13.0), (11.0, 13.0)]


def test_readiness_survives_a_kubelet_restart_since_1_35() -> None:
    """Before, every pod of the node was not ready until its next success."""
    spec = "containers: [{name: app, readinessProbe: {httpGet: {port: 80}, periodSeconds: 10}}]"
    ready = {}
    for kubelet in ("1.34", "1.35"):
        told = story(spec, kubelet=kubelet, until=30)
        told.tell("restart-kubelet")
        told.tell("run 60")
        ready[kubelet] = len(told.ask("shown what=app:_running,_started,_ready"))

    assert ready == {"1.34": 2, "1.35": 1}


def test_event_buckets_know_the_type_since_1_32() -> None:
    """A flood of warnings held back the Normal events of the same pod."""
    spec = """
    containers:
    - name: app
      readinessProbe: {httpGet: {port: 80}, periodSeconds: 1}
    """
    work = "containers: {app: {answers: {/: {code: 500}}, exits: {after: 90s, code: 1}}}"
    old, new = two_stories(("1.31", "1.32"), spec, work, until=120)

    assert len(old.messages("Started")) == 1
    assert len(new.messages("Started")) == 2


def test_texts_of_starts() -> None:
    """Three ways to say that a container was created."""
    texts = [
        told.messages("Created")
        for told in two_stories(("1.28", "1.29", "1.35"), APP, "containers: {}", until=5)
    ]

    assert texts == [["Created container app"], ["Created container: app"], ["Container created"]]


def test_texts_of_discarded_probes() -> None:
    """Since 1.33 the event tells what became of the result."""
    spec = "containers: [{name: app, livenessProbe: {exec: {command: [check]}}}]"
    work = "containers: {app: {exec: {check: {missing: true}}}}"
    old, new = (
        told.messages("Unhealthy")[0]
        for told in two_stories(("1.32", "1.33"), spec, work, until=12)
    )

    assert old.startswith("Liveness probe errored: ")
    assert new.startswith("Liveness probe errored and resulted in unknown state: ")
