"""What holds for every pod, whatever happens to it: the machine under random inputs.

A runtime that answers at random stands behind the machine; the rules of kubelet.md that can never
be broken are checked after every input.
"""

import copy
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from tests.kubelet.random_pods import behaviours, pods

from holdfast.kubelet.behaviour import Behaviour
from holdfast.kubelet.inputs import HookKind, Outcome, ProbeKind
from holdfast.kubelet.machine import PodMachine
from holdfast.kubelet.outputs import (
    CreateSandbox,
    Output,
    PodFinished,
    PublishStatus,
    RemoveContainers,
    RunHook,
    RunProbe,
    SendSignal,
    StartContainer,
    StopSandbox,
)
from holdfast.kubelet.probing import probe_of
from holdfast.model.container import ContainerKind
from holdfast.model.pod import Pod
from holdfast.simulation.streams import Streams

_EXIT_CODES = st.sampled_from((0, 1, 42, 137))
_START_ERRORS = st.sampled_from(("ErrImagePull", "RunContainerError", "CreateContainerError"))
# What a container is allowed beyond its grace: kubelet.md 2.3.
_OVER_GRACE = 3.0


class Kubelet(RuleBasedStateMachine):
    """The machine, and a runtime that does what it says in its own time."""

    @initialize(pod=pods(), behaviour=behaviours(), seed=st.integers(0, 2**32))
    def hear_of_a_pod(self, pod: Pod, behaviour: Behaviour, seed: int) -> None:
        """A kubelet gets a pod."""
        self.now = 0.0
        self.pod = pod
        self.draw = Streams(seed)
        self.machine = PodMachine(pod, behaviour, self.now)
        self.running: dict[str, float] = {}
        self.starting: dict[str, int] = {}
        self.counts: dict[str, int] = {}
        self.shown: dict[str, int] = {}
        self.probes: dict[tuple[str, ProbeKind], None] = {}
        self.hooks: dict[tuple[str, HookKind], None] = {}
        self.terms: dict[str, float] = {}
        self.died_in_hook = ""
        self.asked: list[Output] = []
        self.finished = False
        self.obey()

    # Time

    @rule(seconds=st.floats(0.0, 20.0))
    def time_passes(self, seconds: float) -> None:
        """Some time goes by, and everything that is due is done on its moment."""
        until = self.now + seconds
        while (due := self.machine.next_deadline()) is not None and due <= until:
            self.now = max(self.now, due)
            self.machine.wake(self.now, self.draw)
            self.obey()
            assert all(at > self.now for at in self.machine.state.timers.values())
        self.now = until

    # What the runtime and the processes do

    @precondition(lambda self: any(isinstance(one, CreateSandbox) for one in self.asked))
    @rule(works=st.booleans())
    def sandbox(self, works: bool) -> None:
        """The sandbox is there, or not."""
        self.asked = [one for one in self.asked if not isinstance(one, CreateSandbox)]
        if works:
            self.machine.sandbox_created(self.now, self.draw)
        else:
            self.machine.sandbox_failed("no network", self.now, self.draw)
        self.obey()

    @precondition(lambda self: any(isinstance(one, StopSandbox) for one in self.asked))
    @rule()
    def sandbox_goes(self) -> None:
        """The sandbox of an ending pod is gone."""
        self.asked = [one for one in self.asked if not isinstance(one, StopSandbox)]
        self.machine.sandbox_stopped(self.now)
        self.obey()

    @precondition(lambda self: self.starting)
    @rule(works=st.booleans(), error=_START_ERRORS, data=st.data())
    def container_starts(self, works: bool, error: str, data: Any) -> None:
        """A start that was asked for succeeds or fails."""
        name = data.draw(st.sampled_from(sorted(self.starting)))
        del self.starting[name]
        if works:
            self.running[name] = self.now
            self.machine.container_started(name, self.now, self.draw)
        else:
            self.machine.start_failed(name, error, "because", self.now, self.draw)
        self.obey()

    @precondition(lambda self: self.running)
    @rule(code=_EXIT_CODES, oom=st.booleans(), data=st.data())
    def container_exits(self, code: int, oom: bool, data: Any) -> None:
        """A process ends, because of a signal or by itself."""
        name = data.draw(st.sampled_from(sorted(self.running)))
        self.exit(name, code, oom)

    @precondition(lambda self: self.probes)
    @rule(outcome=st.sampled_from(Outcome), data=st.data())
    def probe_answers(self, outcome: Outcome, data: Any) -> None:
        """A probe comes to something."""
        container, kind = data.draw(st.sampled_from(sorted(self.probes)))
        del self.probes[container, kind]
        self.machine.probe_finished(container, kind, outcome, "text", self.now, self.draw)
        self.obey()

    @precondition(lambda self: self.hooks)
    @rule(succeeded=st.booleans(), data=st.data())
    def hook_ends(self, succeeded: bool, data: Any) -> None:
        """A hook ends."""
        container, kind = data.draw(st.sampled_from(sorted(self.hooks)))
        del self.hooks[container, kind]
        self.machine.hook_finished(container, kind, self.now, self.draw, succeeded=succeeded)
        self.obey()

    # What people and the node do

    @rule(grace=st.sampled_from((0.0, 1.0, 5.0, 30.0)))
    def somebody_deletes(self, grace: float) -> None:
        """The pod is deleted, perhaps again."""
        self.machine.delete(grace, self.now)
        self.obey()

    @rule(grace=st.sampled_from((0.0, 1.0, 10.0)), disrupted=st.booleans())
    def node_evicts(self, grace: float, disrupted: bool) -> None:
        """The kubelet ends the pod."""
        self.machine.end("Evicted", "no room", grace, self.now, disrupted=disrupted)
        self.obey()

    @rule()
    def kubelet_restarts(self) -> None:
        """The kubelet forgets; probes and hooks that it had begun get no answer from now on."""
        self.machine.kubelet_restarted(self.now)
        self.probes.clear()
        self.hooks.clear()
        self.terms.clear()
        self.asked.clear()
        self.obey()

    # What cannot happen, and copies

    @rule(name=st.sampled_from(("app0", "app1", "init0", "sidecar0", "nobody")))
    def nonsense(self, name: str) -> None:
        """What cannot happen changes nothing."""
        machine, now, draw = self.machine, self.now, self.draw
        before = copy.deepcopy(machine.state)
        if name not in self.running:
            machine.container_exited(name, 1, now, draw)
        if name not in self.starting:
            machine.container_started(name, now, draw)
            machine.start_failed(name, "ErrImagePull", "", now, draw)
            machine.pull_started(name, now)
        for kind in ProbeKind:
            if (name, kind) not in self.probes:
                machine.probe_finished(name, kind, Outcome.FAILURE, "", now, draw)
        for hook in HookKind:
            if (name, hook) not in self.hooks:
                machine.hook_finished(name, hook, now, draw, succeeded=False)
        if not any(isinstance(one, CreateSandbox) for one in self.asked):
            machine.sandbox_created(now, draw)
            machine.sandbox_failed("", now, draw)
        if not any(isinstance(one, StopSandbox) for one in self.asked):
            machine.sandbox_stopped(now)

        assert machine.state == before

    @rule(seconds=st.floats(0.0, 200.0))
    def copies_go_their_own_way(self, seconds: float) -> None:
        """What happens to a copy does not reach the original, and both begin alike."""
        before = copy.deepcopy(self.machine.state)
        other = self.machine.copy()
        assert other.state == before

        other.wake(self.now + seconds, lambda _: 0.5)
        for name in self.running:
            other.container_exited(name, 1, self.now + seconds, lambda _: 0.5)
        other.delete(3.0, self.now + seconds)

        assert self.machine.state == before

    # The runtime

    def obey(self) -> None:
        """Do what the machine says, and check that it may say so."""
        while outputs := self.machine.drain():
            for output in outputs:
                self.check(output)

    def check(self, output: Output) -> None:
        """One thing that is asked for."""
        assert not self.finished or isinstance(output, PublishStatus)
        if isinstance(output, StartContainer):
            name = output.container
            assert name not in self.running, "two live instances"
            assert name not in self.starting, "two starts at once"
            assert output.restart_count >= self.counts.get(name, 0), "restart count went back"
            self.starting[name] = self.counts[name] = output.restart_count
        elif isinstance(output, RunProbe):
            self.check_probe(output)
        elif isinstance(output, RunHook):
            self.hooks[output.container, output.kind] = None
        elif isinstance(output, SendSignal):
            self.check_signal(output)
        elif isinstance(output, RemoveContainers):
            assert not self.running, "removed while running"
        elif isinstance(output, PublishStatus):
            self.check_status(output)
        elif isinstance(output, PodFinished):
            assert not self.running, "finished while running"
            self.finished = True
        elif isinstance(output, CreateSandbox | StopSandbox):
            self.asked.append(output)

    def check_probe(self, output: RunProbe) -> None:
        """Only of a container that runs, after its delay, and behind the start-up gate."""
        name, kind = output.container, output.kind
        record = self.machine.state.records[name]
        assert record.kind is not ContainerKind.INIT, "init containers have no probes"
        assert record.lives, "probed before it ever started"
        probe = probe_of(record.spec, kind)
        assert probe is not None
        self.probes[name, kind] = None
        life = record.current
        assert life is not None
        if name in self.running and self.machine.state.shown[name].number == life.number:
            # The start is cut to the second, and the second in progress counts as over.
            age = self.now - int(self.running[name])
            assert age >= probe.initial_delay, "probed before its delay"
        if kind is not ProbeKind.STARTUP and output.attempt == 1:
            assert self.machine.state.shown[name].started, "probed before its start-up gate"

    def check_signal(self, output: SendSignal) -> None:
        """SIGKILL after SIGTERM, never later than the grace allows."""
        name = output.container
        if name == self.died_in_hook:
            # The hook failed first, and the kubelet kills what it does not yet know to be dead.
            return
        assert name in self.running, "a signal for nobody"
        if output.signal == "TERM":
            self.terms[name] = self.now
            return
        longest = max(2.0, float(self.pod.spec.grace_seconds), 30.0)
        assert name in self.terms
        assert self.now - self.terms[name] <= longest + _OVER_GRACE

    def check_status(self, output: PublishStatus) -> None:
        """Restart counts never go back; a pod that runs is not terminal."""
        status = output.status
        for one in (*(status.init_container_statuses or ()), *(status.container_statuses or ())):
            assert one.restart_count >= self.shown.get(one.name, 0)
            self.shown[one.name] = one.restart_count
            states = (one.state.running, one.state.terminated, one.state.waiting)
            assert sum(state is not None for state in states) == 1
            assert not one.ready or one.state.waiting is None
        if status.phase in ("Succeeded", "Failed"):
            apps = status.container_statuses or ()
            assert not any(one.state.running for one in apps)

    def exit(self, name: str, code: int, oom: bool) -> None:
        """A process is gone, and its hooks with it."""
        del self.running[name]
        self.terms.pop(name, None)
        for kind in HookKind:
            if self.hooks.pop((name, kind), ...) is None:
                self.died_in_hook = name
                self.machine.hook_finished(name, kind, self.now, self.draw, succeeded=False)
        self.machine.container_exited(name, code, self.now, self.draw, oom=oom)
        self.obey()
        self.died_in_hook = ""

    @invariant()
    def what_runs_is_known(self) -> None:
        """The machine's truth is the runtime's."""
        if hasattr(self, "machine"):
            alive = {n for n, record in self.machine.state.records.items() if record.alive}
            assert alive == set(self.running)


TestKubelet = Kubelet.TestCase
TestKubelet.settings = settings(max_examples=40, stateful_step_count=50, deadline=None)
