"""Transcripts once more, told by the driver of rehearsals: what is seen, for the comparison.

All stories are told side by side, long ones with a clock that runs faster. What a story asks is
left out; what it makes happen is played in both worlds, and the sights of the real one must lie
inside the intervals of virtual ones, whose timers are as late as those of the real one were.
"""

import asyncio
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from tests.kubelet.interpreter import HAPPENINGS, Interpreter, MakeWorld, parse
from tests.kubelet.questions import Command, seconds_of
from tests.kubelet.transcript import steps
from tests.kubelet.world import Setting
from tests.parity.delays import Delays
from tests.parity.real_world import LateWorld, RealWorld
from tests.recordings.predict import Row, intervals, judge, sights_of
from tests.recordings.sights import Moment, Sight

from holdfast.kubelet.inputs import Draw

WALL_SECONDS = 30.0
"""How long each story takes here at most: shorter ones are told as they are."""
LONGEST_SECONDS = 900.0
"""How much of a story is told again: back-offs up to 300 s, and the collection of their entries."""
# Stories begin one after the other, so that their ticks do not fall on the same moments.
_STAGGER_SECONDS = 0.01
# Replays that go on so much longer make complete what may have been seen at the end.
_LONGER = 0.3


class Told(NamedTuple):
    """One story: what happened in it, what was seen, how long it was, and how fast it was told."""

    happenings: tuple[Command, ...]
    sights: dict[Sight, Moment]
    span: float
    speed: float


def retell(paths: list[Path]) -> tuple[dict[str, Told], Delays]:
    """Tell all of them at once; it takes as long as the longest."""

    async def together() -> tuple[list[Told], Delays]:
        async with Delays.measured() as delays:
            told = await asyncio.gather(
                *(_tell(path, number * _STAGGER_SECONDS) for number, path in enumerate(paths))
            )
        return told, delays

    told, delays = asyncio.run(together())
    return dict(zip([path.stem for path in paths], told, strict=True)), delays


def judge_story(told: Told, delays: Delays, seeds: int) -> list[Row]:
    """Every sight, and whether virtual worlds that are as late see it then."""
    late = delays.wake * told.speed
    replays = [_replay(told, partial(LateWorld, seed, late)) for seed in range(seeds)]
    return judge(told.sights, intervals(replays), told.span, late)


async def _tell(path: Path, delay: float) -> Told:
    await asyncio.sleep(delay)
    happenings = list(_happenings(path))
    ends = [seconds_of(each.words[0]) for each in happenings if each.name == "run"]
    begins = [each.seconds("at") for each in happenings if each.name == "pod"]
    speed = max(1.0, (ends[-1] - begins[0]) / WALL_SECONDS)
    worlds: list[RealWorld] = []

    def make_world(setting: Setting, draw: Draw | None) -> RealWorld:
        worlds.append(RealWorld(speed, setting, draw))
        return worlds[0]

    interpreter = Interpreter(make_world)
    for command in happenings:
        if command.name == "run":
            await worlds[0].reach(seconds_of(command.words[0]))
        interpreter.play(command)
    (world,) = worlds
    world.stop()
    created = interpreter.setting.begin
    sights = sights_of(world.trace, created)
    return Told(tuple(interpreter.played), sights, world.now - created, speed)


def _happenings(path: Path) -> Iterator[Command]:
    """What a story makes happen, up to the longest time."""
    for step in steps(path.read_text(encoding="utf-8")):
        command = parse(step)
        if command.name not in HAPPENINGS:
            continue
        if command.name == "run" and seconds_of(command.words[0]) > LONGEST_SECONDS:
            yield command._replace(words=(str(LONGEST_SECONDS),))
            return
        yield command


def _replay(told: Told, make_world: MakeWorld) -> dict[Sight, Moment]:
    interpreter = Interpreter(make_world)
    for command in told.happenings:
        interpreter.play(command)
    world = interpreter.world
    world.run(world.now + told.span * _LONGER)
    return sights_of(world.trace, interpreter.setting.begin)
