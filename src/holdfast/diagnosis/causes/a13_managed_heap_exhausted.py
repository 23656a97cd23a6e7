"""The heap that the runtime manages is full before the container's limit is.

What happens
------------
The runtime of Java, .NET, Python, PHP or Ruby cannot get memory for an object and says so. The
process ends by itself, or stays on half alive until a probe ends it.

Why it hurts
------------
It is often answered with a larger limit for the container, which changes nothing while the heap's
own maximum stays.

How we know
-----------
The log has the runtime's own text for it. Java ends with 1, with 3 under ExitOnOutOfMemoryError,
with 134 under CrashOnOutOfMemoryError; Python with 1.

What else it could be
---------------------
A kill by the kernel leaves no text and 137 (D01). The text unable to create native thread is a
limit of threads (A26). Node's heap is A14.

Fix
---
Compare the heap's maximum with what the program keeps; take a heap dump when it happens
(-XX:+HeapDumpOnOutOfMemoryError).

When the fix is wrong
---------------------
With a leak a larger heap only makes the next end later.

References
----------
docs/specs/causes.md 5.1, 8 (A13) and 10, docs/specs/tuning.md 5.3.
"""

from holdfast.diagnosis.cause import Cause, Signature
from holdfast.diagnosis.evidence.case import Case
from holdfast.diagnosis.self_end import caught, self_end_claim, subject
from holdfast.model.evidence import Weight
from holdfast.model.verdict import Verdict

_HEAP = (
    r"(Java heap space|Metaspace|GC overhead|Compressed class space|Direct buffer memory|Requested "
    r"array size|Cannot reserve|Out of swap|unable to allocate|Failed to allocate)"
)

CAUSE = Cause(
    id="A13",
    title="the heap of its runtime is exhausted",
    lookalikes=("D01", "A14", "A26", "D02"),
    signatures=(
        Signature("outofmemoryerror", "jvm", rf"OutOfMemoryError: {_HEAP}"),
        Signature(
            "due to java.lang.outofmemoryerror",
            "jvm",
            r"(Terminating|Aborting) due to .*(?<!thread)$",
        ),
        Signature("insufficient memory for the java runtime", "jvm"),
        Signature("could not reserve enough space", "jvm"),
        Signature("outofmemoryexception", "dotnet", r"OutOfMemoryException\b"),
        Signature("out of memory.", "dotnet", r"^Out of memory\.$"),
        Signature("memoryerror", "python", r"^(numpy\.[\w.]+\.)?(_Array)?MemoryError\b"),
        Signature(
            "unable to allocate", "python", r"Unable to allocate [\d.]+ [KMGT]?i?B for an array"
        ),
        Signature("allowed memory size of", "php"),
        Signature("nomemoryerror", "ruby"),
        Signature("failed to allocate memory", "ruby"),
        Signature("memory allocation of", "rust", r"memory allocation of \d+ bytes failed"),
        Signature("std::bad_alloc", "native"),
        Signature("eheap_alloc", "elixir", r"eheap_alloc: Cannot allocate"),
        Signature("fatal error: runtime: out of memory", "go", weight=Weight.MODERATE),
    ),
)


def judge(case: Case) -> Verdict | None:
    """The text of a runtime that has no memory left."""
    claim = self_end_claim(CAUSE, case)
    if claim is None:
        return None
    kind = caught(case, CAUSE.id, rf"OutOfMemoryError: {_HEAP}")
    limit = case.spec.limit("memory") if case.spec else None
    if limit is not None:
        claim.with_parameter("limit", str(limit))
    which = f" ({kind})" if kind else ""
    return claim.verdict(f"{subject(case)} ends because the heap of its runtime is full{which}")
