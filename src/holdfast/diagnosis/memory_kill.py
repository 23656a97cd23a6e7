"""The start of every claim of group D: that the kernel killed this container's process for memory.

Rules: 137 alone is SIGKILL by anybody; memory needs a witness, which is the runtime's reason
OOMKilled or a line of the node's kernel log (causes.md 2.3, 9). The witness is the same for all
shapes; what tells D01 to D04 apart is weighed by each of them on top of it.
"""

from holdfast.diagnosis.cause import Cause
from holdfast.diagnosis.claim import Claim, quote
from holdfast.diagnosis.crash import weigh_stop
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.evidence.kernel_log import KernelKill
from holdfast.model.container import ContainerKind
from holdfast.model.evidence import Weight
from holdfast.model.quantity import format_bytes, read_quantity

# Allocation that reaches the limit within this time has no shape of growth: a process that
# allocates at once was killed after 0.2 s (tuning.md 5.1), and times are whole seconds.
AT_ONCE_SECONDS = 2.0


def memory_limit_bytes(case: Case) -> int | None:
    """The container's memory limit, or None where it has none or was not read."""
    quantity = read_quantity(case.spec.limit("memory")) if case.spec else None
    if quantity is None and case.status is not None and case.status.resources is not None:
        quantity = read_quantity((case.status.resources.limits or {}).get("memory"))
    return quantity.bytes if quantity else None


def has_no_limit(case: Case) -> bool:
    """Whether the specification was read and sets no memory limit."""
    return case.spec is not None and memory_limit_bytes(case) is None


def killed_for_memory(case: Case) -> bool:
    """Whether the last life ended by SIGKILL and a witness says that it was for memory."""
    life = case.life
    if life is None or not life.killed or life.reason in ("ContainerStatusUnknown", "Unknown"):
        return False
    return life.reason == "OOMKilled" or any(_of_last_life(case, k) for k in case.kernel_kills)


def memory_claim(cause: Cause, case: Case) -> Claim | None:
    """The claim that it was killed for memory, with the limit; None without a witness.

    Init containers have a cause of their own (D11).
    """
    life = case.life
    if life is None or case.kind is ContainerKind.INIT or not killed_for_memory(case):
        return None
    claim = Claim(cause)
    if life.reason == "OOMKilled":
        text = "the runtime says OOMKilled, and it ended with exit code 137 (SIGKILL)"
        claim.observed(text, Weight.CONCLUSIVE, life.origin)
    else:
        text = f"it ended with exit code 137 (SIGKILL), reason {life.reason or '(none)'}"
        claim.observed(text, Weight.WEAK, life.origin)
    for kill in case.kernel_kills[-1:]:
        weight = Weight.WEAK if life.reason == "OOMKilled" else Weight.STRONG
        claim.read(f'the kernel says "{quote(kill.line)}"', weight, kill.origin)
    limit = memory_limit_bytes(case)
    if limit is not None:
        claim.with_parameter("limit_bytes", float(limit))
    weigh_stop(claim, case)
    return claim


def own_limit_claim(cause: Cause, case: Case) -> Claim | None:
    """As `memory_claim`, for causes in which the container hits its own limit: D01 to D04.

    Whatever says that another limit was hit speaks against them.
    """
    claim = memory_claim(cause, case)
    if claim is None:
        return None
    if has_no_limit(case):
        text = "it has no memory limit of its own that it could hit"
        claim.against(text, Weight.STRONG, case.spec_origin("resources.limits.memory"))
    kill = last_kill(case)
    if kill is not None and not kill.own_limit:
        text = "the kernel names a limit above the container's own"
        claim.against(text, Weight.STRONG, kill.origin)
    if measured_growth(case) is None:
        claim.would_decide(series_text(case))
    return claim


def measured_growth(case: Case) -> float | None:
    """How fast its memory grew, in bytes per second; None where nobody measured it."""
    return case.measured.growth_bytes_per_second if case.measured is not None else None


def last_kill(case: Case) -> KernelKill | None:
    """The newest kernel line about this container, or None."""
    return case.kernel_kills[-1] if case.kernel_kills else None


def limit_text(case: Case) -> str:
    """ "its memory limit of 64Mi", or "its memory limit" where it is not known."""
    limit = memory_limit_bytes(case)
    return f"its memory limit of {format_bytes(limit)}" if limit else "its memory limit"


def series_text(case: Case) -> str:
    """Which series shows the shape of memory before the kill."""
    namespace, pod = case.pod.key
    return (
        "the shape of its memory before the kill: container_memory_working_set_bytes"
        f'{{namespace="{namespace}",pod="{pod}",container="{case.name}"}}, raw samples'
    )


def _of_last_life(case: Case, kill: KernelKill) -> bool:
    """A log of days holds kills of earlier lives too; the id of the ended container tells."""
    status = case.status
    if status is None:
        return True
    end = status.state.terminated or status.last_state.terminated
    ended = end.container_id.rpartition("/")[2] if end is not None else ""
    return not ended or ended in kill.task_cgroup
