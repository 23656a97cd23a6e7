"""Which probes and lifecycle hooks the API server accepts (kubelet.md 1.1, 4.1, 4.3).

Source: kubernetes v1.36.2 pkg/apis/core/validation/validation.go validateProbe, validateHandler,
validateLifecycle.
"""

from collections.abc import Iterator

from holdfast.kubelet.behaviour import Behaviour
from holdfast.kubelet.field_rules import (
    check_int32,
    check_int64,
    check_not_negative,
    check_port,
)
from holdfast.kubelet.violation import Violation, forbidden, invalid, not_supported, required
from holdfast.model.container import (
    Container,
    ExecAction,
    GrpcAction,
    HttpGetAction,
    LifecycleHandler,
    Probe,
    SleepAction,
    TcpSocketAction,
)

_Handler = ExecAction | HttpGetAction | TcpSocketAction | GrpcAction | SleepAction
_NUMBERS = (
    ("initial_delay_seconds", "initialDelaySeconds"),
    ("timeout_seconds", "timeoutSeconds"),
    ("period_seconds", "periodSeconds"),
    ("success_threshold", "successThreshold"),
    ("failure_threshold", "failureThreshold"),
)


def check_probes_and_hooks(
    path: str, container: Container, grace_seconds: int, behaviour: Behaviour
) -> Iterator[Violation]:
    """Those of a container that may have them; `path` is that of the container."""
    lifecycle = container.lifecycle
    if lifecycle is not None:
        for name, hook in (("postStart", lifecycle.post_start), ("preStop", lifecycle.pre_stop)):
            if hook is not None:
                place = f"{path}.lifecycle.{name}"
                yield from _check_hook(place, hook, grace_seconds, behaviour)
    for field, probe in (
        ("livenessProbe", container.liveness_probe),
        ("readinessProbe", container.readiness_probe),
        ("startupProbe", container.startup_probe),
    ):
        if probe is None:
            continue
        place = f"{path}.{field}"
        yield from _check_probe(place, probe)
        if field == "readinessProbe":
            if probe.termination_grace_period_seconds is not None:
                yield invalid(
                    f"{place}.terminationGracePeriodSeconds",
                    probe.termination_grace_period_seconds,
                    "must not be set for readinessProbes",
                    "remove it: a readiness probe never ends a container",
                )
        elif probe.successes != 1:
            yield invalid(f"{place}.successThreshold", probe.successes, "must be 1")


def forbid_probes_and_hooks(path: str, container: Container) -> Iterator[Violation]:
    """Init containers that are no sidecars have neither hooks nor probes."""
    fields = {
        "lifecycle": container.lifecycle,
        "livenessProbe": container.liveness_probe,
        "readinessProbe": container.readiness_probe,
        "startupProbe": container.startup_probe,
    }
    for name, value in fields.items():
        if value is not None:
            yield forbidden(
                f"{path}.{name}", "may not be set for init containers without restartPolicy=Always"
            )


def _check_probe(path: str, probe: Probe) -> Iterator[Violation]:
    yield from _check_handlers(
        path,
        {
            "exec": probe.exec,
            "httpGet": probe.http_get,
            "tcpSocket": probe.tcp_socket,
            "grpc": probe.grpc,
        },
    )
    for name, field in _NUMBERS:
        value: int | None = getattr(probe, name)
        if value is not None:
            yield from check_not_negative(f"{path}.{field}", value)
    grace = probe.termination_grace_period_seconds
    if grace is not None:
        if grace <= 0:
            place = f"{path}.terminationGracePeriodSeconds"
            yield invalid(place, grace, "must be greater than 0")
        yield from check_int64(f"{path}.terminationGracePeriodSeconds", grace)


def _check_hook(
    path: str, hook: LifecycleHandler, grace_seconds: int, behaviour: Behaviour
) -> Iterator[Violation]:
    # A version without the gate drops the field before it looks at the rest.
    sleep = hook.sleep if behaviour.sleep_action else None
    yield from _check_handlers(
        path,
        {
            "exec": hook.exec,
            "httpGet": hook.http_get,
            "tcpSocket": hook.tcp_socket,
            "sleep": sleep,
        },
    )
    if sleep is not None:
        yield from _check_sleep(f"{path}.sleep", sleep.seconds, grace_seconds, behaviour)


def _check_sleep(
    path: str, seconds: int, grace_seconds: int, behaviour: Behaviour
) -> Iterator[Violation]:
    yield from check_int64(path, seconds)
    if behaviour.sleep_zero:
        if not 0 <= seconds <= grace_seconds:
            yield invalid(
                path,
                seconds,
                "must be non-negative and less than terminationGracePeriodSeconds "
                f"({grace_seconds})",
            )
    elif not 0 < seconds <= grace_seconds:
        yield invalid(
            path,
            seconds,
            f"must be greater than 0 and less than terminationGracePeriodSeconds ({grace_seconds})."
            " Enable AllowPodLifecycleSleepActionZeroValue feature gate for zero sleep.",
        )


def _check_handlers(path: str, handlers: "dict[str, _Handler | None]") -> Iterator[Violation]:
    """Exactly one; of several, the first in the API's order counts."""
    given = {name: handler for name, handler in handlers.items() if handler is not None}
    if not given:
        yield required(path, "must specify a handler type")
    for number, (name, handler) in enumerate(given.items()):
        if number > 0:
            yield forbidden(f"{path}.{name}", "may not specify more than 1 handler type")
        else:
            yield from _check_handler(f"{path}.{name}", handler)


def _check_handler(path: str, handler: _Handler) -> Iterator[Violation]:
    if isinstance(handler, ExecAction):
        if not handler.command:
            yield required(f"{path}.command")
    elif isinstance(handler, HttpGetAction):
        yield from check_port(f"{path}.port", handler.port)
        if handler.scheme not in (None, "", "HTTP", "HTTPS"):
            yield not_supported(f"{path}.scheme", handler.scheme, ("HTTP", "HTTPS"))
    elif isinstance(handler, TcpSocketAction):
        yield from check_port(f"{path}.port", handler.port)
    elif isinstance(handler, GrpcAction):
        if isinstance(handler.port, str):
            yield invalid(f"{path}.port", handler.port, "must be a number: gRPC ports have no name")
        else:
            yield from check_port(f"{path}.port", handler.port)
            yield from check_int32(f"{path}.port", handler.port)
