"""Whose log a file is, told by its name.

Names follow `kubectl logs POD -c CONTAINER > POD.CONTAINER.log` habits: the pod, the container, and
a word for the previous life, in any of the usual separators, alone or as directories. Names of pods
contain separators themselves, so the pods that were read decide.
"""

from collections.abc import Iterable

from holdfast.model.pod import Pod
from holdfast.model.regex import regex
from holdfast.model.snapshot import Log, LogLife

_SUFFIX = regex(r"\.(log|logs|txt|out)$")
_PREVIOUS = regex(r"[._/-]?\b(previous|prev|p)$")
_SEPARATORS = "._-/"


def name_log(path: str, pods: Iterable[Pod]) -> Log | None:
    """An empty Log with pod, container and life; None when no pod's name is in the path."""
    stem = _SUFFIX.sub("", path)
    previous = _PREVIOUS.search(stem)
    if previous is not None:
        stem = stem[: previous.start()]
    matches = [(pod, at) for pod in pods if (at := _position(stem, pod.key.name)) >= 0]
    if not matches:
        return None
    # "api-7d9f" is inside "api-7d9f-x2": the longest name is meant.
    pod, at = max(matches, key=lambda match: len(match[0].key.name))
    rest = stem[at + len(pod.key.name) :].strip(_SEPARATORS)
    names = [member.name for member in pod.members()]
    container = next((n for n in names if rest in (n, f"{n}/{n}")), "")
    if not container and len(names) == 1:
        container = names[0]
    return Log(
        lines=(),
        source=path,
        life=LogLife.PREVIOUS if previous is not None else LogLife.CURRENT,
        namespace=pod.key.namespace,
        pod=pod.key.name,
        container=container,
    )


def _position(stem: str, name: str) -> int:
    """Where the name stands as a whole word of the path, or -1."""
    at = stem.rfind(name)
    if at < 0:
        return -1
    before = stem[at - 1] if at else "/"
    after = stem[at + len(name)] if at + len(name) < len(stem) else "/"
    return at if before in "/_. " and after in _SEPARATORS else -1
