"""What the kubelet knows of one container: its lives in the runtime, and its results of probes.

Rules: the runtime's truth becomes visible to the kubelet by a relist only (`seen`); decisions and
published states rest on what is visible.
"""

import msgspec

from holdfast.model.container import Container, ContainerKind

RESTARTING_ALL = "RestartingAllContainers"
# pkg/kubelet/kubelet_pods.go
_REMOVED = "The container is removed because RestartAllContainers in place"
_KILLED = 137


class LifeRecord(msgspec.Struct):
    """One run. `started_at` None means that the process could not be started (StartError).

    Of a life that was removed, neither start nor end are known.
    """

    number: int
    started_at: float | None
    finished_at: float | None = None
    exit_code: int = 0
    reason: str = ""
    message: str = ""
    start_seen: bool = False
    end_seen: bool = False

    @property
    def seen_running(self) -> bool:
        """Whether the kubelet takes it for running."""
        return self.start_seen and not self.end_seen

    @property
    def alive(self) -> bool:
        """Whether it really runs."""
        return self.started_at is not None and self.finished_at is None


class ContainerRecord(msgspec.Struct):
    """A container of the pod; `lives` holds the newest two, oldest first."""

    spec: Container
    kind: ContainerKind
    back_off_key: str = ""
    lives: list[LifeRecord] = msgspec.field(default_factory=list)
    restart_count: int = 0
    """The number of the next life."""
    starting: bool = False
    """The runtime was asked to start it and has not answered."""
    pre_stop_runs: bool = False
    pull_told: bool = False
    """The event Pulling of the present attempt is written."""
    removed: LifeRecord | None = None
    """What lastState shows of a life that RestartAllContainers has removed (kubelet.md 3.7)."""
    waiting_reason: str = ""
    waiting_message: str = ""
    gate_inherited: bool = False
    """Kubelet 1.35 and later: `started` of the killed life shows through (kubelet.md 13.3)."""
    kept: tuple[bool, bool] | None = None
    """After a kubelet restart: started and ready as they were, until a probe says (1.11)."""
    definition_changed: bool = False
    resize_restarts: bool = False

    @property
    def name(self) -> str:
        """Its name."""
        return self.spec.name

    @property
    def current(self) -> LifeRecord | None:
        """The newest life that the kubelet knows of, or None."""
        lives = self.lives
        if not lives:
            return None
        newest = lives[-1]
        if newest.start_seen or newest.end_seen:
            return newest
        # The one before has long been seen when another one was started.
        return lives[-2] if len(lives) > 1 else None

    @property
    def newest(self) -> LifeRecord | None:
        """The newest life, seen or not."""
        return self.lives[-1] if self.lives else None

    @property
    def last_exited(self) -> LifeRecord | None:
        """The newest life whose end the kubelet knows of."""
        for life in reversed(self.lives):
            if life.end_seen:
                return life
        return None

    @property
    def seen_running(self) -> bool:
        """Whether the kubelet takes the container for running."""
        life = self.current
        return life is not None and life.seen_running

    @property
    def alive(self) -> bool:
        """Whether a process really runs."""
        return bool(self.lives) and self.lives[-1].alive

    def begin(self, now: float) -> LifeRecord:
        """A new life has started; it is numbered on even when older ones were removed."""
        life = LifeRecord(self.restart_count, now)
        self.restart_count += 1
        # The kubelet keeps one dead container of each name (kubelet.md 3.8).
        self.lives = [*self.lives[-1:], life]
        self.starting = self.pull_told = False
        self.kept = None
        self.definition_changed = self.resize_restarts = False
        return life

    def forget_lives(self) -> None:
        """RestartAllContainers: the runtime has removed every container of that name."""
        if self.lives:
            number = self.lives[-1].number
            self.removed = LifeRecord(
                number, None, None, _KILLED, RESTARTING_ALL, _REMOVED, end_seen=True
            )
        self.lives = []

    def begin_failed(self, message: str, now: float) -> None:
        """The runtime keeps a container that never ran: StartError, code 128 (kubelet.md 2.5)."""
        life = self.begin(now)
        life.started_at, life.finished_at = None, now
        life.exit_code, life.reason, life.message = 128, "StartError", message
