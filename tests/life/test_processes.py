"""Real processes and real signals: workers, phases that hang, a loop that is blocked."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from holdfast.life.page import CLOSING, DRAINING, VARIABLE, create_page

HEADER = """
import asyncio, itertools, logging, sys, threading, time
logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
from holdfast.life import Life
def say(text): print(text, flush=True)
"""


class Started:
    """A Python program that has said that it runs."""

    def __init__(self, program: str, **environment: str) -> None:
        """Start it, and wait for its first line, "up"."""
        text = HEADER + textwrap.dedent(program)
        self.process = subprocess.Popen(
            [sys.executable, "-c", text],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **environment},
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline().strip() == "up"

    def wait_for(self, text: str) -> None:
        """Read until a line holds this text."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if text in line:
                return
        raise AssertionError(f"it ended without {text!r}: {self.end()}")

    def term(self) -> tuple[int, str, str]:
        """Send SIGTERM and wait: exit code, output, errors."""
        self.process.send_signal(signal.SIGTERM)
        return self.end()

    def end(self) -> tuple[int, str, str]:
        """Wait for the end."""
        try:
            out, err = self.process.communicate(timeout=20)
        finally:
            self.process.kill()
        return self.process.returncode, out, err


def test_blocking_worker_ends_by_itself() -> None:
    """It finishes its job, releases in order, and exits 0."""
    worker = Started("""
        life = Life(drain=1)
        life.on_drain(lambda: say("left"))
        life.stop("outbox", lambda: say("flushed"))
        life.stop("pg", lambda: say("closed"), after="outbox")
        with life:
            say("up")
            for number in life.until_drain(itertools.count()):
                time.sleep(0.05)
            say("worked")
    """)

    code, out, err = worker.term()

    lines = [line for line in out.splitlines() if not line.startswith("stop:")]
    assert (code, err) == (0, "")
    assert lines.index("flushed") < lines.index("closed")
    assert set(lines) == {"left", "worked", "flushed", "closed"}
    assert "stop: released after" in out


def test_asynchronous_worker_ends_by_itself() -> None:
    """The same inside a loop, with asynchronous phases on that loop."""
    worker = Started("""
        life = Life(drain=1)
        async def flush(): say("flushed")
        life.stop("outbox", flush)
        async def ticks():
            while True:
                await asyncio.sleep(3600)
                yield 1
        async def main():
            async with life:
                say("up")
                async for tick in life.until_drain(ticks()):
                    pass
                say("worked")
        asyncio.run(main())
    """)

    code, out, _ = worker.term()

    lines = [line for line in out.splitlines() if not line.startswith("stop:")]
    assert (code, lines) == (0, ["worked", "flushed"])


@pytest.mark.parametrize("wait", ["life.closing.wait()", "asyncio.run(news())"])
def test_server_that_knows_no_life_serves_through_the_window(wait: str) -> None:
    """It is stopped by hand when the window is over, and not when the drain begins."""
    worker = Started(f"""
        life = Life(drain=0.5)
        async def news(): await life.closing
        life.on_drain(lambda: say(f"draining, closing is {{bool(life.closing)}}"))
        life.stop("pg", lambda: say("released"))
        with life:
            say("up")
            {wait}
            say(f"closing is {{bool(life.closing)}}")
    """)

    code, out, _ = worker.term()

    lines = [line for line in out.splitlines() if not line.startswith("stop:")]
    assert (code, lines) == (0, ["draining, closing is False", "closing is True", "released"])


def test_worker_that_does_not_listen_is_interrupted() -> None:
    """At the end of the wait its main thread gets a SystemExit, and its resources are released."""
    worker = Started("""
        life = Life(drain=0, in_flight=0.2, forced=5)
        life.stop("pg", lambda: say("closed"))
        with life:
            say("up")
            time.sleep(60)
    """)

    code, out, _ = worker.term()

    assert code == 0
    assert "closed" in out
    assert "still running: the block of this life" in out


@pytest.mark.parametrize(
    "hang", ["time.sleep(60)", "threading.Event().wait()", "while True: pass"], ids=str
)
def test_hanging_phase_costs_its_own_budget(hang: str) -> None:
    """It is abandoned, the next one runs, and the process ends with the code of a clean stop."""
    worker = Started(f"""
        def hang():
            {hang}
        life = Life(drain=0)
        life.stop("hangs", hang, timeout=0.3)
        life.stop("pg", lambda: say("closed"), after="hangs")
        with life:
            say("up")
            life.draining.wait()
    """)

    code, out, _ = worker.term()

    assert code == 0
    assert "stop phase hangs is over its budget of 0.3 s: abandoned" in out
    assert "closed" in out


def test_evidence_is_left_before_the_kubelet_kills() -> None:
    """A process that cannot end writes all stacks, and the reason, and exits 70."""
    worker = Started("""
        life = Life(drain=0, in_flight=0.2, forced=0.2)
        def stubborn():
            while True:
                time.sleep(0.1)
        threading.Thread(target=stubborn).start()
        with life:
            say("up")
            life.draining.wait()
    """)

    code, _, err = worker.term()

    assert code == 70
    assert "holdfast: forced exit: the budget of the stop is used up while ending" in err
    assert "in stubborn" in err


def test_blocked_loop_cannot_hold_the_process() -> None:
    """Asynchronous phases that never get their turn are abandoned from another thread."""
    worker = Started("""
        life = Life(drain=0, in_flight=0.2, forced=0.2)
        async def flush(): say("flushed")
        life.stop("outbox", flush, timeout=0.3)
        async def main():
            async with life:
                say("up")
                while True:
                    time.sleep(0.01)
        asyncio.run(main())
    """)

    code, out, _ = worker.term()

    assert code == 70
    assert "stop phase outbox is over its budget" in out
    assert "requests abandoned: forced stop" in out
    assert "flushed" not in out


def test_two_more_signals_force() -> None:
    """Who sends SIGTERM three times does not wait for requests."""
    worker = Started("""
        life = Life(drain=30)
        life.stop("pg", lambda: say("closed"))
        life.on_drain(lambda: say("draining"))
        with life:
            say("up")
            while True:
                try:
                    time.sleep(0.05)
                except BaseException:
                    pass
    """)
    for answer in ("draining", "window of 30 s ended"):
        worker.process.send_signal(signal.SIGTERM)
        worker.wait_for(answer)

    code, out, _ = worker.term()

    assert code == 70
    assert "third SIGTERM" in out
    assert "closed" in out


def test_supervised_worker_follows_the_page() -> None:
    """Under a supervisor no signal is needed: the page says when to drain and to close."""
    page = create_page()
    program = """
        life = Life()
        life.stop("pg", lambda: say("closed"))
        with life:
            say("up")
            for number in life.until_drain(itertools.count()):
                time.sleep(0.01)
            say("worked")
    """
    worker = Started(program, **{VARIABLE: page.path})
    assert page.in_use
    page.advance(DRAINING)
    page.advance(CLOSING)

    code, out, _ = worker.end()
    Path(page.path).unlink()

    assert code == 0
    assert [line for line in out.splitlines() if "stop:" not in line] == ["worked", "closed"]
    assert page.ready


def test_worker_that_starts_during_the_drain_ends_with_the_others() -> None:
    """A server replaces workers at any moment; a late one must not fail, nor stay."""
    page = create_page()
    page.advance(DRAINING)
    program = """
        # Its words would come between those that are waited for.
        logging.disable()
        life = Life()
        life.stop("pg", lambda: say("closed"))
        with life:
            say("up")
            while not life.closing:
                time.sleep(0.01)
            say("worked")
    """
    worker = Started(program, **{VARIABLE: page.path})
    page.advance(CLOSING)

    code, out, _ = worker.end()
    Path(page.path).unlink()

    assert code == 0
    assert out.splitlines() == ["worked", "closed"]
