"""Real processes under the kubelet's rules: PID 1, signals, memory, hooks, probes inside."""

import os
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.rehearsal.play import ACTED, acting, need_root, plan_of, play, pod_of

from holdfast.kubelet.inputs import Outcome
from holdfast.rehearsal.given_data import Given
from holdfast.rehearsal.pod_rehearsal import PodRehearsal
from holdfast.rehearsal.seen import Began, Seen, Used

pytestmark = pytest.mark.real

PYTHON = sys.executable


@pytest.fixture(autouse=True)
def root() -> None:
    """All of these want every guarantee."""
    need_root()


def deleted_after_start(pod: PodRehearsal, what: Seen) -> None:
    """Delete the pod as soon as its program runs."""
    if isinstance(what, Began):
        import asyncio

        asyncio.get_running_loop().call_later(
            0.5, pod.delete, pod.machine.state.pod.spec.grace_seconds
        )


def test_program_is_the_first_process() -> None:
    """It sees itself as PID 1 with the pod's name, and no other process."""
    code = (
        "import os,socket; print(os.getpid(), socket.gethostname()); "
        "print(sorted(p for p in os.listdir('/proc') if p.isdigit()))"
    )

    seen = play(plan_of(pod_of({}, restartPolicy="Never"), PYTHON, "-c", code), 10)

    assert seen.lines() == ["1 web", "['1']"]
    assert seen.ends() == [(0, False)]
    assert seen.status.phase == "Succeeded"


def test_sigterm_without_a_handler_is_ignored() -> None:
    """The kernel protects PID 1: only SIGKILL at the grace limit ends it, with 137."""
    pod = pod_of({}, terminationGracePeriodSeconds=2, restartPolicy="Never")

    seen = play(plan_of(pod, "sleep", "60"), 10, deleted_after_start)

    assert seen.ends() == [(137, False)]
    assert seen.status.phase == "Failed"


def test_shell_swallows_sigterm() -> None:
    """A shell as PID 1 does not pass it on: its child never hears of the end."""
    pod = pod_of({"env": acting()}, terminationGracePeriodSeconds=2)
    command = f"{PYTHON} {ACTED[1]}; true"

    seen = play(plan_of(pod, "/bin/sh", "-c", command), 10, deleted_after_start)

    assert seen.ends() == [(137, False)]
    assert not any('"signal"' in line for line in seen.lines())


def test_handler_of_sigterm_decides() -> None:
    """A program that drains ends with its own code, before the limit."""
    pod = pod_of({"env": acting(termDelay=0.5, termCode=3)}, terminationGracePeriodSeconds=30)

    seen = play(plan_of(pod, *ACTED), 10, deleted_after_start)

    assert seen.ends() == [(3, False)]


@pytest.mark.parametrize(
    ("context", "rights"),
    [
        ({}, "00000000a80425fb 0"),
        ({"capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}}, "0000000000000400 0"),
        ({"capabilities": {"add": ["CAP_SYS_PTRACE"], "drop": ["mknod"]}}, "00000000a00c25fb 0"),
        ({"allowPrivilegeEscalation": False}, "00000000a80425fb 1"),
        ({"runAsUser": 4711}, "0000000000000000 0"),
    ],
)
def test_root_may_do_what_containers_may(context: dict[str, Any], rights: str) -> None:
    """The capabilities that runtimes give, as the manifest changes them, and no others."""
    script = "while read name value; do case $name in CapEff:|NoNewPrivs:) echo $value;; esac; done"
    pod = pod_of({"securityContext": context}, restartPolicy="Never")

    seen = play(plan_of(pod, "sh", "-c", f"{script} < /proc/self/status"), 10)

    assert " ".join(seen.lines()) == rights


def test_read_only_files(tmp_path: Path) -> None:
    """readOnlyRootFilesystem: volumes, /dev/shm and the termination message can be written."""
    (tmp_path / "data").mkdir()
    container = {
        "securityContext": {"readOnlyRootFilesystem": True},
        "volumeMounts": [{"name": "data", "mountPath": str(tmp_path / "data")}],
    }
    pod = pod_of(container, volumes=[{"name": "data", "emptyDir": {}}], restartPolicy="Never")
    places = (tmp_path, Path("/tmp"), tmp_path / "data", Path("/dev/shm"))
    files = [str(place / f"written-{os.getpid()}") for place in places]
    script = "; ".join(f"(echo x > {file}) 2> /dev/null && echo {file} && rm {file}"
                       for file in files)  # fmt: skip

    seen = play(plan_of(pod, "sh", "-c", f"{script}; echo end > /dev/termination-log"), 10)

    (status,) = seen.status.container_statuses or ()
    assert status.state.terminated is not None
    assert seen.lines() == files[2:]
    assert status.state.terminated.message == "end\n"


def test_privileged_container_may_do_everything() -> None:
    """As root on this computer, in probes as well."""
    script = "grep CapEff /proc/self/status"
    probe = {"exec": {"command": ["sh", "-c", f"{script}; exit 1"]}, "periodSeconds": 1}
    (own,) = (
        line for line in Path("/proc/self/status").read_text().splitlines() if "CapBnd" in line
    )

    for privileged in (True, False):
        container = {"securityContext": {"privileged": privileged}, "readinessProbe": probe}
        seen = play(plan_of(pod_of(container), "sleep", "60"), 2)
        (first, *_) = seen.probes()
        assert (first.reply.output.split()[1] == own.split()[1]) == privileged


def test_kernel_kills_for_memory() -> None:
    """A real out-of-memory kill: exit 137, reason OOMKilled, told by the kernel's counter."""
    limits = {"limits": {"memory": "64Mi"}}
    pod = pod_of({"env": acting(leakMBps=200), "resources": limits}, restartPolicy="Never")

    seen = play(plan_of(pod, *ACTED), 15)

    assert seen.ends() == [(137, True)]
    (status,) = seen.status.container_statuses or ()
    assert status.state.terminated is not None
    assert status.state.terminated.reason == "OOMKilled"


def test_child_killed_for_memory() -> None:
    """Version 1 takes the child alone; the label OOMKilled comes when the container ends."""
    limits = {"limits": {"memory": "96Mi"}}
    env = acting(childLeakMBps=300, exitAt=4, exitCode=5)
    pod = pod_of({"env": env, "resources": limits}, restartPolicy="Never")

    seen = play(plan_of(pod, *ACTED), 15)

    assert seen.stage is not None
    assert seen.stage.tree is not None
    whole_group = seen.stage.tree.version == 2
    assert seen.ends() == [(137, True) if whole_group else (5, True)]


def test_cpu_limit_throttles() -> None:
    """A tenth of a core is enforced by the kernel, and its throttling is counted."""
    pod = pod_of({"resources": {"limits": {"cpu": "100m"}}}, restartPolicy="Never")
    code = "import time; e=time.monotonic()+2\nwhile time.monotonic()<e: pass"

    seen = play(plan_of(pod, PYTHON, "-c", code), 20)

    usages = [what.usage for _, what in seen.moments if isinstance(what, Used)]
    assert usages[-1].throttled_periods > 0
    assert usages[-1].cpu_seconds < 1.0


def test_exec_probe_runs_inside() -> None:
    """In the container's namespaces, with its environment and working directory."""
    check = 'test $$$$ -ne 1 && test -d /proc/1 && test "$WORD" = yes && cat mark && exit 7'
    probe = {"exec": {"command": ["sh", "-c", check]}, "periodSeconds": 1, "failureThreshold": 9}
    container = {"env": [{"name": "WORD", "value": "yes"}], "livenessProbe": probe}

    seen = play(plan_of(pod_of(container), "sh", "-c", "echo here > mark; sleep 60",
                        directory=os.environ["TMPDIR_FOR_TEST"]), 3)  # fmt: skip

    assert {(each.reply.outcome, each.reply.output) for each in seen.probes()} == {
        (Outcome.FAILURE, "here\n")
    }


@pytest.fixture(autouse=True)
def own_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where programs may write."""
    monkeypatch.setenv("TMPDIR_FOR_TEST", str(tmp_path))


def test_exec_probe_that_takes_too_long() -> None:
    """The command is killed and the probe fails in the kubelet's words; the container lives on."""
    probe = {"exec": {"command": ["sleep", "30"]}, "periodSeconds": 1, "failureThreshold": 9}

    seen = play(plan_of(pod_of({"livenessProbe": probe}), "sleep", "60"), 3.5)

    (first, *_) = seen.probes()
    assert first.reply.outcome is Outcome.FAILURE
    assert first.reply.output == 'command timed out: "sleep 30" timed out after 1s'
    assert seen.ends() == []


def test_exec_probe_that_is_not_there() -> None:
    """Neither success nor failure: three tries, then the result is discarded (Q7)."""
    probe = {"exec": {"command": ["/no/such"]}, "periodSeconds": 1, "failureThreshold": 1}

    seen = play(plan_of(pod_of({"livenessProbe": probe}), "sleep", "60"), 2.5)

    assert {each.reply.outcome for each in seen.probes()} == {Outcome.ERROR}
    assert len(seen.probes()) % 3 == 0
    assert any("resulted in unknown state" in event for event in seen.events())
    assert seen.ends() == []


def test_init_containers_run_in_order() -> None:
    """One after the other, each to its end, before the program."""
    init = [
        {"name": "one", "command": ["sh", "-c", "sleep 0.3"]},
        {"name": "two", "command": ["sh", "-c", "exit 0"]},
    ]
    pod = pod_of({}, initContainers=init, restartPolicy="Never")

    seen = play(plan_of(pod, "true"), 10)

    (one,), (two,), (app,) = seen.starts("one"), seen.starts("two"), seen.starts()
    assert one + 0.3 < two < app
    assert seen.status.phase == "Succeeded"


def test_sidecar_gates_the_program_and_ends_after_it() -> None:
    """It starts before, with its startup probe passed, and is stopped when the work is done."""
    probe = {"httpGet": {"path": "/up", "port": 8081}, "periodSeconds": 1}
    side = {
        "name": "side",
        "restartPolicy": "Always",
        "env": acting(port=8081, listenAt=0.5, paths={"/up": [{"from": 0, "code": 200}]}),
        "startupProbe": probe,
    }
    pod = pod_of({}, initContainers=[side], restartPolicy="Never")

    seen = play(plan_of(pod, "true", commands={"side": ACTED}), 15)

    assert seen.starts("side")[0] + 0.5 < seen.starts()[0]
    assert seen.ends() == [(0, False)]
    assert seen.ends("side") == [(0, False)]


def test_hooks_run() -> None:
    """postStart beside the program, preStop before SIGTERM, both inside the container."""
    lifecycle = {
        "postStart": {"exec": {"command": ["sh", "-c", "echo post > hook"]}},
        "preStop": {"exec": {"command": ["sh", "-c", "sleep 0.5; cat hook > /proc/1/fd/1"]}},
    }
    pod = pod_of({"lifecycle": lifecycle, "env": acting()}, terminationGracePeriodSeconds=5)

    seen = play(
        plan_of(pod, *ACTED, directory=os.environ["TMPDIR_FOR_TEST"]), 10, deleted_after_start
    )

    lines = seen.lines()
    told = next(number for number, line in enumerate(lines) if '"signal"' in line)
    assert "post" in lines[:told]
    assert seen.ends() == [(0, False)]


def test_failed_post_start_hook_ends_the_container() -> None:
    """With the kubelet's message, which names the command and its exit code."""
    lifecycle = {"postStart": {"exec": {"command": ["/bin/false"]}}}
    pod = pod_of({"lifecycle": lifecycle, "env": acting()}, terminationGracePeriodSeconds=2)

    seen = play(plan_of(pod, *ACTED), 5)

    assert "FailedPostStartHook: PostStartHook failed" in seen.events()
    # SIGTERM may come before the program has a handler for it.
    assert seen.ends()[0] in ((0, False), (137, False))


def test_environment_of_a_container(tmp_path: Path) -> None:
    """Literals, fields of the pod, ConfigMaps and Secrets, and what refers to them."""
    container = {
        "envFrom": [{"configMapRef": {"name": "settings"}, "prefix": "S_"}],
        "env": [
            {"name": "NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
            {"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "keys", "key": "one"}}},
            {"name": "BOTH", "value": "$(S_mode) $(KEY) $(nothing)"},
            {"name": "LIMIT", "valueFrom": {"resourceFieldRef": {"resource": "limits.memory"}}},
        ],
        "resources": {"limits": {"memory": "64Mi"}},
    }
    data = {Given("ConfigMap", "settings"): {"mode": b"fast"},
            Given("Secret", "keys"): {"one": b"1"}}  # fmt: skip

    plan = plan_of(pod_of(container, restartPolicy="Never"), "sh", "-c",
                   "echo $NAME/$BOTH/$LIMIT", data=data)  # fmt: skip
    seen = play(plan, 10)

    assert seen.lines() == ["web/fast 1 $(nothing)/67108864"]


def test_missing_config_map_keeps_it_from_starting() -> None:
    """With the reason and the words of the kubelet."""
    container = {"envFrom": [{"configMapRef": {"name": "gone"}}]}

    seen = play(plan_of(pod_of(container), "true"), 1)

    assert 'Failed: Error: configmap "gone" not found' in seen.events()
    assert seen.starts() == []


def test_missing_program_of_the_manifest_fails_as_in_the_cluster() -> None:
    """RunContainerError, and StartError with 128 as its end."""
    seen = play(plan_of(pod_of({"command": ["/bin/nonesuch"]})), 2)

    assert any('exec: "/bin/nonesuch": stat /bin/nonesuch' in event for event in seen.events())
    (status,) = seen.status.container_statuses or ()
    ended = status.state.terminated or status.last_state.terminated
    assert ended is not None
    assert (ended.exit_code, ended.reason) == (128, "StartError")


def test_wrong_format_of_the_manifest_ends_with_255(tmp_path: Path) -> None:
    """The runtime has started it when the kernel refuses the file."""
    program = tmp_path / "program"
    program.write_bytes(b"\x00\x01\x02\x03")
    program.chmod(0o755)

    seen = play(plan_of(pod_of({"command": [str(program)]}, restartPolicy="Never")), 5)

    assert seen.ends() == [(255, False)]
    assert seen.lines() == [f"exec {program}: exec format error"]


def test_volumes_are_mounted(tmp_path: Path) -> None:
    """emptyDir lives as long as the pod, a ConfigMap is there to read only."""
    (tmp_path / "data").mkdir()
    (tmp_path / "config").mkdir()
    container = {
        "volumeMounts": [
            {"name": "data", "mountPath": str(tmp_path / "data")},
            {"name": "config", "mountPath": str(tmp_path / "config")},
        ]
    }
    volumes = [{"name": "data", "emptyDir": {}}, {"name": "config", "configMap": {"name": "c"}}]
    script = (
        f"cd {tmp_path}; cat config/key; echo >> data/n; wc -l < data/n; touch config/x || exit 4"
    )
    data = {Given("ConfigMap", "c"): {"key": b"value\n"}}

    seen = play(plan_of(pod_of(container, volumes=volumes), "sh", "-c", script, data=data), 3)

    assert [line for line in seen.lines() if "touch" not in line][:4] == [
        "value",
        "1",
        "value",
        "2",
    ]
    assert seen.ends()[:2] == [(4, False), (4, False)]
    assert list((tmp_path / "data").iterdir()) == []


def test_listener_on_localhost_is_not_reached() -> None:
    """A server bound to 127.0.0.1 fails its probes here as it does in a cluster."""
    code = (
        "import socket,time; s=socket.create_server(('127.0.0.1',8080)); print('up',flush=True); "
        "time.sleep(60)"
    )
    probe = {"tcpSocket": {"port": 8080}, "periodSeconds": 1}

    for own_network in (True, False):
        plan = plan_of(pod_of({"readinessProbe": probe}), PYTHON, "-c", code,
                       own_network=own_network)  # fmt: skip
        seen = play(plan, 2.5)
        assert "up" in seen.lines()
        assert {each.reply.outcome for each in seen.probes()} == {Outcome.FAILURE}
