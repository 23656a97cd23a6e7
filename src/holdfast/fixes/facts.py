"""What a proposal may rest on: the verdict, the pod and the container as the API has them.

Rules: everything may be missing, and then there is no proposal rather than a guessed number.
"""

import re
from collections.abc import Iterator
from functools import cached_property

import msgspec

from holdfast.model.container import Container, Probe
from holdfast.model.edit import Change, Json
from holdfast.model.finding import Finding
from holdfast.model.pod import Member, Pod
from holdfast.model.quantity import Quantity, read_quantity
from holdfast.model.verdict import Verdict

_PROBES = ("startup", "liveness", "readiness")
_INIT_KINDS = ("init container", "sidecar container")


def handler_of(probe: Probe) -> dict[str, Json]:
    """The request of a probe as people write it: {"httpGet": {...}}, without the default scheme."""
    action = probe.http_get or probe.tcp_socket or probe.grpc or probe.exec
    # By way of JSON, which has lists where the structs have tuples.
    fields: dict[str, Json] = msgspec.json.decode(msgspec.json.encode(action))
    shown = {name: fields[name] for name in sorted(fields) if fields[name] != "HTTP"}
    return {probe.handler: shown}


class Facts:
    """One verdict of one finding, with the specification it is about."""

    def __init__(self, finding: Finding, verdict: Verdict, pod: Pod) -> None:
        """Look the container up.

        A finding about a whole pod is about the container that its verdict names, or the only one.
        """
        self.finding = finding
        self.verdict = verdict
        self.pod = pod
        wanted = finding.subject.container or self.text("container")
        members = tuple(pod.members())
        only = members[0] if len(members) == 1 and not wanted else None
        self.member = next((m for m in members if m.name == wanted), only)

    @property
    def container(self) -> Container | None:
        """The specification of the container, or None."""
        return self.member.spec if self.member else None

    @property
    def name(self) -> str:
        """The container's name, or ""."""
        return self.member.name if self.member else ""

    def number(self, name: str) -> float | None:
        """A positive parameter of the verdict, or None."""
        value = self.verdict.parameters.get(name)
        return value if isinstance(value, int | float) and value > 0 else None

    def text(self, name: str) -> str:
        """A parameter of the verdict as text, or ""."""
        value = self.verdict.parameters.get(name)
        return value if isinstance(value, str) else ""

    @cached_property
    def told(self) -> str:
        """Everything that the verdict and the kubelet say about the container, one text."""
        return "\n".join(self._sentences())

    def said(self, pattern: str) -> re.Match[str] | None:
        """The first place in what is told that matches, whatever its case."""
        return re.search(pattern, self.told, re.IGNORECASE)

    def probe(self, name: str) -> Probe | None:
        """The "startup", "liveness" or "readiness" probe, or None."""
        spec = self.container
        if spec is None:
            return None
        probes = {
            "startup": spec.startup_probe,
            "liveness": spec.liveness_probe,
            "readiness": spec.readiness_probe,
        }
        return probes[name]

    @cached_property
    def killer(self) -> str:
        """The name of the probe that kills, or "" where the verdict does not tell."""
        named = self.text("probe")
        if named in _PROBES and self.probe(named) is not None:
            return named
        for name in _PROBES[:2]:
            if f"{name} probe" in self.verdict.summary and self.probe(name) is not None:
                return name
        there = [name for name in _PROBES[:2] if self.probe(name) is not None]
        return there[0] if len(there) == 1 else ""

    def limit(self, resource: str) -> Quantity | None:
        """A limit of the container, or None."""
        return read_quantity(self.container.limit(resource)) if self.container else None

    def set(self, *path_and_value: Json) -> Change:
        """A change of a field of the container: its path, then the value."""
        *path, value = path_and_value
        return Change((self.list_name, self.name, *map(str, path)), value)

    def set_probe(self, name: str, field: str, value: Json) -> Change:
        """A change of one field of a probe of the container."""
        return self.set(f"{name}Probe", field, value)

    @property
    def list_name(self) -> str:
        """The field of the pod spec that holds the container."""
        init = self.member is not None and self.member.kind.value in _INIT_KINDS
        return "initContainers" if init else "containers"

    def _sentences(self) -> Iterator[str]:
        yield self.verdict.summary
        for evidence in self.verdict.evidence_for:
            yield evidence.text
        member: Member | None = self.member
        if member is not None and member.status is not None:
            for state in (member.status.state, member.status.last_state):
                if state.waiting is not None:
                    yield state.waiting.message
                if state.terminated is not None:
                    yield state.terminated.message
