"""What an out-of-memory kill ends, and what the API says of it (kubelet.md 6.1).

Rules: the label OOMKilled is the runtime's and belongs to the cgroup, not to PID 1: it proves
neither that PID 1 was killed, nor does 137 without it prove the contrary (Q27).
"""

from holdfast.kubelet.behaviour import Behaviour

# 128 and the number of SIGKILL
KILLED_EXIT_CODE = 137


def ends_container(
    behaviour: Behaviour, *, victim_is_first: bool, cgroup_v1: bool, single_process: bool = False
) -> bool:
    """Whether the container ends, or only the process that the kernel chose.

    Since 1.28, cgroup v2 kills all of a container's processes at once; `single_process` is the
    setting singleProcessOOMKill, which versions before 1.32 do not have (Q28).
    """
    if victim_is_first:
        return True
    alone = single_process and behaviour.single_process_oom_kill
    return behaviour.memory_oom_group and not cgroup_v1 and not alone


def end_reason(exit_code: int, *, oom_seen: bool) -> str:
    """terminated.reason: OOMKilled if the runtime saw any kill in the cgroup, even with exit 0."""
    if oom_seen:
        return "OOMKilled"
    return "Completed" if exit_code == 0 else "Error"
