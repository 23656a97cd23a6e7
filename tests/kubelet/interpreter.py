"""Plays transcripts: every command that a story may use, each documented at its function.

Rules: commands that make something happen (`kubelet`, `pod`, `run` and so on) are remembered, so
that `bounds` can play the story again with chance; commands that ask (`starts`, `waits`, `events`
and so on) change nothing. Numbers are seconds of the story. Every `_do_NAME` is the command NAME.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import inf
from typing import Any

import msgspec
import yaml
from tests.kubelet.questions import Command, seconds_of, status_lines, values
from tests.kubelet.transcript import Step
from tests.kubelet.world import Setting, VirtualWorld, World

from holdfast.kubelet.behaviour import behaviour_of
from holdfast.kubelet.inputs import Draw
from holdfast.kubelet.outputs import (
    PublishEvent,
    PublishStatus,
)
from holdfast.model.node import parse_version
from holdfast.model.pod import Pod
from holdfast.simulation.narrate import narrate
from holdfast.simulation.read_workload import API_VERSION, KIND, read_workload
from holdfast.simulation.streams import ExtremeStreams
from holdfast.simulation.workload import Workload

MakeWorld = Callable[[Setting, Draw | None], World]

# Two moments this close are one: sums of tenths leave such remainders.
_CLOSE = 1e-6
_UID = "00000000-0000-4000-8000-000000000000"


def parse(step: Step) -> Command:
    """The command of a step."""
    name, *rest = step.line.split()
    options = dict(word.split("=", 1) for word in rest if "=" in word)
    return Command(name, tuple(word for word in rest if "=" not in word), options, step.body)


@dataclass
class Interpreter:
    """One story on its way."""

    make_world: MakeWorld = VirtualWorld
    draw: Draw | None = None
    setting: Setting = field(default_factory=Setting)
    workload: Workload = field(default_factory=Workload)
    played: list[Command] = field(default_factory=list)
    told: int = 0
    pod: Pod | None = None
    _world: World | None = None

    def perform(self, step: Step) -> str:
        """What a command prints. Raises ValueError for one that does not exist."""
        return self.play(parse(step))

    def play(self, command: Command) -> str:
        """The same, for a command that was taken apart already."""
        action = getattr(self, f"_do_{command.name.replace('-', '_')}", None)
        if action is None:
            known = ", ".join(sorted(n[4:] for n in dir(self) if n.startswith("_do_")))
            raise ValueError(f"unknown command {command.name!r}; expected one of {known}")
        if command.name in HAPPENINGS:
            self.played.append(command)
        return str(action(command))

    @property
    def world(self) -> World:
        """The world, once it has a pod."""
        if self._world is None:
            raise ValueError("the story has no pod yet: begin with `pod`")
        return self._world

    # What is fixed before the story begins

    def _do_kubelet(self, command: Command) -> str:
        """kubelet VERSION [patch=N] [age=SECONDS] [cap=SECONDS] [Gate=true ...]: who runs the pod.

        A kubelet is very old unless its age is given; cap is maxContainerRestartPeriod.
        """
        version = parse_version(command.words[0])
        if version is None:
            raise ValueError(f"{command.words[0]!r}; expected a version such as 1.36")
        patch = command.options.get("patch")
        gates = {k: v == "true" for k, v in command.options.items() if k[0].isupper()}
        self.setting.kubelet = behaviour_of(version, int(patch) if patch else None, gates)
        self.setting.kubelet_age = command.seconds("age", inf)
        cap = command.options.get("cap")
        self.setting.back_off_cap = seconds_of(cap) if cap else None
        return "ok"

    def _do_latency(self, command: Command) -> str:
        """latency [sandbox=S] [start=S] [report=S] [stop_sandbox=S]: what the runtime takes.

        S is one number or LOW..HIGH; everything takes no time by default.
        """
        changes = {name: _span(text) for name, text in command.options.items()}
        self.setting.latency = msgspec.structs.replace(self.setting.latency, **changes)
        return "ok"

    def _do_chance(self, command: Command) -> str:
        """chance PURPOSE=NUMBER ... (`_` for spaces): a draw that differs from section 15's."""
        for purpose, number in command.options.items():
            self.setting.draws[purpose.replace("_", " ")] = float(number)
        return "ok"

    def _do_workload(self, command: Command) -> str:
        """workload, and the document of docs/workloads.md without apiVersion and kind."""
        value = {"apiVersion": API_VERSION, "kind": KIND, **yaml.safe_load(command.body)}
        self.workload = read_workload(value, "workload")
        return "ok"

    # What happens

    def _do_pod(self, command: Command) -> str:
        """pod [NAME] [at=SECONDS], and its spec: the kubelet hears of it. Needs the workload first.

        Containers without an image get app:1.
        """
        self.setting.begin = command.seconds("at", self.setting.begin)
        name = command.words[0] if command.words else "web"
        self.pod = read_pod(name, command.body)
        self._world = self.make_world(self.setting, self.draw)
        self._world.add_pod(self.pod, self.workload)
        return "ok"

    def _do_run(self, command: Command) -> str:
        """run UNTIL [show=start,exit,...]: time passes; prints what happened, if asked to.

        Kinds are start, exit, signal, hook, event, status, probe and finished, or all.
        """
        self.world.run(seconds_of(command.words[0]))
        kinds = command.options.get("show", "").split(",")
        lines = narrate(self.world.trace[self.told :], probes="probe" in kinds)
        self.told = len(self.world.trace)
        if kinds == [""]:
            return "ok"
        told = [line for line in lines if "all" in kinds or line.split()[1] in kinds]
        return _lines(line.strip() for line in told)

    def _do_delete(self, command: Command) -> str:
        """delete [grace=SECONDS]: somebody deletes the pod now."""
        grace = self.pod.spec.grace_seconds if self.pod else 0
        self.world.delete(command.seconds("grace", float(grace)))
        return "ok"

    def _do_evict(self, command: Command) -> str:
        """evict [grace=SECONDS] [reason=Evicted] [own-fault], and the message: the kubelet ends it.

        own-fault when the pod's own limits are the reason, and not the node.
        """
        grace = command.seconds("grace", self.setting.kubelet.hard_eviction_grace_seconds)
        reason = command.options.get("reason", "Evicted")
        self.world.end(reason, command.body, grace, disrupted="own-fault" not in command.words)
        return "ok"

    def _do_edit(self, command: Command) -> str:
        """edit, and the whole new spec: somebody changes the pod now."""
        if self.pod is None:
            raise ValueError("the story has no pod yet: begin with `pod`")
        self.pod = read_pod(self.pod.metadata.name, command.body)
        self.world.replace(self.pod)
        return "ok"

    def _do_restart_kubelet(self, _: Command) -> str:
        """restart-kubelet: it forgets what it keeps in memory; the processes go on."""
        self.world.restart_kubelet()
        return "ok"

    # What is asked

    def _do_starts(self, command: Command) -> str:
        """starts [CONTAINER]: when its processes were started."""
        return _numbers(self.values(command))

    def _do_exits(self, command: Command) -> str:
        """exits [CONTAINER]: when its processes ended."""
        return _numbers(self.values(command))

    def _do_waits(self, command: Command) -> str:
        """waits [CONTAINER]: from each end to the next start."""
        return _numbers(self.values(command))

    def _do_kills(self, command: Command) -> str:
        """kills [CONTAINER] [signal=TERM]: when the signal was sent."""
        return _numbers(self.values(command))

    def _do_probes(self, command: Command) -> str:
        """probes [CONTAINER] kind=liveness: when it was asked."""
        return _numbers(self.values(command))

    def _do_shown(self, command: Command) -> str:
        """shown [CONTAINER] what=TEXT: when the API began to show a state such as that text.

        States read like "running", "waiting CrashLoopBackOff", "terminated Error 1", "ready".
        """
        return _numbers(self.values(command))

    def _do_restarts(self, command: Command) -> str:
        """restarts [CONTAINER]: the restartCount that the API shows."""
        return _numbers(self.values(command))

    def _do_events(self, command: Command) -> str:
        """events [reason=R,...]: each different event, how often, and when first and last."""
        reasons = [r for r in command.options.get("reason", "").split(",") if r]
        found: dict[PublishEvent, list[float]] = {}
        for happening in self.world.trace:
            what = happening.what
            if isinstance(what, PublishEvent) and (not reasons or what.reason in reasons):
                found.setdefault(msgspec.structs.replace(what, count=1), []).append(happening.at)
        return _lines(
            f"{len(at)}x {_number(at[0])} to {_number(at[-1])}  {e.type} {e.reason}: {e.message}"
            for e, at in found.items()
        )

    def _do_status(self, command: Command) -> str:
        """status [conditions]: what the API shows now."""
        statuses = [h.what.status for h in self.world.trace if isinstance(h.what, PublishStatus)]
        if not statuses:
            return "none yet"
        return _lines(status_lines(statuses[-1], conditions="conditions" in command.words))

    def _do_bounds(self, command: Command) -> str:
        """bounds QUESTION [seeds=N], and one line LOW to HIGH for each number that is asked for.

        Plays the story so far again with N seeds of chance. Raises AssertionError for the first
        number outside, whatever the transcript expects: rewriting does not make it right.
        """
        bounds = [_bound(line) for line in command.body.splitlines()]
        seeds = int(command.options.get("seeds", "40"))
        question = Command(command.words[0], command.words[1:], command.options, "")
        for seed in range(seeds):
            replay = Interpreter(self.make_world, ExtremeStreams(seed))
            for played in self.played:
                replay.play(played)
            values = replay.values(question)
            assert len(values) >= len(bounds), f"seed {seed}: {values}, fewer than the bounds"
            for i, (value, (low, high)) in enumerate(zip(values, bounds, strict=False), 1):
                inside = low - _CLOSE <= value <= high + _CLOSE
                assert inside, f"seed {seed}: number {i} is {value}, not in {low} to {high}"
        return f"all inside, {seeds} seeds"

    def values(self, command: Command) -> list[float]:
        """The numbers that a question asks for."""
        return values(self.world.trace, command)


HAPPENINGS = (
    "kubelet", "latency", "chance", "workload", "pod", "run", "delete", "evict", "edit",
    "restart-kubelet",
)  # fmt: skip


def read_pod(name: str, spec: str) -> Pod:
    """A pod of the default namespace from the YAML of its spec."""
    value: dict[str, Any] = yaml.safe_load(spec)
    for key in ("initContainers", "containers"):
        for container in value.get(key) or ():
            container.setdefault("image", "app:1")
    metadata = {"name": name, "namespace": "default", "uid": _UID}
    return msgspec.convert({"metadata": metadata, "spec": value}, Pod)


def _bound(line: str) -> tuple[float, float]:
    match = re.fullmatch(r"(\S+) to (\S+)", line.strip())
    if match is None:
        raise ValueError(f"{line!r}; expected LOW to HIGH")
    return float(match[1]), float(match[2])


def _span(text: str) -> tuple[float, float]:
    low, _, high = text.partition("..")
    return seconds_of(low), seconds_of(high or low)


def _number(value: float) -> str:
    return f"{round(value, 2):.10g}"


def _numbers(values: Iterable[float]) -> str:
    return ", ".join(_number(value) for value in values) or "none"


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(lines) or "nothing"
