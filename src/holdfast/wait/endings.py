"""How a wait that failed is told, in four parts. Imported when it happens."""

from holdfast.dependencies.verdict import UNASKABLE, Verdict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from holdfast.dependencies.target import Target

    Late = tuple[Target, Verdict | None, int]
    """A target, its last verdict, and the number of attempts."""


def permanent(target: "Target", verdict: Verdict) -> str:
    """One target will never be ready as it is asked for."""
    if verdict.state == UNASKABLE:
        next_step = "install the driver into this image, or leave --login out"
    else:
        next_step = "correct the URL or the server; --keep-trying waits all the same"
    return (
        f"waiting for {target}: {verdict.state}, which waiting does not mend\n"
        f"  found: {verdict.detail}\n  next: {next_step}"
    )


def late(rows: "Iterable[Late]", count: int, timeout: float, *, invert: bool) -> str:
    """Time was up for these of `count` targets."""
    lines = [f"waiting for {_counted(count, 'target')}: time is up"]
    for target, last, attempts in rows:
        said = f"{last.state}  {last.detail}" if last else "unknown  the first attempt did not end"
        lines.append(f"  found: {target}  {said}  ({_counted(attempts, 'attempt')})")
    subject = "it is" if len(lines) == 2 else "they are"
    wanted = "still there" if invert else "not ready"
    lines.append(
        f"  next: allow more than --timeout {timeout:g}s, or find out why {subject} {wanted}"
    )
    return "\n".join(lines)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
