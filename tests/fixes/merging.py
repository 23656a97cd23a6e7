"""What a strategic merge patch of a pod spec does to plain values, written a second time.

The oracle of the tests of edits: it works on values and knows nothing of text.
"""

from typing import Any

KEYS = {
    "containers": "name",
    "initContainers": "name",
    "env": "name",
    "volumes": "name",
    "volumeMounts": "mountPath",
    "imagePullSecrets": "name",
}


def merged(value: Any, patch: Any, field: str = "") -> Any:
    """The value after the patch; neither argument is changed."""
    if isinstance(patch, dict):
        old = value if isinstance(value, dict) else {}
        return {**old, **{k: merged(old.get(k), v, k) for k, v in patch.items()}}
    if isinstance(patch, list) and field in KEYS and isinstance(value, list):
        key = KEYS[field]
        result = list(value)
        for element in patch:
            places = [i for i, old in enumerate(result) if old.get(key) == element[key]]
            if places:
                result[places[-1]] = merged(result[places[-1]], element)
            else:
                result.append(element)
        return result
    return patch
