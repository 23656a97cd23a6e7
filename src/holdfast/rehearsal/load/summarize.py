"""What became of the requests, in a few lines for people."""

from statistics import median, quantiles

from holdfast.rehearsal.load.tally import Fate, Phase, Tallies, Tally

_WHEN = {
    Phase.SERVING: "while it served",
    Phase.LEAVING: "while it was stopped and still found by clients",
    Phase.LEFT: "on connections that were open before",
}
_MILLI = 1000.0


def summarize(tallies: Tallies) -> list[str]:
    """One line for each phase in which something was sent."""
    return [
        f"requests  {_WHEN[phase]}: {_counts(tally)}"
        for phase, tally in tallies.items()
        if tally.sent
    ]


def _counts(tally: Tally) -> str:
    parts = [f"{tally.sent} sent"]
    parts += [f"{tally.fates[fate]} {fate.value}" for fate in Fate if tally.fates.get(fate)]
    if tally.slow:
        parts.append(f"{tally.slow} slow")
    if len(tally.latencies) > 1:
        worst = quantiles(tally.latencies, n=100)[-1]
        parts.append(f"median {median(tally.latencies) * _MILLI:.0f}ms, p99 {worst * _MILLI:.0f}ms")
    return ", ".join(parts)
