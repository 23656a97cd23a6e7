"""Draws the tables of the kubelet machine: `python -m tests.house.diagrams`.

docs/kubelet-machine.md holds prose, and between its marks what is drawn here. A diagram is what the
machine goes by, not what somebody remembers of it.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from holdfast.kubelet.pod_status import PHASES, STATES
from holdfast.kubelet.pod_work import STEPS, WORK, Wait, Work
from holdfast.kubelet.probe_worker import DECISIONS
from holdfast.kubelet.stopping import TRANSITIONS, StopPhase

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "kubelet-machine.md"
_MARK = re.compile(
    r"(<!-- drawn: (\w+) by `python -m tests\.house\.diagrams` -->\n).*?(<!-- end -->)", re.DOTALL
)
Arrow = tuple[str, str, str]


def work() -> str:
    """How far a pod has come."""
    arrows = [(a.value, b.value, what.value) for (a, what), b in WORK.items()]
    return _states(Work.SYNCING.value, arrows, Work.TERMINATED.value)


def steps() -> str:
    """What a step of a sync waits for."""
    begin = [
        ("next step", Wait.SANDBOX.value, "there is no sandbox yet"),
        ("next step", Wait.START.value, "a container is to start, and may"),
        ("next step", Wait.EXIT.value, "a container is to be killed"),
    ]
    answers = [
        (wait.value, "next step" if to is None else to.value, what.value)
        for (wait, what), to in STEPS.items()
    ]
    return _states("next step", [*begin, *answers])


def stops() -> str:
    """How a container is stopped."""
    arrows = [(a.value, b.value, what.value) for (a, what), b in TRANSITIONS.items()]
    return _states(StopPhase.HOOK.value, arrows, StopPhase.ENDED.value)


def probes() -> str:
    """What a probe worker decides at a tick."""
    return _decisions("tick", [(text, step.value) for text, _, step in DECISIONS])


def states() -> str:
    """Which state of a container is shown."""
    return _decisions("status of a container", [(text, one.value) for text, _, one in STATES])


def phases() -> str:
    """Which phase a pod has."""
    return _decisions("phase of a pod", [(text, phase) for text, _, phase in PHASES])


DRAWN: dict[str, Callable[[], str]] = {
    "work": work,
    "steps": steps,
    "stops": stops,
    "probes": probes,
    "states": states,
    "phases": phases,
}


def with_diagrams(page: str) -> str:
    """The page with its diagrams as the tables have them now."""
    return _MARK.sub(lambda match: f"{match[1]}{DRAWN[match[2]]()}{match[3]}", page)


def _states(first: str, arrows: Iterable[Arrow], last: str = "") -> str:
    """A state diagram; several ways from one state to the same other one share an arrow."""
    together: dict[tuple[str, str], list[str]] = {}
    for begin, end, what in arrows:
        together.setdefault((begin, end), []).append(what)
    names = dict.fromkeys(name for pair in together for name in pair)
    keys = {name: f"s{i}" for i, name in enumerate(names)}
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{name}" as {key}' for name, key in keys.items()]
    lines.append(f"    [*] --> {keys[first]}")
    for (begin, end), texts in together.items():
        lines.append(f"    {keys[begin]} --> {keys[end]}: {' / '.join(texts).replace(':', ',')}")
    if last:
        lines.append(f"    {keys[last]} --> [*]")
    return _fenced(lines)


def _decisions(subject: str, rows: list[tuple[str, str]]) -> str:
    """A flow chart: the first row that holds decides."""
    lines = ["flowchart TD", f'    q0(["{subject}"]) --> r0']
    for i, (condition, result) in enumerate(rows):
        if i == len(rows) - 1:
            lines.append(f'    r{i}["{condition}: {result}"]')
            break
        lines.append(f'    r{i}{{"{condition}?"}} -- yes --> d{i}["{result}"]')
        lines.append(f"    r{i} -- no --> r{i + 1}")
    return _fenced(lines)


def _fenced(lines: list[str]) -> str:
    return "```mermaid\n" + "\n".join(lines) + "\n```\n"


if __name__ == "__main__":
    PAGE.write_text(with_diagrams(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
