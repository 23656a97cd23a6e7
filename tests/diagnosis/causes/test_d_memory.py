"""Kills for memory (D01-D13): each shape by its own evidence, and 137 without any by no name."""

from typing import Any

import pytest
from tests.diagnosis.cases import best, case, event, judge, object_event, running, terminated

from holdfast.model.verdict import Role

UID = "0a1b2c3d-1111-2222-3333-444455556666"
POD = f"/kubepods.slice/kubepods-pod{UID.replace('-', '_')}.slice"
MINE = f"{POD}/cri-containerd-abc.scope"
LIMIT = {"resources": {"limits": {"memory": "64Mi"}}}
ONCE = "2026-11-23T08:20:01Z"


def killed(seconds: int = 30, **more: Any) -> dict[str, Any]:
    """A container with a limit that the runtime reports as OOMKilled after some seconds."""
    end = terminated(137, "OOMKilled", finished=f"2026-11-23T08:20:{seconds:02d}Z")
    return {"last": end, "container": LIMIT, "metadata": {"uid": UID}, **more}


def kernel(limit_of: str, victim: str = MINE, anon: int = 60000, constraint: str = "MEMCG") -> str:
    """The kernel's lines about one kill at a limit of 64 MiB."""
    oom = f",oom_memcg={limit_of}" if limit_of else ",global_oom"
    what = "Memory cgroup out of memory" if limit_of else "Out of memory"
    return (
        "[1.0] memory: usage 65536kB, limit 65536kB, failcnt 88\n"
        f"[1.1] oom-kill:constraint=CONSTRAINT_{constraint},nodemask=(null),cpuset=abc,"
        f"mems_allowed=0{oom},task_memcg={victim},task=app,pid=4242,uid=0\n"
        f"[1.2] {what}: Killed process 4242 (app) total-vm:99999kB, anon-rss:{anon}kB, "
        "file-rss:10kB, shmem-rss:0kB, UID:0 oom_score_adj:999"
    )


def with_env(name: str, value: str, **more: Any) -> dict[str, Any]:
    """A container of 1 GiB with one environment variable, killed for memory."""
    spec = {
        "resources": {"limits": {"memory": "1Gi"}}, "env": [{"name": name, "value": value}], **more,
    }  # fmt: skip
    return killed(container=spec)


def memory_volume(**more: Any) -> dict[str, Any]:
    """A container that mounts an emptyDir kept in memory, killed for memory."""
    spec = {**LIMIT, "volumeMounts": [{"name": "shm", "mountPath": "/dev/shm"}]}
    volumes = [{"name": "shm", "emptyDir": {"medium": "Memory"}}]
    return killed(container=spec, spec={"volumes": volumes}, **more)


def alive(log: str) -> dict[str, Any]:
    """A container that runs, was never restarted, and wrote a log."""
    return {
        "state": running(), "restarts": 0, "ready": True, "current_log": log, "container": LIMIT,
    }  # fmt: skip


def by_sigkill(**more: Any) -> dict[str, Any]:
    """A life that ended with 137 and no word of memory."""
    return {"last": terminated(137), "metadata": {"uid": UID}, **more}


STAT = "anon 2000000\nfile 120000000\nshmem 0\ninactive_file 110000000\noom 0\noom_kill 0"
SYSTEM_OOM = object_event(
    "Node", "node-1", "SystemOOM", "System OOM encountered, victim process: app, pid: 4242"
)
OOMD = "systemd-oomd[612]: Killed {} due to memory pressure for /kubepods.slice being 80%"
HUGE = {"resources": {"limits": {"hugepages-2Mi": "64Mi", "memory": "64Mi"}}}

NAMED = {
    "D01 at once": killed(1),
    "D01 kernel line alone": by_sigkill(
        container=LIMIT, node_log=kernel(MINE), last=terminated(137, finished=ONCE)
    ),
    "D02 again and again": killed(6),
    "D02 kernel agrees": killed(40, node_log=kernel(MINE)),
    "D03 cache": killed(8, log="starting\nLoading product cache (3.2M rows)"),
    "D03 migration": killed(8, log="Running migration 0042"),
    "D04 Xmx": with_env("JAVA_TOOL_OPTIONS", "-XX:+UseG1GC -Xmx2g"),
    "D04 percentage": with_env("JDK_JAVA_OPTIONS", "-XX:MaxRAMPercentage=90.0"),
    "D04 Node": with_env("NODE_OPTIONS", "--max-old-space-size=4096"),
    "D04 Go": with_env("GOMEMLIMIT", "2GiB"),
    "D04 command": with_env("A", "b", command=["java", "-Xmx1g", "-jar", "app.jar"]),
    "D05 gunicorn": alive("[ERROR] Worker (pid:12) was sent SIGKILL! Perhaps out of memory?"),
    "D05 nginx": alive("[alert] 1#1: worker process 29 exited on signal 9"),
    "D05 Go parent": alive("convert failed: signal: killed"),
    "D05 ended after it": {
        "last": terminated(1, "OOMKilled"),
        "log": "ERROR worker 7 exited prematurely: signal 9 (SIGKILL)",
    },
    "D06 stopped": {"last": terminated(143, "OOMKilled")},
    "D06 own error": {"last": terminated(1, "OOMKilled")},
    "D07 small victim": memory_volume(node_log=kernel(POD, anon=14000)),
    "D08 printed": alive(STAT),
    "D09 kernel": by_sigkill(node_log=kernel("", constraint="NONE")),
    "D09 node's share": killed(node_log=kernel("/kubepods.slice")),
    "D09 event": killed(events=(SYSTEM_OOM,), status={"phase": "Running", "qosClass": "Burstable"}),
    "D09 event without mark": by_sigkill(events=(SYSTEM_OOM,)),
    "D09 no limit at all": killed(container={}),
    "D10 kernel": killed(node_log=kernel(POD)),
    "D10 setting": killed(container={}, spec={"resources": {"limits": {"memory": "128Mi"}}}),
    "D11 killed": killed(init=True),
    "D11 with code 0": {"last": terminated(0, "OOMKilled"), "init": True, "container": LIMIT},
    "D12 huge pages": {"last": terminated(135), "container": HUGE},
    "D12 log": {"last": terminated(1), "log": "FATAL: not enough huge pages reserved"},
    "D12 sockets": by_sigkill(node_log="TCP: out of memory -- consider tuning tcp_mem"),
    "D13 systemd-oomd": by_sigkill(node_log=OOMD.format(MINE)),
    "D13 earlyoom": by_sigkill(
        node_log='earlyoom[88]: sending SIGKILL to process 42 uid 0 "app": oom_score 900'
    ),
}

LOOKALIKES = {
    "D01 no witness": by_sigkill(container=LIMIT),
    "D01 stale mark": {"last": terminated(143, "OOMKilled"), "container": LIMIT},
    "D01 other pod's kill": by_sigkill(
        container=LIMIT, node_log=kernel(MINE, victim="/kubepods.slice/kubepods-podffff.slice/x")
    ),
    "D02 no witness": by_sigkill(container=LIMIT),
    "D02 at once": killed(1),
    "D03 loading is over": killed(8, log="Loading cache done\nlistening on :8080"),
    "D03 no kill": {"last": terminated(1), "log": "Loading cache"},
    "D04 well below": with_env("JAVA_TOOL_OPTIONS", "-Xmx512m"),
    "D04 JVM by itself": killed(30, container={**LIMIT, "command": ["java", "-jar", "a.jar"]}),
    "D05 main process killed": by_sigkill(log="worker exited on signal 9"),
    "D05 chatter": alive("level=info msg=done signal=9 dBm workers=3"),
    "D06 real kill": killed(),
    "D06 init container": {"last": terminated(0, "OOMKilled"), "init": True},
    "D07 large victim": memory_volume(node_log=kernel(MINE, anon=60000)),
    "D07 no kill": {**memory_volume(), "last": terminated(1)},
    "D08 own memory": alive(STAT.replace("anon 2000000", "anon 900000000")),
    "D08 nothing printed": alive("serving files from cache"),
    "D08 killed": killed(current_log=STAT),
    "D09 earlier": by_sigkill(events=({**SYSTEM_OOM, "lastTimestamp": "2026-11-23T07:00:00Z"},)),
    "D09 own limit": killed(node_log=kernel(MINE)),
    "D10 own limit": killed(node_log=kernel(MINE)),
    "D10 own limit beside": killed(spec={"resources": {"limits": {"memory": "128Mi"}}}),
    "D11 main container": killed(),
    "D11 error": {"last": terminated(1), "init": True, "container": LIMIT},
    "D12 SIGBUS alone": {"last": terminated(135)},
    "D12 chatter": {"last": terminated(1), "log": "huge pages: disabled, continuing"},
    "D13 other pod": by_sigkill(
        node_log=OOMD.format(
            "/kubepods.slice/kubepods-pod99999999_1111_2222_3333_444455556666.slice"
        )
    ),
    "D13 error": {"last": terminated(1), "node_log": OOMD.format(MINE)},
}


@pytest.mark.parametrize("name", NAMED)
def test_memory_cause_is_named(name: str) -> None:
    """Each shape leads the list when its own evidence is there."""
    built = case(**NAMED[name])

    assert judge(name[:3], built) is not None
    assert best(built) == name[:3]


@pytest.mark.parametrize("name", LOOKALIKES)
def test_lookalike_is_not_named(name: str) -> None:
    """Without its evidence, or with that of another, it does not lead."""
    assert best(case(**LOOKALIKES[name])) != name[:3]


def test_sigkill_alone_is_no_memory_kill() -> None:
    """137 with reason Error is SIGKILL by anybody: no cause of group D may speak."""
    built = case(**by_sigkill(container=LIMIT))

    assert [f"D{n:02d}" for n in range(1, 14) if judge(f"D{n:02d}", built)] == []


def test_kill_by_the_kubelet_speaks_against_memory() -> None:
    """A direct Killing event says who sent the SIGKILL."""
    kill = event("Killing", "Container app failed liveness probe, will be restarted")
    known = {"metadata": {}, "events": (kill,)}
    quiet, stopped = judge("D01", case(**killed())), judge("D01", case(**{**killed(), **known}))

    assert quiet is not None
    assert stopped is not None
    assert stopped.score < quiet.score


@pytest.mark.parametrize("name", ["D01 at once", "D02 again and again", "D11 killed"])
def test_limit_is_a_parameter(name: str) -> None:
    """The fix needs the limit in bytes, and the reader the series that would decide."""
    verdict = judge(name[:3], case(**NAMED[name]))

    assert verdict is not None
    assert verdict.parameters["limit_bytes"] == float(64 * 2**20)
    assert any("container_memory_working_set_bytes" in fact for fact in verdict.would_decide)


@pytest.mark.parametrize("name", ["D05 gunicorn", "D05 nginx", "D05 Go parent", "D08 printed"])
def test_running_container_is_only_at_risk(name: str) -> None:
    """What had no effect on the container yet is a hazard and not a cause."""
    verdict = judge(name[:3], case(**NAMED[name]))

    assert verdict is not None
    assert verdict.role is Role.HAZARD


def test_worker_killed_for_time_is_no_memory() -> None:
    """gunicorn kills a worker that hangs; it says so one line before it guesses at memory."""
    guess = "[ERROR] Worker (pid:12) was sent SIGKILL! Perhaps out of memory?"
    timeout = "[CRITICAL] WORKER TIMEOUT (pid:12)\n" + guess
    plain, timed = judge("D05", case(**alive(guess))), judge("D05", case(**alive(timeout)))

    assert plain is not None
    assert timed is not None
    assert timed.score < plain.score
    assert timed.evidence_against


def test_stale_mark_names_the_sender() -> None:
    """A kubelet's stop with the mark leads to the probe, and stands beside that cause."""
    kill = event("Killing", "Container app failed liveness probe, will be restarted")
    verdict = judge("D06", case(last=terminated(143, "OOMKilled"), events=(kill,)))

    assert verdict is not None
    assert verdict.role is Role.CONTRIBUTING
    assert verdict.leads_to == ("C06",)


def test_values_of_the_environment_are_not_shown() -> None:
    """Only the flag and its number leave the environment, never the text around it."""
    built = case(**with_env("JAVA_TOOL_OPTIONS", "-Dpassword=hunter2 -Xmx2g"))
    verdict = judge("D04", built)

    assert verdict is not None
    assert "hunter2" not in repr(verdict)
    assert verdict.parameters["heap_bytes"] == float(2 * 2**30)


@pytest.mark.parametrize("program", [["/go/bin/server"], ["node", "server.js"]])
def test_unbound_heap_is_a_hint_at_most(program: list[str]) -> None:
    """A runtime without a setting is compatible with D04, and does not outweigh growth."""
    log = "goroutine 1 [running]:" if program[0].startswith("/go") else ""
    built = case(**killed(30, container={**LIMIT, "command": program}, log=log))
    hint, growth = judge("D04", built), judge("D02", built)

    assert hint is not None
    assert growth is not None
    assert hint.score < growth.score
