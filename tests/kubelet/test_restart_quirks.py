"""What surprises people about restarts: quirks of docs/specs/kubelet.md section 14, one by one.

Every test fails when the rule that it shows is taken out (`test_mutations.py`).
"""

from tests.kubelet.story import story

APP = "containers: [{name: app}]"
# A liveness verdict after so many seconds of every life, in which the process ends at once.
LIVE = """
containers:
- name: app
  livenessProbe: {httpGet: {port: 80}, periodSeconds: 1, failureThreshold: 1}
"""

# A child that is killed for memory at 5 s, and a process that ends well at 10 s.
CHILD = """
containers:
  NAME:
    exits: {after: 10s, code: 0}
    child: {start: 14Mi, growth: {rate: 10Mi/s}}
"""


def _crash(after: str, code: int = 1) -> str:
    return f"containers: {{app: {{exits: {{after: {after}, code: {code}}}}}}}"


def _fails_after(seconds: int) -> str:
    return (
        "containers: {app: {latency: 0s, cpu: {perAnswer: 0s}, "
        f"answers: {{/: {{from: {seconds}s, code: 500}}}}}}}}"
    )


def test_q13_a_hung_process_costs_the_whole_grace() -> None:
    """Unless the probe brings a grace of its own."""
    kills = {}
    for own in ("", ", terminationGracePeriodSeconds: 5"):
        told = story(
            "containers: [{name: app, livenessProbe: "
            f"{{httpGet: {{port: 80}}, failureThreshold: 1{own}}}}}]",
            "containers: {app: {stuck: {from: 15s, lives: first}, onTerm: {action: ignore}}}",
            until=80,
        )
        (term,), (kill,) = told.ask("kills"), told.ask("kills signal=KILL")
        kills[own] = kill - term

    assert list(kills.values()) == [30.0, 5.0]


def test_q14_pre_stop_hooks_never_fail_a_pod() -> None:
    """A hook that fails, or takes too long, leads to an event and nothing else."""
    spec = "containers: [{name: app, lifecycle: {preStop: {exec: {command: [drain]}}}}]"
    failing, long = (
        story(spec, f"containers: {{app: {{hooks: {{preStop: {hook}}}}}}}", until=10)
        for hook in ("{takes: 2s, exit: 1}", "{takes: 5m}")
    )
    for told in (failing, long):
        told.tell("delete")
        told.tell("run 100")
        assert told.status.phase == "Succeeded"
        assert told.messages("FailedPreStopHook") == ["PreStopHook failed"]
    assert failing.ask("kills") == [12.0]
    assert long.ask("kills") == [40.0]


def test_q15_post_start_hooks_block_the_whole_pod() -> None:
    """Status, probes, the next container and the deletion wait for the hook."""
    told = story(
        """
        containers:
        - name: app
          lifecycle: {postStart: {exec: {command: [warm-up]}}}
          livenessProbe: {tcpSocket: {port: 80}, periodSeconds: 1}
        - name: next
        """,
        "containers: {app: {hooks: {postStart: {takes: 50s}}}}",
        until=49,
    )
    assert told.status.phase == "Pending"
    assert told.ask("starts next") == []
    assert told.ask("probes kind=liveness") == []
    told.tell("delete")
    told.tell("run 60")

    assert told.ask("kills") == [50.0, 50.0]


def test_q16_two_seconds_and_rounding_come_on_top_of_the_grace() -> None:
    """A hook that uses up the grace leaves two seconds; its parts of seconds are not counted."""
    spec = "containers: [{name: app, lifecycle: {preStop: {exec: {command: [drain]}}}}]"
    kills = {}
    for takes in ("10.9s", "45s"):
        told = story(
            spec,
            f"""
            containers:
              app: {{onTerm: {{action: ignore}}, hooks: {{preStop: {{takes: {takes}}}}}}}
            """,
            until=10,
        )
        told.tell("delete")
        told.tell("run 60")
        kills[takes] = told.ask("kills signal=KILL")

    assert kills == {"10.9s": [40.9], "45s": [42.0]}


def test_q17_sidecars_hear_of_the_end_last() -> None:
    """Their preStop hooks run first of all, their SIGTERM comes when the application has gone."""
    told = story(
        """
        initContainers:
        - name: proxy
          restartPolicy: Always
          lifecycle: {preStop: {exec: {command: [drain]}}}
        containers:
        - name: app
        """,
        "containers: {proxy: {hooks: {preStop: {takes: 1s}}}, app: {onTerm: {after: 9s}}}",
        until=20,
    )
    told.tell("delete")
    told.tell("run 60")

    assert told.ask("kills app") == [20.0]
    assert told.ask("kills proxy") == [29.0]


def test_q18_the_first_restart_is_free() -> None:
    """The third waits 20 s, and 10 s can be 16 s."""
    told = story(APP, _crash("3s"), until=100)
    late = story(APP, _crash("3s"), until=100, chance="requeue=0.999 ticker=0.98 relist=0.99")

    assert told.ask("waits")[:3] == [0.5, 10.5, 21.0]
    assert 15.5 < late.ask("waits")[1] <= 16.0


def test_q19_a_clean_end_is_punished_like_a_crash() -> None:
    """Exit 0 under restartPolicy Always meets the same back-off."""
    told = story(APP, _crash("3s", code=0), until=100)

    assert told.ask("waits")[:3] == [0.5, 10.5, 21.0]
    assert told.messages("BackOff")


def test_q20_a_crash_every_eleven_minutes_never_backs_off() -> None:
    """The entry is forgotten after ten minutes: no CrashLoopBackOff, whatever the restartCount."""
    told = story(APP, _crash("11m"), until=20000)

    assert set(told.ask("waits")) == {0.5}
    assert told.messages("BackOff") == []
    assert len(told.ask("waits")) == 30


def test_q20_a_crash_every_seven_minutes_saws() -> None:
    """The wait at the cap is cut short by the collector, and the entry begins anew."""
    told = story(APP, _crash("7m"), until=5000)

    waits = told.ask("waits")
    assert waits[:6] == [0.5, 10.5, 21.0, 41.0, 81.0, 161.0]
    assert 180 <= waits[6] < 290
    assert waits[7] < 12


def test_q21_liveness_loops_look_healthy_at_first() -> None:
    """Four restarts at once, each in the sync of its kill, before anybody waits."""
    told = story(LIVE, _fails_after(35), until=230)

    assert told.ask("starts")[:6] == [0.0, 35.0, 70.0, 105.0, 140.0, 216.0]
    assert told.ask("shown what=CrashLoopBackOff") == [175.5]


def test_q22_at_the_cap_liveness_loops_restart_in_pairs() -> None:
    """A wait of 300 s and an immediate restart take turns."""
    told = story(LIVE, _fails_after(35), until=1700)

    waits = told.ask("waits")
    assert waits[8:13] == [0.0, 301.0, 0.0, 301.0, 0.0]


def test_q23_a_registry_outage_climbs_the_back_off_of_a_crash() -> None:
    """One crash becomes back-off 5m0s, because every attempt to start counts."""
    told = story(
        "containers: [{name: app, imagePullPolicy: Always}]",
        """
        containers:
          app:
            exits: {after: 10s, code: 1, lives: first}
            startErrors: {from: 5s, reason: ErrImagePull, message: down}
        """,
        until=900,
    )

    assert told.ask("restarts") == [0.0]
    waiting = [(s.container_statuses or ())[0].state.waiting for s in told.statuses]
    assert any(w is not None and w.message.startswith("back-off 5m0s") for w in waiting)


def test_q24_restarting_all_containers_knows_no_back_off() -> None:
    """What has ended is removed, so that nothing is left to wait for."""
    told = story(
        """
        containers:
        - name: app
          restartPolicy: Never
          restartPolicyRules:
          - {action: RestartAllContainers, exitCodes: {operator: In, values: [42]}}
        """,
        _crash("1s", code=42),
        until=60,
    )

    assert len(told.ask("starts")) > 30
    assert told.messages("BackOff") == []
    assert told.ask("restarts")[0] >= 30


def test_q25_an_end_is_shown_for_up_to_90_s() -> None:
    """Since 1.35 a waiting container shows its end until the next sync, which may be far away."""
    shown = {}
    for version in ("1.34", "1.36"):
        told = story(APP, _crash("3s"), until=1300, kubelet=version)
        last = told.ask("exits")[-3]
        shown[version] = [at - last for at in told.ask("shown what=CrashLoopBackOff") if at > last]

    assert shown["1.36"][0] > 60
    assert shown["1.34"][0] < 16


def test_q26_a_kubelet_restart_forgets_the_back_off() -> None:
    """A container that waits for 300 s is started at once."""
    told = story(APP, _crash("3s"), until=700)
    before = told.ask("starts")
    told.tell("restart-kubelet")
    told.tell("run 701")

    assert told.ask("starts") == [*before, 700.0]


def test_q27_oom_killed_is_a_label_of_the_runtime() -> None:
    """Any kill for memory in the container's cgroup gives it, even with exit 0."""
    spec = "containers: [{name: app, resources: {limits: {memory: 64Mi}}}]"
    told = story(spec, CHILD.replace("NAME", "app"), kubelet="1.27", until=11)

    ended = (told.status.container_statuses or ())[0].last_state.terminated
    assert ended is not None
    assert (ended.exit_code, ended.reason) == (0, "OOMKilled")


def test_q29_an_init_container_with_a_killed_child_has_failed() -> None:
    """Even with exit 0: the runtime's label decides, and the pod does not go on."""
    told = story(
        """
        initContainers: [{name: init, resources: {limits: {memory: 64Mi}}}]
        containers: [{name: app}]
        """,
        CHILD.replace("NAME", "init"),
        kubelet="1.27",
        until=60,
    )

    assert told.ask("exits init")[0] == 10.0
    assert told.ask("starts app") == []


def test_q37_events_are_throttled() -> None:
    """25 at once, then one in five minutes: an absent event proves nothing."""
    told = story(
        "containers: [{name: app, readinessProbe: {httpGet: {port: 80}, periodSeconds: 1}}]",
        "containers: {app: {answers: {/: {code: 500}}}}",
        until=600,
    )

    assert len(told.ask("probes kind=readiness")) > 590
    assert len(told.messages("Unhealthy")) == 26


def test_q39_a_process_that_never_ran_ends_in_1970() -> None:
    """StartError with exit 128, and a start at the epoch."""
    told = story(
        APP,
        "containers: {app: {startErrors: {reason: RunContainerError, message: no such file}}}",
        until=15,
    )

    last = (told.status.container_statuses or ())[0].last_state.terminated
    assert last is not None
    assert (last.reason, last.exit_code) == ("StartError", 128)
    assert last.started_at == "1970-01-01T00:00:00Z"


def test_q40_only_one_end_is_kept() -> None:
    """lastState reaches one life back, and the kubelet itself knows no more."""
    told = story(
        APP,
        """
        containers:
          app: {exits: [{after: 3s, code: 7, lives: first}, {after: 3s, code: 8, lives: later}]}
        """,
        until=18,
    )

    last = (told.status.container_statuses or ())[0].last_state.terminated
    assert last is not None
    assert last.exit_code == 8
    assert len(told.machine.state.records["app"].lives) == 2


def test_q41_init_crash_loops_leave_the_pod_pending() -> None:
    """Not Running, however long they last."""
    told = story(
        "initContainers: [{name: init}]\ncontainers: [{name: app}]",
        "containers: {init: {exits: {after: 1s, code: 1}}}",
        until=200,
    )

    assert {status.phase for status in told.statuses} == {"Pending"}
    assert told.ask("restarts init")[0] > 3


def test_q44_what_never_started_has_no_restarts() -> None:
    """ErrImagePull and CreateContainerConfigError repeat for hours at restartCount 0."""
    for reason in ("ErrImagePull", "CreateContainerConfigError"):
        told = story(
            APP,
            f"containers: {{app: {{startErrors: {{reason: {reason}, message: gone}}}}}}",
            until=7200,
        )
        assert len(told.ask("starts")) > 20, reason
        assert told.ask("restarts") == [0.0], reason
