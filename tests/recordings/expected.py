"""What is true of each recorded scenario: its state, and the ids that name its cause.

Written from the manifests, the workload scripts and `answers.json`, never from what holdfast says.
Several ids mean that the recording itself does not tell them apart, which is said beside them.
"""

from typing import NamedTuple

from holdfast.model.finding import State


class Truth(NamedTuple):
    """The state at the end, the causes any of which is right, and what must stand beside it."""

    state: State
    causes: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


TRUTHS: dict[str, Truth] = {
    "backoff-reset": Truth(State.RESTARTS, ("A01",)),
    "cannot-schedule": Truth(State.PENDING, ("S01",)),
    "command-not-found": Truth(State.CANNOT_START, ("B01",)),
    "configmap-missing": Truth(State.CANNOT_START, ("B04",)),
    "cpu-starved-liveness": Truth(State.RESTARTS, ("C05",)),
    "delete-drains": Truth(State.STOPPED),
    "delete-ignores-term": Truth(State.STOPPED),
    "delete-prestop": Truth(State.STOPPED),
    "delete-prestop-over-grace": Truth(State.STOPPED),
    "ephemeral-evicted": Truth(State.EVICTED, ("E03",)),
    "exec-probe": Truth(State.RESTARTS, ("C09",)),
    "exec-probe-timeout": Truth(State.RESTARTS, ("C09",)),
    "exit-0-always": Truth(State.RESTARTS, ("A09",)),
    "exit-0-onfailure": Truth(State.COMPLETED, ("NONE",)),
    "exit-1-loop": Truth(State.RESTARTS, ("A01",)),
    "exit-3-never": Truth(State.FAILED),
    "http-404": Truth(State.RESTARTS, ("C02",)),
    "image-absent": Truth(State.CANNOT_START, ("B15",)),
    # The init container's own end is A01; that it is an init container's loop is F09.
    "init-fails": Truth(State.RESTARTS, ("F09", "A01")),
    "init-waits": Truth(State.HEALTHY, ("NONE",)),
    "initial-delay-long": Truth(State.RESTARTS, ("C06",)),
    "liveness-500": Truth(State.RESTARTS, ("C06",)),
    "liveness-and-readiness": Truth(State.RESTARTS, ("C06",)),
    "liveness-blip-recovers": Truth(State.HEALTHY, ("NONE",)),
    "liveness-ignores-term": Truth(State.RESTARTS, ("C06",), ("C14",)),
    "liveness-probe-grace": Truth(State.RESTARTS, ("C06",), ("C15",)),
    "liveness-term-drains": Truth(State.RESTARTS, ("C06",)),
    "liveness-timeout": Truth(State.RESTARTS, ("C04",)),
    # Nothing in a pod's status or events tells of a killed child; only its log does.
    "oom-child": Truth(State.HEALTHY, ("NONE",)),
    "oom-leak": Truth(State.RESTARTS, ("D02",)),
    "poststart-fails": Truth(State.RESTARTS, ("B11",)),
    "readiness-flaps": Truth(State.NOT_READY, ("S02",)),
    "restart-policy-rules": Truth(State.RESTARTS, ("F13",)),
    "shell-pid1-swallows-term": Truth(State.STOPPED, (), ("G01",)),
    "sidecar-startup": Truth(State.STOPPED),
    "slow-start-loop": Truth(State.RESTARTS, ("C03",)),
    "startup-budget-too-small": Truth(State.RESTARTS, ("C08",)),
    "startup-guards": Truth(State.HEALTHY, ("NONE",)),
    "tcp-late": Truth(State.RESTARTS, ("C03",)),
    "two-containers": Truth(State.RESTARTS, ("A01",)),
}
