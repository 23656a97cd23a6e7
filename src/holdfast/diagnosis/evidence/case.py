"""One container (or one whole pod) with everything that is known about it.

A cause asks a `Case` and nothing else. Answers are computed when first asked for, because most
pods are healthy and most causes decline after one look.
"""

from functools import cached_property

from holdfast.diagnosis.evidence.bursts import Burst
from holdfast.diagnosis.evidence.context import Context
from holdfast.diagnosis.evidence.kernel_log import KernelKill, kernel_kills
from holdfast.diagnosis.evidence.lives import Life, lives_of
from holdfast.diagnosis.evidence.log_lines import LogMatch, match_log
from holdfast.diagnosis.evidence.pod_events import PodEvents, ProbeKill, ProbeResult
from holdfast.diagnosis.evidence.probe_story import ProbeStory, blames
from holdfast.diagnosis.evidence.program import Program, read_program
from holdfast.diagnosis.evidence.stops import Stop, find_stop
from holdfast.model.container import Container, ContainerKind, ContainerStatus, Probe
from holdfast.model.hook_length import slept_seconds
from holdfast.model.instant import Instant, parse_instant
from holdfast.model.measurement import Measurement
from holdfast.model.node import KubernetesVersion, Node
from holdfast.model.pod import Member, Pod
from holdfast.model.snapshot import Log, LogLife
from holdfast.model.span import Origin


class Case:
    """A container under diagnosis; `member` is None when the pod as a whole is meant."""

    def __init__(
        self, context: Context, pod: Pod, member: Member | None, events: PodEvents
    ) -> None:
        """Bind a container to the snapshot it was read from."""
        self.context = context
        self.pod = pod
        self.member = member
        self.events = events

    # What it is

    @property
    def name(self) -> str:
        """The container's name, "" for the pod as a whole."""
        return self.member.name if self.member else ""

    @property
    def kind(self) -> ContainerKind:
        """Which list of the pod it stands in; APP for the pod as a whole."""
        return self.member.kind if self.member else ContainerKind.APP

    @property
    def spec(self) -> Container | None:
        """What was asked for, from the running pod; None where it was not read."""
        return self.member.spec if self.member else None

    @property
    def status(self) -> ContainerStatus | None:
        """What the kubelet reports; None where it was not read."""
        return self.member.status if self.member else None

    @property
    def node(self) -> Node | None:
        """The pod's node, where it was read."""
        return self.context.node_of(self.pod)

    @property
    def version(self) -> KubernetesVersion | None:
        """The kubelet's version, where it was read."""
        return self.context.version_of(self.pod)

    @property
    def container_runtime(self) -> str:
        """ "containerd", "cri-o", "docker" or ""."""
        return self.context.runtime_of(self.pod)

    @cached_property
    def program(self) -> Program:
        """What runs inside, as far as command, image and log tell."""
        return read_program(self.spec, self.logs)

    # How it ended

    @cached_property
    def lives(self) -> tuple[Life, ...]:
        """Ended lives, oldest first: at most two, because the API keeps one (kubelet.md Q40)."""
        return lives_of(self.pod, self.member, self.pod_source) if self.member else ()

    @cached_property
    def life(self) -> Life | None:
        """The last life that ended, or None."""
        return self.lives[-1] if self.lives else None

    @property
    def exit_code(self) -> int | None:
        """The exit code of the last life that ended, or None."""
        return self.life.exit_code if self.life else None

    @property
    def uptime_seconds(self) -> float | None:
        """How long the last ended life ran, or None where it is not known."""
        return self.life.uptime_seconds if self.life else None

    @cached_property
    def stop(self) -> Stop | None:
        """Who stopped it, as far as Killing events tell."""
        return find_stop(self.events, self.name, self.life, self._ended_lives)

    @cached_property
    def stop_would_show(self) -> bool:
        """Whether a stop of the last life by the kubelet would be among the events read.

        Killing events are throttled and expire: their absence alone proves nothing.
        """
        if self.stop is not None and self.stop.spans:
            return False
        end = self.life.finished if self.life else None
        return end is not None and self.events.would_show_stop(end, self.context.now)

    @property
    def restarts(self) -> int:
        """restartCount."""
        return self.status.restart_count if self.status else 0

    @property
    def waiting_reason(self) -> str:
        """state.waiting.reason, or ""."""
        waiting = self.status.state.waiting if self.status else None
        return waiting.reason if waiting else ""

    @property
    def waiting_message(self) -> str:
        """state.waiting.message, or ""."""
        waiting = self.status.state.waiting if self.status else None
        return waiting.message if waiting else ""

    @property
    def running_seconds(self) -> float | None:
        """How long the current life has run at the time of the capture, or None."""
        running = self.status.state.running if self.status else None
        started = parse_instant(running.started_at) if running else None
        if started is None or self.context.now is None:
            return None
        return max(0.0, self.context.now - started)

    # Probes

    def probe(self, name: str) -> Probe | None:
        """The liveness, readiness or startup probe, or None."""
        if self.spec is None:
            return None
        return {
            "liveness": self.spec.liveness_probe,
            "readiness": self.spec.readiness_probe,
            "startup": self.spec.startup_probe,
        }[name]

    @cached_property
    def probe_kills(self) -> tuple[ProbeKill, ...]:
        """Kills of this container that an event blames on a probe, oldest first."""
        return tuple(kill for kill in self.events.probe_kills if kill.container == self.name)

    def probe_results(self, *probes: str) -> tuple[ProbeResult, ...]:
        """Results of these probes of this container that events report, oldest first.

        An event without a container counts for it when no other container has such a probe.
        """
        return tuple(
            result
            for result in self.events.probe_results
            if result.probe in probes and self._concerns(result)
        )

    def probe_story(self, name: str) -> ProbeStory | None:
        """The liveness or startup probe, its results and the life it may have ended."""
        probe = self.probe(name)
        if probe is None:
            return None
        return ProbeStory(
            name=name,
            probe=probe,
            results=self.probe_results(name),
            stop=self.stop if blames(self.stop, name) else None,
            life=self.life,
            pod_grace_seconds=self.pod.spec.grace_seconds,
            pre_stop_seconds=slept_seconds(self.spec.pre_stop if self.spec else None) or 0.0,
            first_started=self._first_started,
            never_answered=self._never_answered(name),
        )

    @cached_property
    def killing_story(self) -> ProbeStory | None:
        """The probe that killed this container, by a Killing event or else by its uptime.

        An inferred kill needs an earlier kill by that probe, failing results of it, or an uptime
        inside its window, and nothing else that names the end (causes.md 6.2).
        """
        stories = [story for name in ("startup", "liveness") if (story := self.probe_story(name))]
        for story in stories:
            if story.stop is not None and story.stop.direct:
                return story
        if (self.stop is not None and self.stop.direct) or self.stop_would_show:
            return None
        for story in stories:
            if story.possible_end and (story.stop is not None or self._inferred(story)):
                return story
        return None

    def _inferred(self, story: ProbeStory) -> bool:
        """A kill that no event tells of: not where the process wrote why it ended by itself."""
        if story.all_discarded or (story.own_code and self.log_matches):
            return False
        return story.fit_weight is not None or story.failing_at_end or story.fails_often

    def _never_answered(self, probe: str) -> bool:
        answered = self.measured.answered_probes if self.measured is not None else None
        return answered is not None and probe not in answered

    @property
    def _ended_lives(self) -> int:
        status = self.status
        if status is None:
            return 0
        return status.restart_count + (status.state.terminated is not None)

    @property
    def _first_started(self) -> Instant | None:
        """When the container was first started, by an event with an exact time."""
        exact = [e for e in self.events.about(self.name, "Started") if e.metadata.name]
        return exact[0].first if exact and self.member else None

    @cached_property
    def possible_story(self) -> ProbeStory | None:
        """The probe that may have ended the last life, where no event tells; None where none may.

        The end must be one that a stop brings about, after a life long enough for a verdict.
        """
        if self.events:
            return None
        for name in ("liveness", "startup"):
            story = self.probe_story(name)
            uptime = self.uptime_seconds
            if story is None or uptime is None or not story.possible_end:
                continue
            if uptime >= story.window.low:
                return story
        return None

    def _concerns(self, result: ProbeResult) -> bool:
        if result.container:
            return result.container == self.name
        field = f"{result.probe}_probe"
        with_probe = [m.name for m in self.pod.members() if m.spec and getattr(m.spec, field)]
        return with_probe == [self.name] or (
            self.name in with_probe and not self._port_says_no(result)
        )

    def _port_says_no(self, result: ProbeResult) -> bool:
        # "Get http://10.0.0.1:8080/...": the port tells the containers of a pod apart.
        probe = self.probe(result.probe)
        port = probe.port if probe else None
        return isinstance(port, int) and "://" in result.output and f":{port}" not in result.output

    @cached_property
    def other_uptimes(self) -> tuple[float, ...]:
        """Uptimes of the container's life before the last one, and of its replicas' last lives."""
        others = list(self.lives[:-1])
        for pod in self.context.siblings(self.pod):
            for member in pod.members():
                if member.name == self.name:
                    others.extend(lives_of(pod, member, "")[-1:])
        return tuple(life.uptime_seconds for life in others if life.uptime_seconds is not None)

    # Logs

    @cached_property
    def logs(self) -> tuple[Log, ...]:
        """Logs of this container, those of the previous life first."""
        mine = [
            log
            for log in self.context.logs_of(self.pod)
            if log.container == self.name or not log.container
        ]
        return tuple(sorted(mine, key=lambda log: log.life is not LogLife.PREVIOUS))

    @property
    def has_ended_log(self) -> bool:
        """Whether a log of an ended life was read: without one, silence means nothing."""
        return any(self._is_ended(log) for log in self.logs)

    @property
    def last_words(self) -> tuple[str, ...]:
        """The last lines of the ended life: previous log, else the termination message."""
        for log in self.logs:
            if self._is_ended(log) and log.lines:
                return log.lines[-20:]
        message = self.life.message if self.life else ""
        return tuple(message.splitlines()[-20:])

    @cached_property
    def log_matches(self) -> tuple[LogMatch, ...]:
        """Signature matches in the logs of ended lives, then in the termination message.

        The message of a life that never started is the runtime's and not the program's.
        """
        logs = [log for log in self.logs if self._is_ended(log)]
        message = self.life.message if self.life and self.life.started_at_all else ""
        if message and self.life is not None:
            source = f"{self.life.origin.source} {self.life.origin.field}.message".strip()
            logs.append(Log(tuple(message.splitlines()), source, LogLife.PREVIOUS))
        return tuple(m for log in logs for m in match_log(log, self.context.signatures))

    @cached_property
    def current_log_matches(self) -> tuple[LogMatch, ...]:
        """Signature matches in the log of the life that still runs."""
        running = [log for log in self.logs if not self._is_ended(log)]
        return tuple(m for log in running for m in match_log(log, self.context.signatures))

    def matches(self, *causes: str) -> tuple[LogMatch, ...]:
        """The matches of signatures that these causes own, in ended lives."""
        return tuple(match for match in self.log_matches if match.cause in causes)

    def _is_ended(self, log: Log) -> bool:
        if log.life is LogLife.PREVIOUS or self.status is None:
            return True
        # While nothing runs, `kubectl logs` shows the life that has just ended. A state that was
        # not read (names of log files) says neither.
        state = self.status.state
        if state == self.status.EMPTY:
            return log.life is not LogLife.CURRENT
        return state.running is None

    # Surroundings

    @cached_property
    def kernel_kills(self) -> tuple[KernelKill, ...]:
        """Victims of the kernel's OOM killer in this container that its node's log tells of."""
        return kernel_kills(self.context.kernel_kills, self.pod, self.name)

    @cached_property
    def burst(self) -> Burst | None:
        """The burst that the last end belongs to, or None."""
        return self.context.burst_of(self.pod, self.name)

    @property
    def measured(self) -> Measurement | None:
        """What somebody measured of it, beside what Kubernetes tells."""
        return self.context.measurement_of(self.pod, self.name)

    def measured_origin(self, what: str) -> Origin:
        """Where a measurement comes from, for evidence."""
        namespace, name = self.pod.key
        source = self.measured.source if self.measured is not None else ""
        return Origin(source, f"pod/{namespace}/{name}", f"measured[{self.name}].{what}")

    @property
    def pod_source(self) -> str:
        """The file or request that the pod came from."""
        namespace, name = self.pod.key
        return self.context.snapshot.origin_of("Pod", namespace, name)

    def status_origin(self, field: str) -> Origin:
        """Where a field of this container's status stands, for evidence."""
        namespace, name = self.pod.key
        path = f"status[{self.name}].{field}" if self.name else f"status.{field}"
        return Origin(self.pod_source, f"pod/{namespace}/{name}", path)

    def spec_origin(self, field: str) -> Origin:
        """Where a field of this container's specification stands, for evidence."""
        namespace, name = self.pod.key
        path = f"spec[{self.name}].{field}" if self.name else f"spec.{field}"
        return Origin(self.pod_source, f"pod/{namespace}/{name}", path)
