"""Memory of the kernel on the container's behalf, or huge pages, run short.

What happens
------------
Sockets, file handles and other kernel objects are charged to the container as well; huge pages come
from a pool of their own, and touching one that is not there ends the process with SIGBUS.

Why it hurts
------------
The process's own memory looks small in every profile.

How we know
-----------
The node's log complains about slab or socket memory, or the program about huge pages; or a
container that uses huge pages ended with 135 (SIGBUS).

What else it could be
---------------------
SIGBUS without huge pages is a truncated file or a full /dev/shm (A15, A21). Memory of the process
itself is D02.

Fix
---
Bound connections and open files, raise tcp_mem on the node, reserve enough huge pages and request
them.

When the fix is wrong
---------------------
A higher memory limit helps against charged kernel memory only until the objects grow again.

References
----------
docs/specs/causes.md 7 and 8 (D12).
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.claim import Claim
from holdfast.diagnosis.crash import weigh_stop
from holdfast.diagnosis.evidence.case import Case
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Verdict

CAUSE = Cause(
    id="D12",
    title="memory of the kernel or huge pages run short for it",
    lookalikes=("D02", "A15", "A21"),
    signatures=(
        Signature("out of memory -- consider tuning tcp_mem", "kernel"),
        Signature("unable to allocate memory on node", "kernel", r"SLUB: Unable to allocate"),
        Signature("page allocation failure", "kernel", r"page allocation failure: order:\d+"),
        Signature(
            "huge page", "any", r"(?:fail|cannot|could not|not enough|no free).*huge ?pages?"
        ),
        Signature("hugepage", "any", r"(?:fail|cannot|could not|not enough|no free).*hugepages?"),
        Signature("huge_pages", "postgres", r"huge_pages.*(?:fail|not supported|cannot)"),
    ),
)

_BUS_ERROR = 135
_RESOURCE = "hugepages-"
_MEDIUM = "HugePages"


def judge(case: Case) -> Verdict | None:
    """An end with a complaint about such memory, or SIGBUS where huge pages are used."""
    life = case.life
    if life is None and case.status is not None:
        return None
    claim = Claim(CAUSE)
    own = case.matches(CAUSE.id)
    claim.quotes(*own)
    huge = _uses_huge_pages(case)
    if life is not None:
        bus_error = life.exit_code == _BUS_ERROR
        if bus_error and huge:
            text = "it uses huge pages and ended with 135 (SIGBUS)"
            claim.inferred(text, Weight.STRONG, life.origin)
        node = case.context.node_matches(case.pod.spec.node_name)
        # A node's complaint concerns everybody there; only an abrupt end makes it this one's.
        if life.killed or bus_error:
            claim.quotes(*(match for match in node if match.cause == CAUSE.id))
    if not claim.score:
        return None
    if huge:
        claim.suggested("it asks for huge pages", Weight.WEAK, case.spec_origin("resources"))
    weigh_stop(claim, case)
    claim.would_decide(
        "charged kernel memory: slab, sock and kernel_stack in the container's memory.stat; free "
        "huge pages: HugePages_Free in /proc/meminfo of the node"
    )
    who = f"{case.kind} {case.name}" if case.name else "the container"
    what = "huge pages" if huge else "kernel memory or huge pages"
    return claim.verdict(f"{what} run short for {who}")


def _uses_huge_pages(case: Case) -> bool:
    resources = case.spec.resources if case.spec else None
    asked = {**(resources.requests or {}), **(resources.limits or {})} if resources else {}
    if any(name.startswith(_RESOURCE) for name in asked):
        return True
    volumes = case.pod.spec.volumes or ()
    return any(
        v.empty_dir is not None and (v.empty_dir.medium or "").startswith(_MEDIUM) for v in volumes
    )
