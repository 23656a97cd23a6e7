"""Deadlines that nobody can stretch (service.md A2, A11, F5, F6)."""

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.dependencies.check import Check
from holdfast.dependencies.verdict import FAILING, FROZEN, UP, Verdict
from holdfast.health.registration import Registration, register
from holdfast.health.run_checks import Runner


def asking(
    name: str, question: Callable[[], Awaitable[Verdict]], timeout: float = 0.05
) -> Registration:
    """An asynchronous check."""
    return register(Check(name, "component", timeout, ask=question), every=5)


def blocking(name: str, question: Callable[[], Verdict], timeout: float = 0.05) -> Registration:
    """A blocking check."""
    return register(Check(name, "component", timeout, ask_blocking=question), every=5)


async def quick() -> Verdict:
    """Up at once."""
    return Verdict(UP, "up")


async def hang() -> Verdict:
    """For ever."""
    await asyncio.Event().wait()
    raise AssertionError("unreachable")


async def swallow() -> Verdict:
    """A client that takes no cancellation for an answer."""
    while True:
        try:
            await asyncio.sleep(0.2)
            return Verdict(UP, "late")
        except asyncio.CancelledError:
            continue


async def test_one_slow_check_delays_no_other_and_fails_alone() -> None:
    """Those that have answered keep their answer (fast-healthchecks fails all of them)."""
    runner = Runner()
    started = time.monotonic()
    verdicts = await runner.run([asking("a", quick), asking("b", hang), asking("c", quick)])

    assert {name: verdict.state for name, verdict in verdicts.items()} == {
        "a": UP, "b": FROZEN, "c": UP,
    }  # fmt: skip
    assert verdicts["b"].detail == "no answer within 0.05 s"
    assert time.monotonic() - started < 5


async def test_client_that_swallows_cancellation_is_left_behind() -> None:
    """`asyncio.timeout` would wait for it; and no second run begins while it lives."""
    runner, stubborn = Runner(), asking("db", swallow)
    first = await runner.run([stubborn])
    second = await runner.run([stubborn])

    assert first["db"].state == second["db"].state == FROZEN
    assert second["db"].detail.startswith("stuck: ")
    await asyncio.sleep(0.3)
    assert (await runner.run([asking("db", quick)]))["db"].state == UP


async def test_hung_thread_is_marked_and_never_joined_by_another() -> None:
    """At most one run per check, and the application's executor stays free (A11)."""
    release, runs = threading.Event(), []

    def wait() -> Verdict:
        runs.append(1)
        release.wait(10)
        return Verdict(UP, "late")

    runner, stuck = Runner(), blocking("db", wait)
    for _ in range(5):
        assert (await runner.run([stuck]))["db"].state == FROZEN
    async with asyncio.timeout(5):
        assert await asyncio.get_running_loop().getaddrinfo("127.0.0.1", 80)
        assert await asyncio.to_thread(lambda: "free") == "free"
    release.set()
    await asyncio.sleep(0.05)

    assert runs == [1]
    assert (await runner.run([stuck]))["db"].state == UP


def test_hung_checks_do_not_hold_the_exit() -> None:
    """The default executor held `asyncio.run` open for 42 s with six of them (F6)."""
    program = """
import asyncio, time
from holdfast.dependencies.check import Check
from holdfast.health.registration import register
from holdfast.health.run_checks import Runner
hung = [register(Check(f"c{n}", "component", 0.05, ask_blocking=lambda: time.sleep(60)), every=5)
        for n in range(20)]
asyncio.run(Runner().run(hung))
print("done")
"""
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, check=False, capture_output=True, timeout=20)

    assert (done.returncode, done.stdout, done.stderr) == (0, b"done\n", b"")


@pytest.mark.parametrize(
    ("question", "detail"),
    [
        (lambda: 1 / 0, "it raised ZeroDivisionError"),
        (lambda: sys.exit(3), "it raised SystemExit"),
        (lambda: "yes", "it answers a str, not a Verdict"),
    ],
)
async def test_what_a_check_raises_is_its_failure(
    question: Callable[[], Verdict], detail: str
) -> None:
    """Only the kind of error is told: its words may hold a DSN."""
    verdict = (await Runner().run([blocking("db", question, timeout=5)]))["db"]

    assert (verdict.state, verdict.detail) == (FAILING, detail)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.floats(0.02, 0.08)), max_size=6))
def test_every_check_has_its_own_deadline(plan: list[tuple[bool, bool, float]]) -> None:
    """Whatever runs beside it: what answers is up, what hangs is frozen after its own time."""
    over = threading.Event()

    def wait() -> Verdict:
        over.wait(10)
        return Verdict(UP, "late")

    def answer() -> Verdict:
        return Verdict(UP, "up")

    async def run() -> dict[str, Verdict]:
        return await Runner().run(
            [
                blocking(str(number), wait if hangs else answer, timeout if hangs else 5)
                if on_thread
                else asking(str(number), hang if hangs else quick, timeout if hangs else 5)
                for number, (on_thread, hangs, timeout) in enumerate(plan)
            ]
        )

    verdicts = asyncio.run(run())
    over.set()

    assert {name: verdict.state for name, verdict in verdicts.items()} == {
        str(number): FROZEN if hangs else UP for number, (_, hangs, _) in enumerate(plan)
    }
    for number, (_, hangs, timeout) in enumerate(plan):
        assert not hangs or verdicts[str(number)].detail == f"no answer within {timeout:g} s"
