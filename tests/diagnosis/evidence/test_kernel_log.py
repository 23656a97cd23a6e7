"""Kernel kills are read from real line forms, and given to the right pod and container."""

import msgspec

from holdfast.diagnosis.evidence.kernel_log import kernel_kills, read_kills
from holdfast.model.pod import Pod
from holdfast.model.snapshot import Log

UID = "0a1b2c3d-1111-2222-3333-444455556666"
SLICE = f"/kubepods/burstable/pod{UID}"


def two_containers() -> Pod:
    """A pod whose containers are known by id."""
    statuses = [
        {"name": "app", "containerID": "containerd://aaa"},
        {"name": "side", "containerID": "containerd://bbb"},
    ]
    pod = {
        "metadata": {"name": "api", "uid": UID},
        "spec": {"nodeName": "n", "containers": [{"name": "app"}, {"name": "side"}]},
        "status": {"containerStatuses": statuses},
    }
    return msgspec.convert(pod, Pod)


def log(*lines: str, node: str = "n") -> Log:
    """A log of a node."""
    return Log(lines, "kern.log", node=node, first_line=10)


def summary(oom: str, task: str) -> str:
    """The line of linux 5.0 and later."""
    return (
        f"oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=c,mems_allowed=0,"
        f"oom_memcg={oom},task_memcg={task},task=java,pid=7,uid=0"
    )


VICTIM = (
    "Memory cgroup out of memory: Killed process 7 (java) total-vm:9kB, anon-rss:2048kB, "
    "file-rss:1kB, shmem-rss:4096kB, UID:0"
)


def test_lines_of_one_kill_are_joined() -> None:
    """Where the limit was, what it was, and what the victim held stand in three lines."""
    own = f"{SLICE}/aaa"
    lines = ("memory: usage 65536kB, limit 65536kB, failcnt 3", summary(own, own), VICTIM)
    (kill,) = kernel_kills(read_kills([log(*lines)]), two_containers(), "app")

    assert kill.own_limit
    assert kill.process == "java"
    assert (kill.anon_bytes, kill.shmem_bytes) == (2 * 2**20, 4 * 2**20)
    assert kill.usage_bytes == kill.limit_bytes == 64 * 2**20
    assert kill.origin.line == 11


def test_old_kernels_say_it_otherwise() -> None:
    """Before 5.0 the cgroups stand in a sentence, and the usage after it."""
    lines = (
        f"Task in {SLICE}/aaa killed as a result of limit of {SLICE}",
        "memory: usage 1024kB, limit 1024kB, failcnt 9",
        "Memory cgroup out of memory: Kill process 7 (java) score 1999 or sacrifice child",
    )
    (kill,) = kernel_kills(read_kills([log(*lines)]), two_containers(), "app")

    assert kill.limit_of_pod(UID)
    assert not kill.limit_of_node(UID)
    assert kill.limit_bytes == 2**20


def test_kill_belongs_to_one_container() -> None:
    """The id in the victim's cgroup tells the containers of a pod apart."""
    lines = (summary(SLICE, f"{SLICE}/bbb"), VICTIM)

    assert kernel_kills(read_kills([log(*lines)]), two_containers(), "app") == ()
    assert len(kernel_kills(read_kills([log(*lines)]), two_containers(), "side")) == 1


def test_other_nodes_and_pods_do_not_count() -> None:
    """Neither another node's log nor another pod's cgroup speaks of this pod."""
    mine = (summary(SLICE, f"{SLICE}/aaa"), VICTIM)
    foreign = (summary("/kubepods/podx", "/kubepods/podx/aaa"), VICTIM)
    logs = [log(*mine, node="other"), log(*foreign)]

    assert kernel_kills(read_kills(logs), two_containers(), "app") == ()


def test_limit_above_the_pod_is_the_nodes() -> None:
    """The share of all pods, or the machine, is the node's matter."""
    lines = (summary("/kubepods", f"{SLICE}/aaa"), VICTIM)
    (kill,) = kernel_kills(read_kills([log(*lines)]), two_containers(), "app")

    assert kill.limit_of_node(UID)
    assert not kill.limit_of_pod(UID)


def test_victim_without_cgroup_belongs_to_nobody() -> None:
    """A "Killed process" line alone does not say whose process it was."""
    assert kernel_kills(read_kills([log(VICTIM)]), two_containers(), "app") == ()
