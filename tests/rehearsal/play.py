"""Rehearsals for tests: real processes, and everything that was seen of them."""

import os
import sys
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest

from holdfast.kubelet.admission import admit
from holdfast.kubelet.behaviour import NEWEST, Behaviour, behaviour_of
from holdfast.kubelet.outputs import PublishEvent
from holdfast.model.pod import Pod, PodStatus
from holdfast.rehearsal.commands import choose_commands
from holdfast.rehearsal.given_data import Data
from holdfast.rehearsal.pod_rehearsal import PodRehearsal
from holdfast.rehearsal.rehearse import Exercise, Rehearsed, rehearse
from holdfast.rehearsal.seen import Began, Ended, Probed, Seen, Wanted, Wrote
from holdfast.rehearsal.stage import Plan, Stage

ACTOR = Path(__file__).parents[2] / "examples" / "rehearsals" / "actor.py"
BEHAVIOUR = behaviour_of(NEWEST)
ACTED = (sys.executable, str(ACTOR))


def need_root() -> None:
    """Namespaces with a network, and control groups, are root's."""
    if os.geteuid() != 0:
        message = "rehearsals with every guarantee need root"
        raise (
            pytest.fail.Exception(message)
            if os.environ.get("CI")
            else pytest.skip.Exception(message)
        )


@dataclass
class Play:
    """What was seen, with the time since the beginning."""

    moments: list[tuple[float, Seen]] = field(default_factory=list)
    stage: Stage | None = None
    pod: PodRehearsal | None = None
    rehearsed: Rehearsed | None = None
    begun: float = 0.0
    also: Callable[[PodRehearsal, Seen], None] | None = None

    def announce(self, stage: Stage, pod: PodRehearsal) -> None:
        """Before anything starts."""
        self.stage, self.pod, self.begun = stage, pod, pod.clock.now()

    def watch(self, now: float, what: Seen) -> None:
        """Keep it."""
        self.moments.append((now - self.begun, what))
        if self.also is not None and self.pod is not None:
            self.also(self.pod, what)

    def close(self) -> None:
        """Everything is kept already."""

    def ends(self, container: str = "app") -> list[tuple[int, bool]]:
        """Exit code and whether for memory, of every life."""
        seen = [what for _, what in self.moments if isinstance(what, Ended)]
        return [(each.exit_code, each.oom) for each in seen if each.container == container]

    def starts(self, container: str = "app") -> list[float]:
        """When its lives began."""
        return [
            at
            for at, what in self.moments
            if isinstance(what, Began) and what.container == container
        ]

    def lines(self, container: str = "app") -> list[str]:
        """What it wrote."""
        seen = [what for _, what in self.moments if isinstance(what, Wrote)]
        return [each.line for each in seen if each.container == container]

    def probes(self, container: str = "app") -> list[Probed]:
        """How its probes ended."""
        seen = [what for _, what in self.moments if isinstance(what, Probed)]
        return [each for each in seen if each.container == container]

    def events(self) -> list[str]:
        """Reason and message of every event."""
        wanted = [what.output for _, what in self.moments if isinstance(what, Wanted)]
        return [f"{e.reason}: {e.message}" for e in wanted if isinstance(e, PublishEvent)]

    @property
    def status(self) -> PodStatus:
        """The last one."""
        assert self.rehearsed is not None
        (pod,) = self.rehearsed.snapshot.pods
        return pod.status


def pod_of(*containers: dict[str, Any], behaviour: Behaviour = BEHAVIOUR, **spec: Any) -> Pod:
    """An admitted pod; containers get an image, and the name "app" unless they have one."""
    full = [{"name": "app", "image": "example/app:1", **each} for each in containers]
    inits = [{"image": "example/init:1", **each} for each in spec.pop("initContainers", ())]
    value = {
        "metadata": {"name": "web", "namespace": "default", "uid": str(uuid.uuid4())},
        "spec": {"containers": full, "initContainers": inits or None, **spec},
    }
    return admit(msgspec.convert(value, Pod), behaviour)


def plan_of(
    pod: Pod,
    *command: str,
    commands: dict[str, tuple[str, ...]] | None = None,
    data: Data | None = None,
    own_network: bool = True,
    directory: str = "/",
    behaviour: Behaviour = BEHAVIOUR,
) -> Plan:
    """With a network of its own, so that tests can run side by side."""
    chosen = choose_commands(pod, command, None, commands or {})
    return Plan(pod, behaviour, chosen, data or {}, directory, own_network=own_network)


def play(
    plan: Plan,
    seconds: float,
    also: Callable[[PodRehearsal, Seen], None] | None = None,
    exercise: Exercise | None = None,
) -> Play:
    """Rehearse it, and keep everything."""
    seen = Play(also=also)
    seen.rehearsed = rehearse(plan, exercise or Exercise(seconds), seen)
    return seen


def acting(**script: Any) -> list[dict[str, str]]:
    """The environment of a container that runs the actor."""
    return [{"name": "ACTOR", "value": msgspec.json.encode(script).decode()}]
