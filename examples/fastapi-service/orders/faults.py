"""Breaks the service on purpose: one switch for each classic reason why pods restart.

FAULTS=memory-leak=4Mi,slow-handler=2s sets them at the start; POST /faults/NAME?value=4Mi on the
private port sets them later.
"""

import asyncio
import logging
import os
import re
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass

_LOG = logging.getLogger("orders.faults")
_SECOND = 1.0


@dataclass(frozen=True)
class Fault:
    """A switch: the default of its value ("" for none), whether it acts at the start only."""

    name: str
    value: str
    effect: str
    at_start: bool = False


CATALOGUE = {
    fault.name: fault
    for fault in (
        Fault("liveness-503", "30s", "/healthz answers 503 after this long"),
        Fault("liveness-on-dependency", "", "/healthz answers 503 while Redis is away"),
        Fault("shared-readiness", "", "/readyz answers 503 while Redis is away"),
        Fault("slow-start", "60s", "nothing listens for this long", at_start=True),
        Fault("slow-handler", "5s", "each request of /orders takes this much longer"),
        Fault("crash-without-dependency", "", "ends when PostgreSQL is away", at_start=True),
        Fault("wrong-port", "", "listens on PORT + 1", at_start=True),
        Fault("ignore-sigterm", "", "SIGTERM changes nothing; SIGKILL ends it", at_start=True),
        Fault("memory-leak", "4Mi", "keeps this much more memory each second"),
        Fault("child-oom", "2Gi", "a child process grows to this size and is killed"),
        Fault("task-leak", "1000", "this many more tasks wait for ever, each second"),
        Fault("cpu-burn", "4", "this many threads spin"),
        Fault("hang", "", "the event loop waits for a lock that nobody gives back"),
        Fault("panic", "0s", "an error that nobody handles ends the process: exit code 1"),
        Fault("exit-0", "0s", "exits 0 after this long, as if the work were done"),
    )
}
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30, "": 1}


class FaultError(ValueError):
    """A fault that is not known, or whose value cannot be read."""


class Faults:
    """Which faults are on, since when, and with which value."""

    def __init__(self) -> None:
        """None."""
        self._on: dict[str, tuple[str, float]] = {}
        self._hooks: dict[str, Callable[[], None]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._leaked: list[bytearray] = []
        self._tasks: list[asyncio.Task[bool]] = []

    @classmethod
    def parse(cls, text: str) -> "Faults":
        """Read "name=value,name". Raises FaultError."""
        faults = cls()
        for part in filter(None, (part.strip() for part in text.split(","))):
            name, _, value = part.partition("=")
            faults.switch(name, value)
        return faults

    def switch(self, name: str, value: str = "") -> None:
        """Switch one on, now; an empty value means the default. Raises FaultError."""
        fault = CATALOGUE.get(name)
        if fault is None:
            raise FaultError(f"no fault {name!r}; there are {', '.join(CATALOGUE)}")
        if fault.at_start and self._loop is not None:
            raise FaultError(f"{name} acts at the start only; set FAULTS={name} and restart")
        value = value or fault.value
        if bool(value) != bool(fault.value) or (value and _amount(value) is None):
            expected = f"a value such as {fault.value}" if fault.value else "no value"
            raise FaultError(f"{name}={value}: expected {expected}")
        self._on[name] = value, time.monotonic()
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._act, name)

    def clear(self, name: str) -> None:
        """Switch one off; what has leaked or burnt so far stays."""
        self._on.pop(name, None)

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """The service runs: begin what is on already."""
        self._loop = loop
        for name in self._on:
            self._act(name)

    def when(self, name: str, hook: Callable[[], None]) -> None:
        """Call `hook`, in the loop, when the fault is switched on."""
        self._hooks[name] = hook

    def is_on(self, name: str) -> bool:
        """Whether it is switched on."""
        return name in self._on

    def is_due(self, name: str) -> bool:
        """Whether it is on, and the seconds of its value have passed."""
        state = self._on.get(name)
        return state is not None and time.monotonic() - state[1] > self.seconds(name)

    def seconds(self, name: str) -> float:
        """Its value as seconds; 0 while it is off."""
        return float(self._amount(name))

    def rows(self) -> list[dict[str, object]]:
        """What there is, for the private port."""
        return [{**vars(fault), "active": self.is_on(fault.name)} for fault in CATALOGUE.values()]

    def _amount(self, name: str) -> float:
        state = self._on.get(name)
        return (_amount(state[0]) or 0.0) if state is not None else 0.0

    def _act(self, name: str) -> None:
        """In the event loop."""
        _LOG.warning("fault switched on: %s", name)
        actions: dict[str, Callable[[], object]] = {
            "memory-leak": lambda: self._start_thread(self._leak_memory),
            "child-oom": lambda: self._start_thread(self._grow_child),
            "cpu-burn": lambda: [
                self._start_thread(self._spin) for _ in range(int(self._amount("cpu-burn")))
            ],
            "task-leak": self._leak_tasks,
            "hang": _hang,
            "panic": lambda: self._after(name, _panic),
            "exit-0": lambda: self._after(name, lambda: os._exit(0)),
            **self._hooks,
        }
        action = actions.get(name)
        if action is not None:
            action()

    def _after(self, name: str, action: Callable[[], object]) -> None:
        asyncio.get_running_loop().call_later(self.seconds(name), action)

    @staticmethod
    def _start_thread(target: Callable[[], None]) -> None:
        threading.Thread(target=target, daemon=True).start()

    def _leak_memory(self) -> None:
        while self.is_on("memory-leak"):
            # Written to: memory that nobody touches costs nothing.
            self._leaked.append(bytearray(b"x") * int(self._amount("memory-leak")))
            time.sleep(_SECOND)

    def _leak_tasks(self) -> None:
        if self.is_on("task-leak"):
            loop = asyncio.get_running_loop()
            for _ in range(int(self._amount("task-leak"))):
                self._tasks.append(loop.create_task(asyncio.Event().wait()))
            loop.call_later(_SECOND, self._leak_tasks)

    def _spin(self) -> None:
        while self.is_on("cpu-burn"):
            sum(range(10_000))

    def _grow_child(self) -> None:
        """The kernel kills the child and not this process: Kubernetes says nothing of memory."""
        limit = int(self._amount("child-oom"))
        child = subprocess.run([sys.executable, "-c", _CHILD, str(limit)], check=False)
        _LOG.error("child ended: %s", child.returncode)


_CHILD = """
import sys, time
with open("/proc/self/oom_score_adj", "w") as file:
    file.write("1000")
kept = []
while sum(map(len, kept)) < int(sys.argv[1]):
    kept.append(bytearray(b"x") * (16 << 20))
time.sleep(60)
"""


def _amount(text: str) -> float | None:
    """A duration in seconds, a size in bytes or a count; None for anything else."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([A-Za-z]*)", text)
    if match is None or match[2] not in _UNITS:
        return None
    return float(match[1]) * _UNITS[match[2]]


def _hang() -> None:
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()


def _panic() -> None:
    orders: dict[str, int] = {}
    try:
        orders["lost"] += 1
    except KeyError:
        traceback.print_exc()
        os._exit(1)
