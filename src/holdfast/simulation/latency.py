"""What the container runtime takes for what it is asked (kubelet.md 0.3)."""

import msgspec


class Latency(msgspec.Struct, frozen=True):
    """Uniform between two bounds, in seconds."""

    sandbox: tuple[float, float] = (0.3, 2.0)
    start: tuple[float, float] = (0.1, 0.5)
    report: tuple[float, float] = (0.01, 0.1)
    """From a process's start until the kubelet has heard of it."""
    stop_sandbox: tuple[float, float] = (0.05, 0.5)
    pull: tuple[float, float] = (0.3, 2.0)
    """Asking the registry for an image that is there already, as pull policy Always does."""


IMMEDIATE = Latency((0.0, 0.0), (0.0, 0.0), (0.0, 0.0), (0.0, 0.0), (0.0, 0.0))
"""No latency at all, for worked examples."""
