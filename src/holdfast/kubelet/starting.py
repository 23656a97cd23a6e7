"""The steps of a sync that start something: sandbox, back-off, image, container, postStart hook.

Rules: a container that backs off is passed over, the sync goes on with the next one; what is waited
for is named in `waits_for`. Source: kubelet.md 3.2 to 3.6, 3.9, 4.3, 8.
"""

from collections.abc import Iterator

from holdfast.kubelet import wording
from holdfast.kubelet.behaviour import Behaviour
from holdfast.kubelet.container_record import ContainerRecord
from holdfast.kubelet.inputs import Pull
from holdfast.kubelet.outputs import CreateSandbox, StartContainer
from holdfast.kubelet.pod_state import PodState, Start
from holdfast.kubelet.pod_work import Wait
from holdfast.kubelet.publishing import publish_event
from holdfast.kubelet.scheduling import schedule_collection

CRASH_LOOP = "CrashLoopBackOff"
PULL_FAILED, PULL_BACK_OFF = "ErrImagePull", "ImagePullBackOff"
NEVER_PULLED = "ErrImageNeverPull"
NEVER_RAN = "RunContainerError"


def make_sandbox(state: PodState) -> None:
    """The sandbox is asked for."""
    state.acted = True
    state.waits_for = (Wait.SANDBOX, "")
    state.outputs.append(CreateSandbox())


def start(state: PodState, step: Start, now: float) -> None:
    """A container is asked for, unless it or its image is backing off."""
    record = state.records[step.container]
    if record.starting:
        # A kubelet that has restarted finds the start that the one before had asked for.
        state.waits_for = (Wait.START, step.container)
        return
    finished = state.exits_before.get(step.container)
    if finished is not None:
        left = state.back_off.remaining(record.back_off_key, finished, now)
        if left > 0:
            _wait(state, record, left, now)
            return
        state.back_off.advance(record.back_off_key, finished, now)
        schedule_collection(state, now)
    state.acted = True
    if state.image_back_off.remaining_since_update(record.spec.image, now) > 0:
        _wait_for_image(state, record, now)
        return
    record.starting = True
    record.pull_told = False
    state.waits_for = (Wait.START, step.container)
    state.outputs.append(StartContainer(step.container, record.restart_count))


def tell_pull(state: PodState, record: ContainerRecord, now: float) -> None:
    """The image is being fetched."""
    text = wording.pulling(record.spec.image)
    publish_event(state, "Pulling", "Normal", text, now, record.name)


def started(
    state: PodState, record: ContainerRecord, pull: Pull | None, at: float, now: float
) -> None:
    """A process runs since `at`; the runtime says so now."""
    record.begin(at)
    record.waiting_reason = record.waiting_message = ""
    for reason, text in wording.started(record.spec, state.behaviour, pull):
        publish_event(state, reason, "Normal", text, now, record.name)


def failed_to_start(
    state: PodState, record: ContainerRecord, reason: str, message: str, now: float
) -> None:
    """The runtime could not start it: the reason is shown from the next sync on."""
    record.waiting_reason, record.waiting_message = reason, message
    record.starting = False
    state.start_failed = True
    if reason == PULL_FAILED and not record.pull_told:
        tell_pull(state, record, now)
    for event, kind, text in _failures(record, reason, message, state.behaviour):
        publish_event(state, event, kind, text, now, record.name)
    if reason == NEVER_RAN:
        record.begin_failed(message, now)
    elif reason == PULL_FAILED:
        state.image_back_off.advance(record.spec.image, now, now)
        state.pull_errors[record.spec.image] = message


def _failures(
    record: ContainerRecord, reason: str, message: str, behaviour: Behaviour
) -> Iterator[tuple[str, str, str]]:
    """Reason, type and text of the events of a failed start (kubelet.md 10)."""
    image = record.spec.image
    if reason == PULL_FAILED:
        yield "Failed", "Warning", wording.pull_failed(image, message)
    elif reason == NEVER_PULLED:
        yield NEVER_PULLED, "Warning", message
    else:
        begun = 2 if reason == NEVER_RAN else 1
        for event, text in wording.started(record.spec, behaviour)[:begun]:
            yield event, "Normal", text
    yield "Failed", "Warning", wording.start_failed(reason, message)


def _wait(state: PodState, record: ContainerRecord, left: float, now: float) -> None:
    seconds = state.back_off.entries[record.back_off_key].seconds
    record.waiting_reason = CRASH_LOOP
    record.waiting_message = wording.back_off_message(state.pod, record.name, seconds)
    message = wording.back_off_event(state.pod, record.name, state.behaviour)
    publish_event(state, "BackOff", "Warning", message, now, record.name)
    state.back_off_left.append(left)


def _wait_for_image(state: PodState, record: ContainerRecord, now: float) -> None:
    """The image manager gives the last error again without asking the registry (8, SC20)."""
    image = record.spec.image
    last = state.pull_errors.get(image, "")
    record.waiting_message = wording.pull_back_off_message(image, last, state.behaviour)
    record.waiting_reason = PULL_BACK_OFF
    state.start_failed = True
    publish_event(state, "BackOff", "Normal", wording.pull_back_off_event(image), now, record.name)
    text = wording.start_failed(PULL_BACK_OFF, record.waiting_message)
    publish_event(state, "Failed", "Warning", text, now, record.name)
