"""A rehearsal on a terminal: one picture that follows the pod four times a second.

Rules: drawn on standard error by the loop itself, without a thread; what the programs write and the
kubelet's events scroll below the picture; the last picture stays.
"""

import asyncio
from collections import deque

from rich.bar import Bar
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from holdfast.kubelet.outputs import PublishEvent
from holdfast.kubelet.wording import go_duration
from holdfast.model.printable import printable
from holdfast.model.quantity import format_bytes
from holdfast.rehearsal.board import Board, ContainerRow, Load, ProbeRow, board_of, load_between
from holdfast.rehearsal.cgroups.group import Usage
from holdfast.rehearsal.plain_log import announcement
from holdfast.rehearsal.pod_rehearsal import PodRehearsal
from holdfast.rehearsal.seen import Began, OverLimit, Seen, Used, Wanted, Wrote
from holdfast.rehearsal.stage import Stage

_REFRESH_SECONDS = 0.25
_SHOWN_LINES = 10
_BAR_WIDTH = 16
_NEARLY_FULL = 0.9


class LiveView:
    """The picture."""

    def __init__(self, console: Console, seconds: float) -> None:
        """`seconds` is how long the rehearsal is to last."""
        self._console = console
        self._seconds = seconds
        self._begun = 0.0
        self._pod: PodRehearsal | None = None
        self._live: Live | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._loads: dict[str, Load] = {}
        self._measured: dict[str, tuple[float, Usage]] = {}
        self._lines: deque[Text] = deque(maxlen=_SHOWN_LINES)

    def announce(self, stage: Stage, pod: PodRehearsal) -> None:
        """Say what is rehearsed, then draw."""
        for line in announcement(stage):
            self._console.print(Text(line))
        self._begun = pod.clock.now()
        self._pod = pod
        self._live = Live(console=self._console, auto_refresh=False, redirect_stdout=False)
        self._live.start()
        self._timer = asyncio.get_running_loop().call_later(0.0, self._draw)

    def watch(self, now: float, what: Seen) -> None:
        """Something has happened."""
        if isinstance(what, Used):
            self._measure(now, what)
        elif isinstance(what, Began):
            self._measured.pop(what.container, None)
        elif isinstance(what, Wrote):
            self._line(now, what.container, what.line, "")
        elif isinstance(what, OverLimit):
            self._line(now, what.container, str(what), "red")
        elif isinstance(what, Wanted) and isinstance(what.output, PublishEvent):
            event = what.output
            style = "yellow" if event.type == "Warning" else "dim"
            self._line(now, event.container, f"{event.reason}: {event.message}", style)

    def close(self) -> None:
        """Leave the last picture."""
        if self._timer is not None:
            self._timer.cancel()
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _draw(self) -> None:
        if self._live is None or self._pod is None:
            return
        now = self._pod.clock.now()
        board = board_of(self._pod.machine.state, self._loads, now)
        self._live.update(self._picture(board, now - self._begun), refresh=True)
        self._timer = asyncio.get_running_loop().call_later(_REFRESH_SECONDS, self._draw)

    def _picture(self, board: Board, passed: float) -> RenderableType:
        length = go_duration(round(self._seconds))
        head = Text.assemble(
            (board.phase, "bold"),
            f"   {go_duration(round(passed))} of {length}   next: {_next(board)}",
            ("   Ctrl-C deletes the pod", "dim"),
        )
        table = Table(box=None, pad_edge=False, show_edge=False, header_style="dim")
        for name in ("CONTAINER", "STATE", "RESTARTS", "MEMORY", "", "CPU"):
            table.add_column(name)
        for row in board.containers:
            table.add_row(*_cells(row))
            for probe in row.probes:
                table.add_row("", _probe(probe))
        return Group(head, table, *self._lines)

    def _measure(self, now: float, what: Used) -> None:
        before = self._measured.get(what.container)
        self._measured[what.container] = (now, what.usage)
        since, usage = before if before is not None else (now, what.usage)
        self._loads[what.container] = load_between(usage, what.usage, now - since)

    def _line(self, now: float, container: str, text: str, style: str) -> None:
        shown = f"{now - self._begun:7.1f}s  {container}  {printable(text)}"
        self._lines.append(Text(shown, style=style, no_wrap=True, overflow="ellipsis"))


def _next(board: Board) -> str:
    if board.next_seconds is None:
        return "nothing is due"
    return f"{board.next_what} in {board.next_seconds:.1f}s"


def _cells(row: ContainerRow) -> tuple[RenderableType, ...]:
    state = Text(row.state, style="green" if row.state == "ready" else "yellow")
    if row.back_off_seconds > 0:
        state.append(f", {row.back_off_seconds:.0f}s left", style="red")
    memory, share = format_bytes(row.memory_bytes), 0.0
    if row.limit_bytes:
        memory = f"{memory} of {format_bytes(row.limit_bytes)}"
        share = min(1.0, row.memory_bytes / row.limit_bytes)
    color = "red" if share >= _NEARLY_FULL else "green"
    bar = Bar(1.0, 0.0, share, width=_BAR_WIDTH, color=color) if row.limit_bytes else Text("")
    throttled = f", throttled {row.throttled_share:.0%}" if row.throttled_share else ""
    return row.name, state, str(row.restarts), memory, bar, f"{row.cores:.2f}{throttled}"


def _probe(row: ProbeRow) -> Text:
    text = f"{row.kind}: {row.answer}"
    if row.answer == "failure":
        text += f" {row.run} of {row.needed}"
    due = f", next in {row.next_seconds:.1f}s" if row.next_seconds is not None else ""
    return Text(text + due, style="red" if row.answer == "failure" else "dim")
