"""What surprises people about probes: quirks of docs/specs/kubelet.md section 14, one by one.

Every test fails when the rule that it shows is taken out (`test_mutations.py`).
"""

from itertools import pairwise

from tests.kubelet.story import story

FAILING = "containers: {app: {latency: 0s, cpu: {perAnswer: 0s}, answers: {/: {code: 500}}}}"


def test_q1_the_first_probe_waits_for_a_tick() -> None:
    """A delay below the period changes nothing, and rounding can shorten it by up to a second."""
    first = {}
    for delay in (0, 6, 7, 8):
        told = story(
            f"""
            containers:
            - name: app
              livenessProbe: {{tcpSocket: {{port: 80}}, initialDelaySeconds: {delay}}}
            """,
            latency="sandbox=3.7",
            until=25,
        )
        first[delay] = told.ask("probes kind=liveness")[0]

    assert first == {0: 10.0, 6: 10.0, 7: 10.0, 8: 20.0}


def test_q2_only_a_young_kubelet_spreads_probes() -> None:
    """Pods that were created in one burst are probed in step for ever."""
    spec = "containers: [{name: app, livenessProbe: {tcpSocket: {port: 80}}}]"
    old, young = (
        story(spec, kubelet=f"1.36 age={age}", chance="probe_phase=0.37", until=25)
        for age in ("1h", "2s")
    )

    assert old.ask("probes kind=liveness") == [10.0, 20.0]
    assert young.ask("probes kind=liveness") == [3.7, 13.7, 23.7]


def test_q3_a_slow_answer_lowers_the_rate() -> None:
    """The next probe begins when the one before is answered, not at the next tick."""
    told = story(
        """
        containers:
        - name: app
          livenessProbe: {httpGet: {port: 80}, periodSeconds: 1, timeoutSeconds: 5}
        """,
        "containers: {app: {latency: 2500ms, cpu: {perAnswer: 0s}}}",
        until=8,
    )

    gaps = told.ask("probes kind=liveness")
    assert [b - a for a, b in pairwise(gaps)] == [2.5, 2.5]


def test_q4_failures_of_startup_probes_add_up_over_lives() -> None:
    """The second life is killed long before its own budget is over."""
    told = story(
        """
        containers:
        - name: app
          startupProbe: {tcpSocket: {port: 80}, periodSeconds: 2, failureThreshold: 15}
        """,
        "containers: {app: {start: {wall: 1h}, exits: {after: 20s, code: 1}}}",
        latency="sandbox=1",
        at=-1,
        until=60,
    )

    assert told.ask("kills") == [29.0]
    assert told.messages("Killing") == ["Container app failed startup probe, will be restarted"]


def test_q5_liveness_failures_survive_a_crash() -> None:
    """Two failures before a crash leave one for the next life."""
    told = story(
        "containers: [{name: app, livenessProbe: {httpGet: {port: 80}, failureThreshold: 3}}]",
        """
        containers:
          app:
            latency: 0s
            cpu: {perAnswer: 0s}
            answers: {/: {code: 500}}
            exits: {after: 25s, code: 1, lives: first}
        """,
        until=40,
    )

    assert told.ask("starts")[:2] == [0.0, 25.5]
    assert told.ask("kills") == [30.0]


def test_q6_success_thresholds_are_skipped_after_a_restart() -> None:
    """A container that was ready is ready again after one success, not three."""
    told = story(
        """
        containers:
        - name: app
          readinessProbe: {httpGet: {port: 80}, periodSeconds: 10, successThreshold: 3}
        """,
        "containers: {app: {exits: {after: 65s, code: 1, lives: first}}}",
        until=100,
        kubelet="1.31",
    )

    since = [at for at in told.ask("shown what=app:_running,_started,_ready") if at > 60]
    probed = [at for at in told.ask("probes kind=readiness") if at > 65.5]
    assert since[0] == probed[0]


def test_q7_some_probes_neither_fail_nor_pass() -> None:
    """A hanging body, a missing program, an unknown port: never killed, never started."""
    answers = {
        "body": "answers: {/: {hang: body}}",
        "program": "exec: {check: {missing: true}}",
        "port": "latency: 1ms",
    }
    handlers = {
        "body": "httpGet: {port: 80}",
        "program": "exec: {command: [check]}",
        "port": "httpGet: {port: nowhere}",
    }
    for case, handler in handlers.items():
        probe = f"{{{handler}, periodSeconds: 1, failureThreshold: 1}}"
        told = story(
            f"containers: [{{name: app, startupProbe: {probe}}}, "
            f"{{name: live, livenessProbe: {probe}}}]",
            f"containers: {{app: {{{answers[case]}}}, live: {{{answers[case]}}}}}",
            until=120,
        )
        assert told.ask("kills") == [], case
        assert told.ask("restarts") == [0.0, 0.0], case
        app = (told.status.container_statuses or ())[0]
        assert app.started is False, case
        assert "probe errored and resulted in" in told.messages("Unhealthy")[0], case
        # Three attempts, back to back, for one look.
        assert len(told.ask("probes live kind=liveness")) >= 3 * 30, case


def test_q8_redirects_to_elsewhere_count_as_success() -> None:
    """And say so in an event of their own; a login page of the same host is followed."""
    told = story(
        """
        containers:
        - name: app
          livenessProbe: {httpGet: {port: 80, path: /away}, periodSeconds: 5, failureThreshold: 1}
        - name: login
          livenessProbe: {httpGet: {port: 80, path: /in}, periodSeconds: 5, failureThreshold: 1}
        """,
        """
        containers:
          app: {answers: {/away: {code: 302, redirect: "http://sso.example/"}}}
          login: {answers: {/in: {code: 302, redirect: /page}, /page: {code: 200}}}
        """,
        until=30,
    )

    assert told.ask("kills") == []
    warnings = told.messages("ProbeWarning")
    assert set(warnings) == {"Liveness probe warning: Probe terminated redirects, Response body: "}
    assert told.messages("Unhealthy") == []


def test_q9_grpc_on_a_closed_port_costs_the_whole_timeout() -> None:
    """Where TCP and HTTP fail at once: the verdict comes a timeout later."""
    verdicts = {}
    for handler in ("tcpSocket", "grpc"):
        told = story(
            f"""
            containers:
            - name: app
              livenessProbe:
                {{{handler}: {{port: 80}}, timeoutSeconds: 4, failureThreshold: 1}}
            """,
            "containers: {app: {ports: [81]}}",
            until=15,
        )
        verdicts[handler] = told.ask("kills")

    assert verdicts == {"tcpSocket": [10.0], "grpc": [14.0]}


def test_q10_probes_come_from_the_node() -> None:
    """A server that listens on localhost only is never reached, however healthy it is."""
    spec = "containers: [{name: app, livenessProbe: {tcpSocket: {port: 80}, failureThreshold: 1}}]"
    near, everywhere = (
        story(spec, f"containers: {{app: {{localhostOnly: {only}}}}}", until=12)
        for only in ("true", "false")
    )

    assert near.ask("kills") == [10.0]
    assert everywhere.ask("kills") == []


def test_q11_pods_that_are_not_ready_are_probed_more_often() -> None:
    """Any sync adds a readiness probe: here those of a neighbour that crashes."""
    told = story(
        """
        containers:
        - name: app
          readinessProbe: {httpGet: {port: 80}, periodSeconds: 30}
        - name: neighbour
        """,
        """
        containers:
          app: {latency: 0s, cpu: {perAnswer: 0s}, answers: {/: {code: 500}}}
          neighbour: {exits: {after: 5s, code: 1}}
        """,
        until=40,
    )

    probed = told.ask("probes kind=readiness")
    assert len(probed) > 5
    assert {5.5, 11.0} <= set(probed)


def test_q12_a_liveness_kill_keeps_the_endpoint() -> None:
    """The pod stays Ready through the kill: no status takes it out before SIGTERM."""
    told = story(
        """
        containers:
        - name: app
          livenessProbe: {httpGet: {port: 80, path: /live}, periodSeconds: 10, failureThreshold: 1}
          readinessProbe: {httpGet: {port: 80, path: /ready}, periodSeconds: 10}
        """,
        """
        containers:
          app:
            answers: {/live: {from: 15s, code: 500}}
            onTerm: {after: 12s, serves: 12s}
        """,
        until=31,
    )

    assert [round(at) for at in told.ask("kills")] == [20]
    at_kill = [status for status in told.statuses if (status.container_statuses or ())[0].ready]
    assert told.status is at_kill[-1]


def test_q43_a_start_up_budget_is_one_period_short() -> None:
    """(failureThreshold - 1) * periodSeconds after the first tick, not failureThreshold times."""
    told = story(
        """
        containers:
        - name: app
          startupProbe: {tcpSocket: {port: 80}, periodSeconds: 5, failureThreshold: 24}
        """,
        "containers: {app: {start: {wall: 1h}}}",
        latency="sandbox=2",
        at=-2,
        until=130,
    )

    assert told.ask("kills") == [118.0]


def test_q45_sidecars_and_readiness_are_probed_to_the_end() -> None:
    """Liveness of app containers stops with the termination, that of sidecars goes on."""
    told = story(
        """
        terminationGracePeriodSeconds: 20
        initContainers:
        - name: proxy
          restartPolicy: Always
          livenessProbe: {tcpSocket: {port: 80}, periodSeconds: 1}
        containers:
        - name: app
          livenessProbe: {tcpSocket: {port: 80}, periodSeconds: 1}
          readinessProbe: {tcpSocket: {port: 80}, periodSeconds: 1}
        """,
        "containers: {app: {onTerm: {after: 10s, serves: 10s}}}",
        until=20,
    )
    told.tell("delete")
    told.tell("run 60")

    assert max(told.ask("probes app kind=liveness")) <= 20
    assert max(told.ask("probes app kind=readiness")) >= 29
    assert max(told.ask("probes proxy kind=liveness")) >= 29
