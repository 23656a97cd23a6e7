"""Every text that the recorded kubelet wrote is one that the model writes.

Candidates are built from the manifest, the pod's address and the workload script; a recorded text
must be among them. What programs print themselves (exec probes, the runtime's start errors) is
taken from the recording, and only its frame is checked.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from tests.recordings.recorded import NAMES, recording

from holdfast.kubelet import probe_output, wording
from holdfast.kubelet.behaviour import Behaviour, behaviour_of
from holdfast.model.container import Container, LifecycleHandler, Probe
from holdfast.model.metadata import Metadata
from holdfast.model.node import parse_version
from holdfast.model.pod import Pod, PodSpec

BACK_OFF_STEPS = (10, 20, 40, 80, 160, 300)
# Written by others than the kubelet.
OTHER_EMITTERS = {
    "Scheduled": "the scheduler's binding",
    "FailedScheduling": "the scheduler: tests/simulation/test_fit.py reproduces it",
}
UID = re.compile(r"_[a-z-]+\(([0-9a-f-]{36})\)")


class Recorded:
    """One recording, and the texts that the model would write for it."""

    def __init__(self, name: str) -> None:
        """Read it."""
        self.raw = recording(name)
        manifest = self.raw["manifest"]
        self.spec = msgspec.convert(manifest["spec"], PodSpec)
        self.metadata = manifest["metadata"]
        version = parse_version(self.raw["kubernetes"])
        assert version is not None
        self.behaviour: Behaviour = behaviour_of(version)
        self.members = list(Pod(spec=self.spec).members())

    def containers(self) -> Iterator[Container]:
        """All of the pod's containers."""
        for member in self.members:
            assert member.spec is not None
            yield member.spec

    def pod(self, text: str) -> Pod:
        """The pod with the uid that the text names: recordings hold none elsewhere."""
        uid = UID.search(text)
        return Pod(
            Metadata(
                name=self.metadata["name"],
                namespace=self.metadata.get("namespace", "default"),
                uid=uid[1] if uid else "",
            )
        )

    def statuses(self) -> Iterator[dict[str, Any]]:
        """Every published status."""
        return (update["status"] for update in self.raw["pod"])

    def waiting(self) -> Iterator[tuple[str, str, str]]:
        """Container, reason and message of every waiting state."""
        for status in self.statuses():
            for key in ("initContainerStatuses", "containerStatuses"):
                for container in status.get(key, ()):
                    state = container["state"].get("waiting")
                    if state is not None:
                        yield container["name"], state["reason"], state.get("message") or ""

    def event_texts(self, reason: str, message: str) -> Iterator[str]:
        """What the model can write as an event of this reason."""
        for container in self.containers():
            yield from (
                text for said, text in wording.started(container, self.behaviour) if said == reason
            )
        if reason == "Killing":
            yield wording.KILLED_AFTER_POST_START
            for member in self.members:
                yield wording.stopping(member.name)
                for kind in ("liveness", "startup"):
                    yield wording.killed_by_probe(member, kind, restarts=True)
        elif reason == "BackOff":
            for container in self.containers():
                yield wording.back_off_event(self.pod(message), container.name, self.behaviour)
        elif reason == "Failed":
            yield from (wording.start_failed(why, text) for _, why, text in self.waiting())
        elif reason == "ErrImageNeverPull":
            yield from (wording.never_pull(container.image) for container in self.containers())
        elif reason == "Evicted":
            limits = (container.limit("ephemeral-storage") for container in self.containers())
            yield from (wording.pod_storage_exceeded(str(limit)) for limit in limits)
        elif reason == "Unhealthy":
            yield from self._probe_texts(message)
        elif reason in ("FailedPostStartHook", "FailedPreStopHook"):
            yield {
                "FailedPostStartHook": wording.POST_START_FAILED,
                "FailedPreStopHook": wording.PRE_STOP_FAILED,
            }[reason]

    def _probe_texts(self, message: str) -> Iterator[str]:
        for container in self.containers():
            for kind in ("startup", "readiness", "liveness"):
                probe: Probe | None = getattr(container, f"{kind}_probe")
                if probe is not None:
                    for output in self._outputs(container, probe, message):
                        yield wording.probe_failed(kind, output)

    def _outputs(self, container: Container, probe: Probe, message: str) -> Iterator[str]:
        addresses = {s["podIP"] for s in self.statuses() if s.get("podIP")}
        codes = {404} | {
            answer["code"]
            for answers in json.loads(container.env_value("ACTOR") or "{}")
            .get("paths", {})
            .values()
            for answer in answers
        }
        for ip in addresses:
            address = f"{ip}:{probe.port}"
            if probe.tcp_socket is not None:
                yield probe_output.refused(address)
            if probe.http_get is not None:
                url = f"http://{address}{probe.http_get.path}"
                yield probe_output.http_request(url, probe_output.refused(address))
                yield probe_output.http_request(url, probe_output.HEADER_TIMEOUT)
                yield from map(probe_output.http_status, codes)
        if probe.exec is not None:
            command = probe.exec.command or ()
            yield probe_output.exec_timeout(command, probe.timeout, self.behaviour)
            # What the command itself prints, here busybox's cat.
            yield message.partition("probe failed: ")[2]

    def waiting_texts(self, container: Container, reason: str, message: str) -> Iterator[str]:
        """What the model can write as the message of a waiting container."""
        pod = self.pod(message)
        if reason == "CrashLoopBackOff":
            for seconds in BACK_OFF_STEPS:
                yield wording.back_off_message(pod, container.name, seconds)
        elif reason == "PostStartHookError" and container.lifecycle is not None:
            hook = container.lifecycle.post_start or LifecycleHandler()
            command = hook.exec.command if hook.exec is not None else None
            error = wording.exec_error(command or (), 1, "")
            yield wording.post_start_failed(pod, container.name, hook, error)
        elif reason == "ErrImageNeverPull":
            yield wording.never_pull(container.image)


@pytest.mark.parametrize("name", NAMES)
def test_every_event_of_the_kubelet_is_reproduced(name: str) -> None:
    """A text that differs in one character is not found by those who search for it."""
    recorded = Recorded(name)
    strange = [
        (event["reason"], event["message"])
        for event in recorded.raw["events"]
        if event["reason"] not in OTHER_EMITTERS
        and event["message"] not in set(recorded.event_texts(event["reason"], event["message"]))
    ]

    assert strange == []


@pytest.mark.parametrize("name", NAMES)
def test_every_waiting_message_is_reproduced(name: str) -> None:
    """Messages of waiting containers are the runtime's own, or written as the kubelet does."""
    recorded = Recorded(name)
    specs = {container.name: container for container in recorded.containers()}
    runtimes = {"CreateContainerConfigError", "RunContainerError"}
    strange = [
        (reason, message)
        for container, reason, message in recorded.waiting()
        if message
        and reason not in runtimes
        and message not in set(recorded.waiting_texts(specs[container], reason, message))
    ]

    assert strange == []


@pytest.mark.parametrize("name", NAMES)
def test_every_condition_message_is_reproduced(name: str) -> None:
    """The conditions list the containers in the order of the manifest."""
    recorded = Recorded(name)
    names = [container.name for container in recorded.containers()]
    written = {
        "ContainersNotReady": wording.unready,
        "ContainersNotInitialized": wording.incomplete,
    }
    strange = []
    for status in recorded.statuses():
        for condition in status.get("conditions", ()):
            write = written.get(condition.get("reason"))
            message = condition.get("message") or ""
            inside = message.partition("[")[2].rstrip("]").split()
            if write is not None and message != write(n for n in names if n in inside):
                strange.append(message)

    assert strange == []


def test_other_emitters_stay_rare() -> None:
    """The list of texts that the kubelet does not write does not hide what it does write."""
    events = [event for name in NAMES for event in recording(name)["events"]]
    others = {e["source"] for e in events if e["reason"] in OTHER_EMITTERS}

    assert others == {"default-scheduler"}
    assert {e["source"] for e in events if e["reason"] not in OTHER_EMITTERS} == {"kubelet"}
