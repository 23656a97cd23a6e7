"""What feature gates and known defects do to the same pod: docs/specs/kubelet.md 13.2 and 13.3."""

import pytest
from tests.kubelet.story import story, two_stories

APP = "containers: [{name: app}]"


def test_restart_rules_are_a_gate() -> None:
    """Policies of containers count since 1.35, RestartAllContainers since 1.36."""
    spec = """
    restartPolicy: Never
    containers:
    - name: app
      restartPolicy: Never
      restartPolicyRules:
      - {action: ACTION, exitCodes: {operator: In, values: [42]}}
    """
    work = "containers: {app: {exits: {after: 3s, code: 42}}}"
    restarted = {
        (version, action): len(
            story(spec.replace("ACTION", action), work, kubelet=version, until=8).ask("starts")
        )
        > 1
        for version in ("1.34", "1.35", "1.36")
        for action in ("Restart", "RestartAllContainers")
    }

    assert [key for key, value in restarted.items() if value] == [
        ("1.35", "Restart"),
        ("1.36", "Restart"),
        ("1.36", "RestartAllContainers"),
    ]


def test_hooks_sleep_since_1_30() -> None:
    """Before, the API server dropped the field, and the container had no hook."""
    spec = "containers: [{name: app, lifecycle: {preStop: {sleep: {seconds: 5}}}}]"
    terms = []
    for told in two_stories(("1.28", "1.30"), spec, "containers: {}", until=10):
        told.tell("delete")
        told.tell("run 30")
        terms += told.ask("kills")

    assert terms == [10.0, 15.0]


def test_the_sandbox_condition_came_and_came_earlier() -> None:
    """PodReadyToStartContainers exists since 1.29; since 1.36 it does not wait for a start."""
    seen = []
    for version in ("1.28", "1.29", "1.36"):
        told = story(APP, kubelet=version, latency="sandbox=2 start=3", until=10)
        seen.append(
            [
                happening.at
                for happening in told.world.trace
                if any(
                    c.type == "PodReadyToStartContainers" and c.status == "True"
                    for c in getattr(getattr(happening.what, "status", None), "conditions", ())
                )
            ][:1]
        )

    assert seen == [[], [5.5], [2.0]]


def test_replacements_count_as_started() -> None:
    """1.35.0 and later: liveness asks the new life before its startup probe does (SC22)."""
    spec = """
    containers:
    - name: app
      startupProbe: {httpGet: {path: /start, port: 80}, periodSeconds: 10, failureThreshold: 30}
      livenessProbe: {httpGet: {path: /live, port: 80}, periodSeconds: 1, failureThreshold: 1}
    """
    work = """
    containers:
      app: {start: {wall: 5s}, answers: {/live: {from: 60s, code: 500, lives: first}}}
    """
    old, new = two_stories(("1.34", "1.35"), spec, work, until=120)

    assert len(old.ask("kills")) == 1
    assert len(new.ask("kills")) > 1


@pytest.mark.parametrize(
    ("kubelet", "freezes"),
    [("1.34", False), ("1.35", True), ("1.36 patch=2", False), ("1.36 patch=3", True)],
)
def test_exec_readiness_freezes_in_the_end(kubelet: str, freezes: bool) -> None:
    """Commands of an ending pod are cancelled, so that it stays Ready while it shuts down."""
    told = story(
        """
        containers:
        - name: app
          readinessProbe: {exec: {command: [check]}, periodSeconds: 2, failureThreshold: 1}
        """,
        """
        containers:
          app: {exec: {check: {from: 20s, exit: 1}}, onTerm: {after: 15s}}
        """,
        kubelet=kubelet,
        until=19,
    )
    told.tell("delete")
    told.tell("run 30")

    assert (told.status.container_statuses or ())[0].ready is freezes
    assert any("context canceled" in text for text in told.messages("Unhealthy")) is freezes


def test_start_up_gates_open() -> None:
    """1.35 and later: a kubelet restart makes a container that is starting up count as started."""
    spec = """
    containers:
    - name: app
      startupProbe: {tcpSocket: {port: 80}, periodSeconds: 5, failureThreshold: 30}
    """
    started = {}
    for kubelet in ("1.34", "1.35"):
        told = story(spec, "containers: {app: {start: {wall: 2m}}}", kubelet=kubelet, until=30)
        told.tell("restart-kubelet")
        told.tell("run 60")
        started[kubelet] = (told.status.container_statuses or ())[0].started

    assert started == {"1.34": False, "1.35": True}
