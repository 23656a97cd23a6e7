"""Drives the machine of supervision.py: signals in, signals and the page out.

Signals are blocked and taken one by one with sigtimedwait(2), so there is no handler, nothing is
interrupted, and PID 1 receives what the kernel would otherwise drop. While nothing happens the
supervisor costs nothing.

Rules: one thread. What the machine orders is done here and nowhere else. A child that is not reaped
yet still owns its number, so a signal never reaches a stranger.
"""

import _signal  # type: ignore[import-not-found]
import os
from time import monotonic

from holdfast.life import page as pages
from holdfast.run import supervision as steps
from holdfast.run.listening import is_listening
from holdfast.run.memory_kills import memory_kills
from holdfast.run.processes import descendants, describe, handles, name, sender
from holdfast.run.signals import (
    FORWARDED,
    SIGCHLD,
    SIGCONT,
    SIGINT,
    SIGKILL,
    SIGTERM,
    name_of,
)
from holdfast.run.spawn import spawn
from holdfast.run.supervision import Order, Supervision
from holdfast.run.termination_log import write_reason

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from holdfast.life.page import Page
    from holdfast.run.flags import Options
    from holdfast.run.plan import Plan
    from holdfast.run.report import Report

# Forks that a kill has missed are children of what it hit: a few rounds find them.
_KILL_ROUNDS = 10


class Supervisor:
    """One command and what becomes of it."""

    def __init__(self, plan: "Plan", options: "Options", page: "Page", report: "Report") -> None:
        """Blocks the signals; the command does not run yet."""
        self._plan = plan
        self._options = options
        self._page = page
        self._report = report
        self._machine = Supervision(plan, options.stop_signal)
        self._stops = {SIGTERM, SIGINT, options.stop_signal}
        self._signals = _not_ignored({*self._stops, *FORWARDED, SIGCHLD})
        self._child = 0
        self._child_is_reaped = False
        self._reaped = 0
        self._memory_kills = memory_kills()
        self._reason = ""
        self._code: int | None = None
        _signal.signal(_signal.SIGTTIN, _signal.SIG_IGN)
        _signal.signal(_signal.SIGTTOU, _signal.SIG_IGN)
        _signal.pthread_sigmask(_signal.SIG_BLOCK, self._signals)

    def run(self, path: str, command: "list[str]") -> int:
        """Start the command and stay until everything has ended; answers the exit code."""
        self._child = spawn(path, command, self._signals)
        self._report.say("start", f"started process {self._child} ({os.path.basename(path)})")
        while self._code is None:
            self._take_signals()
            self._reap()
            self._look()
            self._machine.wake(monotonic())
            self._obey()
        return self._code

    def _take_signals(self) -> None:
        """Wait for a signal or a deadline, then take what is there, stops first.

        The kernel hands out the lowest number first, so a storm of another signal could hold
        SIGTERM back.
        """
        deadline = self._machine.next_deadline()
        if deadline is None:
            info = _signal.sigwaitinfo(self._signals)
        else:
            info = _signal.sigtimedwait(self._signals, max(0.0, deadline - monotonic()))
        stop = _signal.sigtimedwait(self._stops, 0)
        for taken in (info, stop):
            if taken is not None:
                self._receive(taken.si_signo, taken.si_pid)

    def _receive(self, number: int, from_pid: int) -> None:
        if number in self._stops:
            self._stop(sender(from_pid, number))
        elif number != SIGCHLD:
            self._send_child(number)

    def _stop(self, what: str) -> None:
        first = not self._machine.stopping
        is_serving = self._is_serving() if first else True
        self._machine.stop(monotonic(), serving=is_serving, informed=self._page.in_use)
        if first and self._machine.stopping:
            self._report.say("signal", f"{what}: the stop begins; {self._plan.budget!r}")

    def _is_serving(self) -> bool:
        """Whether traffic can reach the command; without knowledge it can (service.md D9)."""
        if self._page.in_use:
            return self._page.ready
        below = descendants(os.getpid())
        return below is None or is_listening(below) is not False

    def _look(self) -> None:
        if self._page.in_use:
            self._machine.traffic(self._page.last_request)

    def _reap(self) -> None:
        """Collect every child that has ended, orphans included."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG | os.WUNTRACED)
            except ChildProcessError:
                self._machine.alone(monotonic())
                return
            if pid == 0:
                break
            if os.WIFSTOPPED(status):
                self._say_stopped(pid, os.WSTOPSIG(status))
                continue
            self._reaped += 1
            code = os.waitstatus_to_exitcode(status)
            self._say_killed(pid, code)
            if pid == self._child:
                self._child_ended(code)
        if self._child_is_reaped:
            self._machine.left_behind(monotonic())

    def _child_ended(self, code: int) -> None:
        self._child_is_reaped = True
        how = f"exit code {code}" if code >= 0 else name_of(-code)
        asked = "" if self._machine.stopping else " without being asked to"
        self._report.say("end", f"the command ended{asked}: {how}", status=code)
        self._machine.exited(monotonic(), code)

    def _say_stopped(self, pid: int, number: int) -> None:
        what = "the command" if pid == self._child else "an orphan"
        self._report.say(
            "stopped",
            f"{what}, process {pid} ({name(pid)}), is stopped by {name_of(number)}; it answers "
            "nothing before SIGCONT, which follows a stop signal",
        )

    def _say_killed(self, pid: int, code: int) -> None:
        """A SIGKILL that is not ours: most often the kernel's, for memory."""
        if code != -SIGKILL or self._machine.killed:
            return
        before, self._memory_kills = self._memory_kills, memory_kills()
        after = self._memory_kills
        if before is not None and after is not None and after > before:
            why = f"by the kernel for memory (oom_kill of its cgroup: {before} to {after})"
        else:
            why = "by SIGKILL from elsewhere; the counter of kills for memory has not moved"
            why = why if after is not None else "by SIGKILL; no counter tells whether for memory"
        what = "the command" if pid == self._child else "a child"
        self._explain("killed", f"{what}, process {pid}, was killed {why}")

    def _obey(self) -> None:
        actions: dict[str, Callable[[Order], None]] = {
            steps.ANNOUNCE: self._announce,
            steps.CLOSE: self._close,
            steps.CANCEL: self._cancel,
            steps.FORCE: self._force,
            steps.EVIDENCE: self._give_evidence,
            steps.KILL: self._kill,
            steps.SWEEP: self._sweep,
            steps.EXIT: self._exit,
        }
        for order in self._machine.orders():
            actions[order.kind](order)

    def _announce(self, order: Order) -> None:
        del order
        self._page.set_end(self._machine.end)
        self._page.advance(pages.DRAINING)

    def _close(self, order: Order) -> None:
        self._page.advance(pages.CLOSING)
        used, drain = self._used(), self._plan.budget.drain
        text = f"window of {drain:g} s ended after {used:.2f} s: {order.reason}"
        self._report.say("window", f"{text}; {name_of(self._options.stop_signal)} to the command")
        self._send_group(self._options.stop_signal)
        # A stopped process acts on nothing else (systemd.kill(5) does the same).
        self._send_group(SIGCONT)

    def _cancel(self, order: Order) -> None:
        self._page.advance(pages.CANCELLING)
        self._report.say("in flight", f"{order.reason}, {self._used():.2f} s after the signal")

    def _force(self, order: Order) -> None:
        self._page.advance(pages.FORCING)
        self._report.say("forced", f"{order.reason}, {self._used():.2f} s after the signal")

    def _give_evidence(self, order: Order) -> None:
        """What SIGKILL would take away."""
        below = descendants(os.getpid()) or [self._child]
        self._explain("evidence", f"{order.reason}; {_counted(len(below))} left")
        for line in describe(below):
            self._report.say("evidence", line, error=True)
        number = self._options.dump_signal
        for pid in below:
            if number and handles(pid, number):
                self._send(pid, number)

    def _kill(self, order: Order) -> None:
        used = self._used()
        self._explain("kill", f"killed {used:.2f} s after the signal: {order.reason}")
        self._send_group(SIGKILL)
        for _ in range(_KILL_ROUNDS):
            below = [pid for pid in descendants(os.getpid()) or () if self._send(pid, SIGKILL)]
            if not below:
                break

    def _sweep(self, order: Order) -> None:
        del order
        below = descendants(os.getpid()) or []
        text = f"the command left {_counted(len(below))} behind"
        if not self._machine.stopping:
            text += ": a container ends with its command, so run it in the foreground"
            self._explain("left behind", text)
        else:
            self._report.say("left behind", text)
        for line in describe(below):
            self._report.say("left behind", line)
        for pid in below:
            self._send(pid, self._options.stop_signal)
            self._send(pid, SIGCONT)

    def _exit(self, order: Order) -> None:
        self._code = order.code
        if self._reason and order.code:
            write_reason(self._options.termination_log, self._reason)
        detail = f": {order.reason}" if order.reason else ""
        self._report.say(
            "exit",
            f"exit code {order.code}{detail}; {_counted(self._reaped)} reaped",
            code=order.code,
            reaped=self._reaped,
        )

    def _explain(self, step: str, text: str) -> None:
        """A line that is also the reason of the end."""
        self._reason = self._reason or text
        self._report.say(step, text, error=True)

    def _used(self) -> float:
        return monotonic() - self._machine.began_at

    def _send_child(self, number: int) -> None:
        if not self._child_is_reaped:
            self._send(self._child, number)

    def _send_group(self, number: int) -> None:
        if not self._child_is_reaped:
            self._send(-self._child, number)

    @staticmethod
    def _send(pid: int, number: int) -> bool:
        try:
            os.kill(pid, number)
        except (ProcessLookupError, PermissionError):
            return False
        return True


def _counted(number: int) -> str:
    return f"{number} {'process' if number == 1 else 'processes'}"


def _not_ignored(numbers: "set[int]") -> "set[int]":
    """Without what was ignored on purpose (nohup): it stays ignored, in the command too."""
    ignored = {n for n in numbers if _signal.getsignal(n) == _signal.SIG_IGN}
    return numbers - (ignored - {SIGCHLD})
