"""What `holdfast rehearse` reads: the pod, its ConfigMaps and Secrets, and the commands to run.

Rules: a manifest is read whole or not at all; a pod is admitted as the API server would, or refused
with its words.
"""

import shlex
import sys
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from holdfast.kubelet.admission import admit
from holdfast.kubelet.behaviour import Behaviour
from holdfast.model.metadata import Metadata, OwnerReference
from holdfast.model.pod import Pod
from holdfast.model.workload import Workload
from holdfast.rehearsal.container_runtime import RehearsalError
from holdfast.rehearsal.given_data import CONFIG_MAP, Data, Given, data_of_object, data_of_path
from holdfast.sources.collector import Collector
from holdfast.sources.encoding import as_text
from holdfast.sources.objects import take_value
from holdfast.sources.yaml_values import plain_documents

STDIN = "-"
_READING, _COMMANDS = "reading the manifest", "reading --commands"
# A manifest is written by people; what is larger is a dump.
_LARGEST_BYTES = 4 * 1024 * 1024


class Manifest(NamedTuple):
    """The pod, the objects that own it, and the values of ConfigMaps and Secrets beside it."""

    pod: Pod
    workloads: tuple[Workload, ...]
    data: Data


def read_pod(paths: Iterable[str], target: str, behaviour: Behaviour) -> Manifest:
    """The one pod of the manifests, or that of KIND/NAME. Raises RehearsalError, AdmissionError."""
    data: Data = {}
    into = Collector()
    named = list(paths)
    for path in named:
        for value in _objects(path):
            try:
                found = data_of_object(value) if isinstance(value, dict) else None
            except (ValueError, AttributeError) as error:
                raise _refusal(path, str(error), "correct the value") from error
            if found is not None:
                data[found[0]] = found[1]
            else:
                take_value(value, path, into)
    snapshot = into.snapshot()
    for gap in snapshot.gaps:
        raise _refusal(gap.where, gap.what, "check it with kubectl apply --dry-run=client -f FILE")
    choices: list[tuple[str, Pod]] = [(f"Pod/{pod.key.name}", pod) for pod in snapshot.pods]
    choices += [
        (f"{workload.kind}/{workload.metadata.name}", _pod_of(workload))
        for workload in snapshot.workloads
        if workload.spec.template is not None
    ]
    if target:
        choices = [choice for choice in choices if choice[0].lower() == target.lower()]
    if len(choices) != 1:
        names = ", ".join(name for name, _ in choices) or "none"
        found_text = f"{len(choices)} objects with a pod ({names}); expected one"
        raise _refusal(", ".join(named), found_text, "name one with --target KIND/NAME")
    return Manifest(admit(_identified(choices[0][1]), behaviour), snapshot.workloads, data)


def read_data(config_maps: Iterable[str], secrets: Iterable[str]) -> Data:
    """The values given as NAME=PATH."""
    data: Data = {}
    for kind, flag, given in (
        (CONFIG_MAP, "--config-map", config_maps),
        ("Secret", "--secret", secrets),
    ):
        for text in given:
            name, equals, path = text.partition("=")
            if not equals or not name or not path:
                raise RehearsalError(
                    f"reading {flag}", text, "expected NAME=PATH", f"{flag} app-config=./config"
                )
            data[Given(kind, name)] = _values(Path(path))
    return data


def read_commands(path: str) -> dict[str, tuple[str, ...]]:
    """Commands by name of the container, from a small YAML file."""
    commands = {}
    for value in _objects(path, _COMMANDS):
        if not isinstance(value, dict):
            raise _no_commands(path, value)
        for name, command in value.items():
            words = _words(command)
            if not words:
                raise _no_commands(f"{path}: {name}", command)
            commands[str(name)] = words
    return commands


def _words(command: object) -> tuple[str, ...]:
    """A command as words; none where it is no command."""
    if isinstance(command, str):
        try:
            return tuple(shlex.split(command))
        except ValueError:
            return ()
    return tuple(map(str, command)) if isinstance(command, list) else ()


def _values(path: Path) -> dict[str, bytes]:
    """A manifest of the object, or what `data_of_path` reads."""
    if path.suffix in (".yaml", ".yml", ".json") and path.is_file():
        for value in _objects(str(path)):
            found = data_of_object(value) if isinstance(value, dict) else None
            if found is not None:
                return found[1]
    return data_of_path(path)


def _objects(path: str, doing: str = _READING) -> list[Any]:
    try:
        if path == STDIN:
            content = sys.stdin.buffer.read(_LARGEST_BYTES + 1)
        else:
            with Path(path).open("rb") as file:
                content = file.read(_LARGEST_BYTES + 1)
    except OSError as error:
        found = f"{error.strerror}; expected a file that can be read"
        step = "check the path and its permissions"
        raise RehearsalError(doing, path, found, step) from error
    if len(content) > _LARGEST_BYTES:
        found = f"more than {_LARGEST_BYTES >> 20} MiB; expected a file that somebody has written"
        raise RehearsalError(doing, path, found, "give the file of one workload")
    documents = plain_documents(as_text(content), path)
    if documents.problem is not None:
        where, what = documents.problem
        raise RehearsalError(doing, where, what, "correct the file")
    return list(documents.values)


def _pod_of(workload: Workload) -> Pod:
    """A pod as its owner would make it."""
    template, owner = workload.spec.template, workload.metadata
    if template is None:
        raise AssertionError("only workloads with a template are asked")
    metadata = Metadata(
        name=f"{owner.name}-0",
        namespace=owner.namespace or "default",
        labels=template.metadata.labels,
        annotations=template.metadata.annotations,
        owner_references=(OwnerReference(workload.kind, owner.name, controller=True),),
    )
    return Pod(metadata, template.spec)


def _identified(pod: Pod) -> Pod:
    """With the uid that the API server would give it."""
    metadata = msgspec.structs.replace(pod.metadata, uid=str(uuid.uuid4()))
    return msgspec.structs.replace(pod, metadata=metadata, status=Pod.NO_STATUS)


def _no_commands(where: str, value: object) -> RehearsalError:
    return RehearsalError(
        _COMMANDS,
        where,
        f"{value!r}; expected container: command, as a text with closed quotes or a list of words",
        "write for instance:  app: ./server --port 8080",
    )


def _refusal(where: str, found: str, step: str) -> RehearsalError:
    return RehearsalError(_READING, where, found, step)
