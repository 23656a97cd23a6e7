"""Out-of-memory kills in the kernel log of a node, and which pod they struck.

Rules: the line "oom-kill:constraint=..." tells where the limit was (oom_memcg) and where the victim
lived (task_memcg); kernels before 5.0 say the same as "Task in A killed as a result of limit of B".
A kill is tied to a pod by the uid in the victim's cgroup, written with "-" or "_", and to a
container by the id there. A "Killed process" line without either belongs to nobody here
(tuning.md 5.2).
"""

import re
from collections.abc import Iterable, Iterator

import msgspec

from holdfast.model.pod import Pod
from holdfast.model.regex import regex
from holdfast.model.snapshot import Log
from holdfast.model.span import Origin

# linux mm/oom_kill.c dump_oom_summary and __oom_kill_process, mm/memcontrol.c.
_SUMMARY = regex(
    r"oom-kill:constraint=CONSTRAINT_(?P<constraint>\w+).*?"
    r"(?:,oom_memcg=(?P<oom>[^,]*))?(?:,global_oom)?,task_memcg=(?P<task>[^,]*)"
)
_OLD_SUMMARY = regex(r"Task in (?P<task>\S+) killed as a result of limit of (?P<oom>\S+)")
_USAGE = regex(r"memory: usage (?P<usage>\d+)kB, limit (?P<limit>\d+)kB")
_VICTIM = regex(
    r"(?:Memory cgroup out of memory|Out of memory)[^:]*: Kill(?:ed)? process "
    r"(?P<pid>\d+),? \((?P<name>[^)]*)\)(?P<rest>.*)",
    re.IGNORECASE,
)
_PART = regex(r"(anon-rss|shmem-rss):(\d+)kB")
_KIBIBYTE = 1024


class KernelKill(msgspec.Struct, frozen=True):
    """One victim of the kernel's OOM killer; the sizes are None where no line tells.

    `constraint` is MEMCG (a cgroup's limit), NONE (the whole machine) or another one; `oom_cgroup`
    had the limit, `task_cgroup` held the victim.
    """

    constraint: str
    oom_cgroup: str
    task_cgroup: str
    line: str
    origin: Origin
    process: str = ""
    anon_bytes: int | None = None
    shmem_bytes: int | None = None
    usage_bytes: int | None = None
    limit_bytes: int | None = None

    @property
    def own_limit(self) -> bool:
        """Whether the limit that was hit is the one of the victim's own container."""
        return self.constraint == "MEMCG" and self.oom_cgroup == self.task_cgroup

    def limit_of_pod(self, uid: str) -> bool:
        """Whether the limit that was hit is that of the pod as a whole."""
        above = self.constraint == "MEMCG" and not self.own_limit
        return above and _plain(uid) in _plain(self.oom_cgroup)

    def limit_of_node(self, uid: str) -> bool:
        """Whether the machine, or the node's share for pods, was out of memory."""
        if self.constraint != "MEMCG":
            return True
        return not self.own_limit and _plain(uid) not in _plain(self.oom_cgroup)


NodeKill = tuple[str, KernelKill]
"""The node whose log tells of a kill ("" where it does not say), and the kill."""


def read_kills(logs: Iterable[Log]) -> tuple[NodeKill, ...]:
    """Every kill that logs without a pod tell of, in their order."""
    return tuple((log.node, kill) for log in logs if not log.pod for kill in _read(log))


def kernel_kills(kills: Iterable[NodeKill], pod: Pod, container: str) -> tuple[KernelKill, ...]:
    """Kills in this container ("" for any of the pod) that the pod's node logged, oldest first."""
    uid = _plain(pod.metadata.uid)
    if not uid:
        return ()
    found = [
        kill
        for node, kill in kills
        if node in ("", pod.spec.node_name) and uid in _plain(kill.task_cgroup)
    ]
    if not container:
        return tuple(found)
    return tuple(kill for kill in found if _in_container(kill, pod, container))


def _in_container(kill: KernelKill, pod: Pod, container: str) -> bool:
    """By the container's id; one that nobody knows is of an earlier life: clear only if alone."""
    ids = {member.name: _ids(pod, member.name) for member in pod.members()}
    if any(id_ in kill.task_cgroup for id_ in ids.get(container, ())):
        return True
    others = [name for name in ids if name != container]
    return not others


def _ids(pod: Pod, container: str) -> tuple[str, ...]:
    found = []
    for member in pod.members():
        if member.name == container and member.status is not None:
            found.append(member.status.container_id)
            ends = (member.status.state.terminated, member.status.last_state.terminated)
            found.extend(end.container_id for end in ends if end is not None)
    plain = (id_.rpartition("/")[2] for id_ in found)
    return tuple(id_ for id_ in plain if id_)


def _read(log: Log) -> Iterator[KernelKill]:
    kill: KernelKill | None = None
    usage: re.Match[str] | None = None
    for position, line in enumerate(log.lines):
        if "memory: usage" in line:
            usage = _USAGE.search(line) or usage
            if kill is not None and kill.usage_bytes is None and usage is not None:
                kill = _with_usage(kill, usage)
        elif "oom-kill:constraint" in line or "killed as a result of limit of" in line:
            if kill is not None:
                yield kill
            kill = _begun(log, position, line)
            if kill is not None and usage is not None:
                kill = _with_usage(kill, usage)
        elif kill is not None and "process" in line:
            victim = _VICTIM.search(line)
            if victim is not None:
                yield _with_victim(kill, victim)
                kill, usage = None, None
    if kill is not None:
        yield kill


def _begun(log: Log, position: int, line: str) -> KernelKill | None:
    match = _SUMMARY.search(line) or _OLD_SUMMARY.search(line)
    if match is None:
        return None
    parts = match.groupdict()
    origin = Origin(log.source, line=log.first_line + position)
    return KernelKill(
        constraint=parts.get("constraint") or "MEMCG",
        oom_cgroup=parts["oom"] or "",
        task_cgroup=parts["task"],
        line=line,
        origin=origin,
    )


def _with_usage(kill: KernelKill, usage: re.Match[str]) -> KernelKill:
    return msgspec.structs.replace(
        kill,
        usage_bytes=int(usage["usage"]) * _KIBIBYTE,
        limit_bytes=int(usage["limit"]) * _KIBIBYTE,
    )


def _with_victim(kill: KernelKill, victim: re.Match[str]) -> KernelKill:
    sizes = {name: int(count) * _KIBIBYTE for name, count in _PART.findall(victim["rest"])}
    return msgspec.structs.replace(
        kill,
        process=victim["name"],
        anon_bytes=sizes.get("anon-rss"),
        shmem_bytes=sizes.get("shmem-rss"),
    )


def _plain(text: str) -> str:
    """systemd writes the uid of a pod with underscores (kubelet cm/cgroup_manager_linux.go)."""
    return text.replace("_", "-").lower()
