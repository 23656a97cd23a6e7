"""Recorded pods once more, with real processes: what somebody sees of them, for the comparison.

The recorded program is acted by `examples/rehearsals/actor.py`, which obeys the same script; shells
run as they were written. All pods run side by side, each with a network of its own.
"""

import asyncio
import re
import shlex
import sys
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import asdict
from tests.parity.delays import Delays
from tests.recordings.actor import workload_of
from tests.recordings.predict import SLACK_SECONDS, Row, Scene, judge, predict, scene_of
from tests.recordings.recorded import NAMES, recording
from tests.recordings.sights import Moment, SeenEvent, SeenStatus, Sight, durations
from tests.rehearsal.play import ACTED

from holdfast.kubelet.admission import admit
from holdfast.kubelet.outputs import PublishEvent, PublishStatus
from holdfast.model.pod import Pod
from holdfast.model.quantity import Quantity
from holdfast.rehearsal.clock import Clock
from holdfast.rehearsal.commands import CommandLine
from holdfast.rehearsal.container_runtime import ContainerRuntime
from holdfast.rehearsal.pod_rehearsal import PodRehearsal
from holdfast.rehearsal.seen import Seen, Wanted
from holdfast.rehearsal.stage import Plan, prepare
from holdfast.simulation.distribution import uniform
from holdfast.simulation.latency import Latency
from holdfast.simulation.workload import ContainerWorkload, Workload

LONGEST_SECONDS = 301.0
"""Recordings that end within five minutes."""
# What a rehearsal does not have: a scheduler, images, an eviction manager.
ELSEWHERE = {"cannot-schedule", "image-absent", "ephemeral-evicted"}
SHORT_NAMES = tuple(
    name
    for name in NAMES
    if name not in ELSEWHERE
    and recording(name)["marks"]["end"] - recording(name)["marks"]["created"] < LONGEST_SECONDS
)
# A start takes milliseconds here, and longer where others use the processor as well.
_LATENCY = Latency(sandbox=(0.0, 0.3), start=(0.0, 1.5), report=(0.0, 0.3), stop_sandbox=(0.0, 0.3))
# From the first instruction of the interpreter until the actor listens, and what it then holds.
_ACTOR_START = (0.03, 1.0)
_ACTOR_BYTES = Quantity.parse("14Mi")
# Here SIGTERM comes before an interpreter could have a handler for it; a shell is quick enough.
_TERM_AT_ONCE = {"poststart-fails"}
_OBEYS = "trap 'exit 0' TERM; while :; do sleep 0.05; done"
# Pods begin one after the other, so that their first seconds do not slow each other down.
_STAGGER_SECONDS = 0.5


_BUSYBOX = re.compile(r"cat: can't open '(.*)': No such file or directory")


class Acted(NamedTuple):
    """One pod: what its replays are made of, and what was seen of it."""

    scene: Scene
    sights: dict[Sight, Moment]


def reenact(names: tuple[str, ...], directory: Path) -> tuple[dict[str, Acted], Delays]:
    """Run all of them at once; it takes as long as the longest."""

    async def together() -> tuple[list[Acted], Delays]:
        async with Delays.measured() as delays:
            acted = await asyncio.gather(
                *(
                    _act(name, directory / name, number * _STAGGER_SECONDS)
                    for number, name in enumerate(names)
                )
            )
        return acted, delays

    acted, delays = asyncio.run(together())
    return dict(zip(names, acted, strict=True)), delays


def judge_acted(acted: Acted, delays: Delays, seeds: int) -> list[Row]:
    """Every sight against what is predicted of a computer that is as late as this one was."""
    late = delays.wake + delays.start
    spans = asdict(acted.scene.latency)
    scene = acted.scene._replace(
        latency=Latency(**{name: (low, high + late) for name, (low, high) in spans.items()}),
        workload=_workload(acted.scene.pod, late),
    )
    # A sight is late, and what its time is counted from.
    slack = SLACK_SECONDS + 2 * delays.wake
    return judge(acted.sights, predict(scene, seeds), scene.span, slack)


async def _act(name: str, directory: Path, delay: float) -> Acted:
    await asyncio.sleep(delay)
    directory.mkdir()
    pod = _here(recording(name)["manifest"], directory)
    recorded = scene_of(name)
    span = recorded.span
    plan = Plan(
        admit(pod, recorded.kubelet),
        recorded.kubelet,
        {spec.name: _command(name, spec.command) for spec in _containers(pod)},
        {},
        str(directory),
        own_network=True,
    )
    statuses: list[SeenStatus] = []
    events: list[SeenEvent] = []

    def watch(now: float, what: Seen) -> None:
        output = what.output if isinstance(what, Wanted) else None
        if isinstance(output, PublishStatus):
            statuses.append(SeenStatus(now, output.status))
        elif isinstance(output, PublishEvent):
            fields = (output.container, output.reason, output.type, output.message, output.count)
            events.append(SeenEvent(now, *fields))

    runtime = ContainerRuntime.launch()
    try:
        runtime.attach()
        stage = await prepare(plan, runtime)
        rehearsal = PodRehearsal(stage, Clock(), watch)
        created = rehearsal.clock.now()
        rehearsal.begin()
        if recorded.deleted_after is not None:
            grace = float(pod.spec.grace_seconds)
            loop = asyncio.get_running_loop()
            loop.call_later(recorded.deleted_after, rehearsal.delete, grace)
        await rehearsal.wait(span)
        await rehearsal.abandon()
        scene = recorded._replace(
            pod=pod,
            span=span,
            latency=_LATENCY,
            cgroup_v1=stage.tree is None or stage.tree.version == 1,
        )
        return Acted(scene, durations(statuses, events, created))
    finally:
        runtime.close()


def _here(manifest: dict[str, Any], directory: Path) -> Pod:
    """The manifest with its files in a directory of the test."""
    text = msgspec.json.encode(manifest).decode().replace("/tmp/", f"{directory}/")
    pod = msgspec.json.decode(text, type=Pod)
    metadata = msgspec.structs.replace(pod.metadata, uid="00000000-0000-0000-0000-000000000001")
    return msgspec.structs.replace(pod, metadata=metadata)


def _command(name: str, command: tuple[str, ...] | None) -> CommandLine:
    """What stands in for a recorded command."""
    if name in _TERM_AT_ONCE:
        return CommandLine(("/bin/sh", "-c", _OBEYS), given=True)
    if command is None:
        return CommandLine(ACTED, given=True)
    words = tuple(word.replace("/bin/actor", shlex.join(ACTED)) for word in command)
    return CommandLine(words, given=False)


def _workload(pod: Pod, late: float) -> Workload:
    """The recorded script, acted by a program of Python instead of one of Go."""
    workload = workload_of(pod)
    containers = {
        spec.name: _slower(workload.containers[spec.name], late)
        if _is_acted(spec.command)
        else workload.containers[spec.name]
        for spec in _containers(pod)
    }
    return msgspec.structs.replace(
        workload, containers={name: _other_cat(each) for name, each in containers.items()}
    )


def _other_cat(workload: ContainerWorkload) -> ContainerWorkload:
    """The programs of this computer word their errors otherwise than those of busybox."""
    answers = {
        line: tuple(
            msgspec.structs.replace(
                each, output=_BUSYBOX.sub(r"/bin/cat: \1: No such file or directory", each.output)
            )
            for each in every
        )
        for line, every in workload.exec.items()
    }
    return msgspec.structs.replace(workload, exec=answers)


def _slower(workload: ContainerWorkload, late: float) -> ContainerWorkload:
    soonest, latest = _ACTOR_START
    start = msgspec.structs.replace(workload.start, cpu=uniform(soonest, latest + late))
    memory = msgspec.structs.replace(workload.memory, start=_ACTOR_BYTES)
    return msgspec.structs.replace(workload, start=start, memory=memory)


def _is_acted(command: tuple[str, ...] | None) -> bool:
    return command is None or any("/bin/actor" in word for word in command)


def _containers(pod: Pod) -> tuple[Any, ...]:
    return (*(pod.spec.init_containers or ()), *pod.spec.containers)


def main() -> None:
    """Print what was seen of the named recordings, beside what is predicted."""
    import tempfile

    from tests.recordings.predict import lines

    with tempfile.TemporaryDirectory() as directory:
        acted, delays = reenact(tuple(sys.argv[1:]) or SHORT_NAMES, Path(directory))
    for name, each in acted.items():
        for line in lines(name, judge_acted(each, delays, 100)):
            print(line)
    print(delays)


if __name__ == "__main__":
    main()
