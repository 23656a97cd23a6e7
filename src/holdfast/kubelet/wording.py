"""What the kubelet writes: texts of events, of waiting containers and of ended pods.

Rules: texts only; when and by whom they are written belongs to the machine. Versions differ as
`Behaviour` says. Source: docs/specs/kubelet.md 3.8, 4.2, 4.3, 6, 8, 9, 10 and the files of
kubernetes v1.36.2 that stand beside the functions; the recordings hold most of them.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

from holdfast.kubelet.behaviour import Behaviour, StartEvents
from holdfast.model.container import Container, ContainerKind, LifecycleHandler
from holdfast.model.pod import Pod

# Reasons of a waiting container whose Failed event repeats the reason, because the longer message
# has an event of its own (pkg/kubelet/images/types.go).
IMAGE_REASONS = frozenset(
    {
        "ErrImagePull",
        "ErrImageNeverPull",
        "ImageInspectError",
        "ImagePullBackOff",
        "InvalidImageName",
        "RegistryUnavailable",
        "SignatureValidationFailed",
    }
)

# pkg/kubelet/kuberuntime/kuberuntime_container.go
POST_START_FAILED = "PostStartHook failed"
PRE_STOP_FAILED = "PreStopHook failed"
KILLED_AFTER_POST_START = "FailedPostStartHook"
# kuberuntime_manager.go, RestartAllContainers
KILLED_WITH_ALL = "killing"
# kuberuntime_manager.go
SANDBOX_CHANGED = "Pod sandbox changed, it will be killed and re-created."
# pkg/kubelet/pod_workers.go killPodNow
EXCEEDED_GRACE = "Container runtime did not kill the pod within specified grace period."
# pkg/kubelet/active_deadline.go
DEADLINE_EXCEEDED = "Pod was active on the node longer than the specified deadline"
# pkg/kubelet/preemption/preemption.go
PREEMPTED = "Preempted in order to admit critical pod"
# pkg/kubelet/nodeshutdown/nodeshutdown_manager.go
SHUT_DOWN = "Pod was terminated in response to imminent node shutdown."
REFUSED_IN_SHUTDOWN = "Pod was rejected as the node is shutting down."

_NANOSECONDS = 1_000_000_000


class Named(Protocol):
    """A container of a pod: what a kill needs to know of it."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def kind(self) -> ContainerKind:
        """Which list of the pod it stands in."""


class PullTimes(Protocol):
    """An image that was fetched: seconds, and its size where the runtime tells it."""

    @property
    def seconds(self) -> float:
        """Of the pull itself."""

    @property
    def seconds_including_waiting(self) -> float:
        """And with the wait for other pulls."""

    @property
    def bytes(self) -> int | None:
        """The size."""


_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"})


def go_duration(seconds: float) -> str:
    """As Go writes a time.Duration: "10s", "1m20s", "5m0s", "796ms", "1.594s"."""
    nanoseconds = round(abs(seconds) * _NANOSECONDS)
    sign = "-" if seconds < 0 and nanoseconds else ""
    if nanoseconds == 0:
        return "0s"
    for unit, size in (("ns", 1), ("µs", 1_000), ("ms", 1_000_000)):
        if nanoseconds < size * 1_000:
            return f"{sign}{_decimal(nanoseconds, size)}{unit}"
    minutes, rest = divmod(nanoseconds, 60 * _NANOSECONDS)
    hours, minutes = divmod(minutes, 60)
    text = f"{_decimal(rest, _NANOSECONDS)}s"
    if hours:
        return f"{sign}{hours}h{minutes}m{text}"
    return f"{sign}{minutes}m{text}" if minutes else sign + text


def quoted(text: str) -> str:
    """As Go's %q writes it, for what names and messages hold."""
    return f'"{text.translate(_ESCAPES)}"'


def pod_name(pod: Pod) -> str:
    """As pkg/kubelet/util/format writes a pod: name_namespace(uid)."""
    return f"{pod.metadata.name}_{pod.key.namespace}({pod.metadata.uid})"


# Probes: pkg/kubelet/prober/prober.go


def probe_failed(kind: str, output: str) -> str:
    """Event Unhealthy."""
    return f"{kind.capitalize()} probe failed: {output}"


def probe_errored(kind: str, output: str, behaviour: Behaviour) -> str:
    """Event Unhealthy of a result that is discarded.

    Only an HTTP body that cannot be read to its end is a failed attempt; all other errors leave the
    result unknown (kubelet.md 1.8).
    """
    if not behaviour.long_probe_errors:
        return f"{kind.capitalize()} probe errored: {output}"
    result = "failure" if "while reading body" in output or "EOF" in output else "unknown"
    return f"{kind.capitalize()} probe errored and resulted in {result} state: {output}"


def probe_warning(kind: str, output: str) -> str:
    """Event ProbeWarning."""
    return f"{kind.capitalize()} probe warning: {output}"


# Images: pkg/kubelet/images/image_manager.go


def pulling(image: str) -> str:
    """Event Pulling."""
    return f"Pulling image {quoted(image)}"


def pulled(image: str, pull: PullTimes, behaviour: Behaviour) -> str:
    """Event Pulled after a pull; durations are cut to milliseconds."""
    took, waited = (
        go_duration(int(seconds * 1000) / 1000)
        for seconds in (pull.seconds, pull.seconds_including_waiting)
    )
    text = f"Successfully pulled image {quoted(image)} in {took} ({waited} including waiting)"
    if behaviour.size_in_pulled_event and pull.bytes is not None:
        text += f". Image size: {pull.bytes} bytes."
    return text


def present(image: str, behaviour: Behaviour) -> str:
    """Event Pulled of an image that was there already."""
    verified = " and can be accessed by the pod" if behaviour.image_access_verified else ""
    return f"Container image {quoted(image)} already present on machine{verified}"


def pull_failed(image: str, error: str) -> str:
    """Event Failed, and the message of ErrImagePull."""
    return f"Failed to pull image {quoted(image)}: {error}"


def pull_back_off_event(image: str) -> str:
    """Event BackOff of type Normal."""
    return f"Back-off pulling image {quoted(image)}"


def pull_back_off_message(image: str, error: str, behaviour: Behaviour) -> str:
    """Message of ImagePullBackOff; `error` is the runtime's answer to the last attempt."""
    text = pull_back_off_event(image)
    if behaviour.back_off_names_pull_error and error:
        text += f": ErrImagePull: {error}"
    return text


def never_pull(image: str) -> str:
    """Event and waiting message of ErrImageNeverPull."""
    return f"Container image {quoted(image)} is not present with pull policy of Never"


# Starts: pkg/kubelet/kuberuntime/kuberuntime_container.go startContainer


def started(
    spec: Container, behaviour: Behaviour, pull: PullTimes | None = None
) -> list[tuple[str, str]]:
    """Reasons and texts of the three Normal events of a start; `pull` if the image was fetched."""
    there = present(spec.image, behaviour) if pull is None else pulled(spec.image, pull, behaviour)
    created, begun = {
        StartEvents.PLAIN: (f"Created container {spec.name}", f"Started container {spec.name}"),
        StartEvents.COLON: (f"Created container: {spec.name}", f"Started container {spec.name}"),
        StartEvents.GENERIC: ("Container created", "Container started"),
    }[behaviour.start_events]
    return [("Pulled", there), ("Created", created), ("Started", begun)]


def start_failed(reason: str, message: str) -> str:
    """Event Failed: of images it repeats the waiting reason, else the runtime's message."""
    return f"Error: {reason if reason in IMAGE_REASONS or not message else message}"


def exec_error(command: Sequence[str], exit_code: int, stderr: str) -> str:
    """What the runtime says of a command that failed (cri-client ExecSync)."""
    return f"command '{' '.join(command)}' exited with {exit_code}: {stderr}"


def post_start_failed(
    pod: Pod, container: str, hook: LifecycleHandler, error: str, output: str = ""
) -> str:
    """Message of PostStartHookError (pkg/kubelet/lifecycle/handlers.go).

    `error` is `exec_error`, or what the HTTP client said; `output` what an exec hook printed.
    """
    owner = f"for Container {quoted(container)} in Pod {quoted(pod_name(pod))} failed"
    if hook.exec is not None:
        command = " ".join(hook.exec.command or ())
        return (
            f"Exec lifecycle hook ([{command}]) {owner} - error: {error}, message: {quoted(output)}"
        )
    if hook.http_get is not None:
        return f"HTTP lifecycle hook ({hook.http_get.path or '/'}) {owner} - error: {error}"
    seconds = hook.sleep.seconds if hook.sleep is not None else 0
    return f"Sleep lifecycle hook ({seconds}) {owner} - error: {error}"


def https_fallback(host: str) -> str:
    """Event LifecycleHTTPFallback; `host` with its port."""
    return f"request to HTTPS lifecycle hook {host} got HTTP response, retry with HTTP succeeded"


# Back-off: kuberuntime_manager.go doBackOff


def back_off_message(pod: Pod, container: str, seconds: float) -> str:
    """Message of CrashLoopBackOff; `seconds` is the length of the entry, not what is left."""
    wait = go_duration(seconds)
    return f"back-off {wait} restarting failed container={container} pod={pod_name(pod)}"


def back_off_event(pod: Pod, container: str, behaviour: Behaviour) -> str:
    """Event BackOff of type Warning."""
    text = "Back-off restarting failed container"
    if behaviour.names_in_back_off_event:
        text += f" {container} in pod {pod_name(pod)}"
    return text


# Kills, event Killing: kuberuntime_manager.go computePodActions, kuberuntime_container.go


def killed_by_probe(container: Named, probe: str, restarts: bool) -> str:
    """A liveness or startup probe ends a container; of sidecars the restart is not told."""
    if container.kind is not ContainerKind.APP:
        return f"Init container {container.name} failed {probe} probe"
    text = f"Container {container.name} failed {probe} probe"
    return f"{text}, will be restarted" if restarts else text


def definition_changed(container: Named) -> str:
    """The image or another immutable part was edited: restarted whatever the policy is."""
    if container.kind is not ContainerKind.APP:
        return f"Init container {container.name} definition changed"
    return f"Container {container.name} definition changed, will be restarted"


def resize_restart(container: str) -> str:
    """A resize with resizePolicy RestartContainer."""
    return f"Container {container} resize requires restart"


def stopping(container: str) -> str:
    """The pod ends."""
    return f"Stopping container {container}"


def kill_failed(error: str) -> str:
    """Event FailedKillPod."""
    return f"error killing pod: {error}"


# Pods and nodes


def sandbox_failed(error: str) -> str:
    """Event FailedCreatePodSandBox."""
    return f"Failed to create pod sandbox: {error}"


def network_not_ready(error: str) -> str:
    """Event NetworkNotReady."""
    return f"network is not ready: {error}"


def unready(containers: Iterable[str]) -> str:
    """Message of ContainersNotReady (pkg/kubelet/status/generate.go)."""
    return f"containers with unready status: [{' '.join(containers)}]"


def incomplete(containers: Iterable[str]) -> str:
    """Message of ContainersNotInitialized."""
    return f"containers with incomplete status: [{' '.join(containers)}]"


def rejected(message: str) -> str:
    """Message of a pod that the kubelet did not admit (kubelet.md 6.6)."""
    return f"Pod was rejected: {message}"


def insufficient(resource: str, requested: int, used: int, capacity: int) -> str:
    """Why a pod does not fit the node (pkg/kubelet/lifecycle/predicate.go); cpu in millicores."""
    return (
        f"Node didn't have enough resource: {resource}, requested: {requested}, used: {used}, "
        f"capacity: {capacity}"
    )


# Eviction: pkg/kubelet/eviction/helpers.go. The space at the end of the sentences is upstream's.


def node_low(resource: str, threshold: str, available: str) -> str:
    """First part of an eviction's message; quantities as the kubelet prints them."""
    return (
        f"The node was low on resource: {resource}. "
        f"Threshold quantity: {threshold}, available: {available}. "
    )


def larger_consumption(container: str, used: str, requested: str, resource: str) -> str:
    """A further part for each container above its request."""
    return (
        f"Container {container} was using {used}, request is {requested}, "
        f"has larger consumption of {resource}. "
    )


def node_condition(conditions: Iterable[str]) -> str:
    """Why a node under pressure does not admit a pod."""
    return f"The node had condition: [{' '.join(conditions)}]. "


def container_storage_exceeded(container: str, limit: str) -> str:
    """The container's ephemeral-storage limit."""
    return f"Container {container} exceeded its local ephemeral storage limit {quoted(limit)}. "


def pod_storage_exceeded(limit: str) -> str:
    """The sum of the pod's ephemeral-storage limits."""
    return f"Pod ephemeral local storage usage exceeds the total limit of containers {limit}. "


def empty_dir_exceeded(volume: str, limit: str) -> str:
    """The sizeLimit of an emptyDir."""
    return f"Usage of EmptyDir volume {quoted(volume)} exceeds the limit {quoted(limit)}. "


def threshold_met(resource: str) -> str:
    """Event EvictionThresholdMet, on the node."""
    return f"Attempting to reclaim {resource}"


def system_oom(process: str, pid: int) -> str:
    """Event SystemOOM, on the node."""
    return f"System OOM encountered, victim process: {process}, pid: {pid}"


def _decimal(amount: int, size: int) -> str:
    whole, rest = divmod(amount, size)
    digits = len(str(size)) - 1
    fraction = f"{rest:0{digits}d}".rstrip("0") if digits else ""
    return f"{whole}.{fraction}" if fraction else str(whole)
