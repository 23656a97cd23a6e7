"""Strategic merge patches: changes by path become the JSON that kubectl sends.

Rules: lists of named elements are merged by their key, other lists are replaced as a whole
(k8s.io/api core/v1 types.go, tags patchStrategy and patchMergeKey).
"""

from collections.abc import Iterable

from holdfast.model.edit import Change, Json

# Field of a pod spec or container -> the key by which its elements are told apart.
MERGE_KEYS = {
    "containers": "name",
    "initContainers": "name",
    "env": "name",
    "volumes": "name",
    "volumeMounts": "mountPath",
    "imagePullSecrets": "name",
}


def patch_of(changes: Iterable[Change]) -> dict[str, Json]:
    """The patch of a pod spec that makes all the changes."""
    patch: dict[str, Json] = {}
    for change in changes:
        _set(patch, change.path, change.value)
    return patch


def merged(value: Json, patch: Json) -> Json:
    """A value after a patch of fields; a list takes the place of the one before.

    For patches without lists of named elements, which would be merged by their key.
    """
    if not isinstance(patch, dict):
        return patch
    before = value if isinstance(value, dict) else {}
    return {**before, **{key: merged(before.get(key), inner) for key, inner in patch.items()}}


def below(path: tuple[str, ...], patch: Json) -> Json:
    """The patch of a whole object whose pod spec stands at `path`."""
    for name in reversed(path):
        patch = {name: patch}
    return patch


def _set(into: dict[str, Json], path: tuple[str, ...], value: Json) -> None:
    field, *rest = path
    key = MERGE_KEYS.get(field)
    if not rest:
        into[field] = value
    elif key is None:
        inner = into.setdefault(field, {})
        if isinstance(inner, dict):
            _set(inner, tuple(rest), value)
    else:
        elements = into.setdefault(field, [])
        if isinstance(elements, list):
            _set_element(_element(elements, key, rest[0]), rest[1:], value)


def _element(elements: list[Json], key: str, name: str) -> dict[str, Json]:
    for element in elements:
        if isinstance(element, dict) and element.get(key) == name:
            return element
    made: dict[str, Json] = {key: name}
    elements.append(made)
    return made


def _set_element(element: dict[str, Json], path: list[str], value: Json) -> None:
    if path:
        _set(element, tuple(path), value)
    elif isinstance(value, dict):
        element.update(value)
