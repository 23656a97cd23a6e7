"""Memory limits that were too small (B09, D01, D03, D11) and requests below the use (D09, E01).

Rules (causes.md 11, tuning.md 4.5): a limit changes only with a measured peak or with a stated
assumption, never silently; a leak gets none (D02). A life that ended in OOM says "more than the
limit", so its peak is no measurement.
"""

from holdfast.fixes.facts import Facts
from holdfast.fixes.proposal import Proposal
from holdfast.model.edit import Change, Safety
from holdfast.model.quantity import Quantity, format_bytes, read_quantity

CAUSES = ("B09", "D01", "D03", "D11", "D09", "E01")

_MIB = 2**20
# tuning.md 4.5 steps 4 and 5: 1.25 x the last OOM limit, in steps of 16 MiB.
_FACTOR = 1.25
_STEP_BYTES = 16 * _MIB
# A runtime needs a few MiB to create a process (causes.md 8, B09: docker refuses less than 6 MB).
_SMALLEST_BYTES = 64 * _MIB


def propose(facts: Facts) -> Proposal | None:
    """A limit for what ended at it, a request for what the node had not reserved."""
    if facts.verdict.cause in ("D09", "E01"):
        return _request(facts)
    if facts.container is None:
        return None
    written = facts.container.limit("memory")
    limit = read_quantity(written)
    if written is None or limit is None:
        return None
    if facts.verdict.cause == "B09":
        return _unit_slip(facts, str(written)) or _smallest(facts, limit)
    return _raise(facts, limit)


def _raise(facts: Facts, limit: Quantity) -> Proposal:
    peak = facts.number("peak_bytes") or 0.0
    new = round_up(max(peak, limit.bytes) * _FACTOR)
    old_text, new_text = format_bytes(limit.bytes), in_mebibytes(new)
    if peak > limit.bytes:
        why = f"the measured peak is {format_bytes(int(peak))}"
    else:
        why = f"the process needs more than {old_text}, nobody has measured how much"
    explanation = (
        f"the memory limit from {old_text} to {new_text}: {why}, and a quarter more is assumed to "
        "suffice, rounded up to 16 MiB. Right if the use levels off below it; if it grows with "
        "time, that is a leak, and a limit only delays the end"
    )
    changes = [facts.set("resources", "limits", "memory", new_text)]
    return Proposal(Safety.REVIEW, explanation, tuple(changes), _watch(facts))


def _watch(facts: Facts) -> tuple[str, ...]:
    return (f"watch the working set of {facts.name} over the next day before calling it fixed",)


def _unit_slip(facts: Facts, written: str) -> Proposal | None:
    """ "400m" is 0.4 byte; a number without a suffix is bytes (causes.md 8, B09)."""
    digits = written.removesuffix("m")
    if not digits.isdigit() or int(digits) >= _MIB:
        return None
    new = f"{digits}Mi"
    changes: list[Change] = [facts.set("resources", "limits", "memory", new)]
    request = facts.container.request("memory") if facts.container else None
    if request is not None and str(request) == written:
        changes.append(facts.set("resources", "requests", "memory", new))
    explanation = (
        f"a memory limit of {written} is {_bytes(written)}, in which no process can be created; "
        f"{new} is what it most likely means"
    )
    return Proposal(Safety.REVIEW, explanation, tuple(changes))


def _smallest(facts: Facts, limit: Quantity) -> Proposal | None:
    if limit.bytes >= _SMALLEST_BYTES:
        return None
    new = in_mebibytes(_SMALLEST_BYTES)
    explanation = (
        f"a memory limit of {format_bytes(limit.bytes)} does not even let the runtime create the "
        f"process; {new} stands for the need of the program, which has to be measured"
    )
    return Proposal(Safety.SKETCH, explanation, (facts.set("resources", "limits", "memory", new),))


def _request(facts: Facts) -> Proposal | None:
    used = facts.number("used_bytes")
    if used is None or facts.container is None:
        return None
    request = read_quantity(facts.container.request("memory"))
    limit = facts.limit("memory")
    new = round_up(used)
    if limit is not None:
        new = min(new, limit.bytes)
    if request is not None and request.bytes >= new:
        return None
    had = format_bytes(request.bytes) if request is not None else "no request"
    explanation = (
        f"the memory request from {had} to {in_mebibytes(new)}: {facts.name} used "
        f"{format_bytes(int(used))} when the node ran short (rounded up to 16 MiB). The scheduler "
        "then reserves what it uses. Right if that use is normal"
    )
    change = facts.set("resources", "requests", "memory", in_mebibytes(new))
    return Proposal(Safety.REVIEW, explanation, (change,))


def round_up(count: float) -> int:
    """Bytes, rounded up to a whole number of 16 MiB."""
    return -(-int(count) // _STEP_BYTES) * _STEP_BYTES


def in_mebibytes(count: int) -> str:
    """A quantity in whole MiB where that is exact, else in bytes."""
    return f"{count // _MIB}Mi" if count % _MIB == 0 else str(count)


def _bytes(written: str) -> str:
    if written.endswith("m"):
        return "less than one byte" if int(written[:-1]) < 1000 else "a few bytes"
    return f"{written} bytes"
