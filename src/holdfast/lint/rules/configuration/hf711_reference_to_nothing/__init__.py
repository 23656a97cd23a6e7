"""A container refers to an object or a key that was not read.

What happens
------------
CreateContainerConfigError: the container waits until the object or the key is there; a volume
leaves the pod in ContainerCreating.

Why it hurts
------------
The rollout stands still, with the old pods in place if there are any.

How we know
-----------
An object of that name is in the set and the key is not; or others of its kind are there with a
similar name.

What else it could be
---------------------
Objects that an operator or another file creates.

Fix
---
Add the key or the object, correct the name, or optional: true.

When the fix is wrong
---------------------
Where something else creates it.

References
----------
docs/specs/rules.md HF711, docs/specs/causes.md B04.
"""

from collections.abc import Iterator

from holdfast.lint.near_names import nearest
from holdfast.lint.pods import ContainerSubject, PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.container import ObjectReference
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF711",
    "a ConfigMap, a Secret or a key that is not in the set",
    Severity.HIGH,
    Confidence.LIKELY,
    prevents=("B04", "B06"),
)


def check_container_in(container: ContainerSubject, world: World) -> Iterator[Problem]:
    """References of variables."""
    for index, variable in enumerate(container.spec.env or ()):
        origin = variable.value_from
        if origin is None:
            continue
        for kind, reference in (
            ("ConfigMap", origin.config_map_key_ref),
            ("Secret", origin.secret_key_ref),
        ):
            if reference is not None and not reference.optional:
                found = _missing(kind, container.pod.namespace, reference, world)
                if found:
                    yield container.problem(found, "env", index, "valueFrom", fix=_FIX)
    for index, entry in enumerate(container.spec.env_from or ()):
        for kind, reference in (
            ("ConfigMap", entry.config_map_ref),
            ("Secret", entry.secret_ref),
        ):
            if reference is not None and not reference.optional:
                found = _missing(kind, container.pod.namespace, reference, world)
                if found:
                    yield container.problem(found, "envFrom", index, fix=_FIX)


def check_pod_in(pod: PodSubject, world: World) -> Iterator[Problem]:
    """References of volumes: the ConfigMap, and the keys that become files."""
    for index, volume in enumerate(pod.spec.volumes or ()):
        config, secret = volume.config_map, volume.secret
        if config is None and secret is None:
            continue
        if config is not None and not config.optional:
            found = _missing("ConfigMap", pod.namespace, config, world)
            if found:
                yield pod.problem(found, "volumes", index, "configMap", fix=_FIX)
                continue
        for kind, field, name, optional in (
            ("ConfigMap", "configMap", config.name if config else "", config and config.optional),
            ("Secret", "secret", secret.secret_name if secret else "", secret and secret.optional),
        ):
            # What cert-manager and others create has names like those of the set: only a Secret
            # that is there can be known to lack a key.
            if optional or world.find(kind, pod.namespace, name) is None:
                continue
            items = ("volumes", index, field, "items")
            for place in range(len(pod.owner.items(*pod.path, *items))):
                key = pod.owner.get(*pod.path, *items, place, "key")
                reference = ObjectReference(name, key if isinstance(key, str) else None)
                found = _missing(kind, pod.namespace, reference, world)
                if found:
                    yield pod.problem(found, *items, place, "key", fix=_FIX)


_FIX = Fix("add the key or the object, correct the name, or optional: true")


def _missing(kind: str, namespace: str, reference: ObjectReference, world: World) -> str:
    """What is not there, for certain or by a name that is close; "" for what is not known."""
    subject = world.find(kind, namespace, reference.name)
    if subject is None:
        names = world.names(kind, namespace)
        close = nearest(reference.name, names, cutoff=0.8)
        return f"no {kind} named {reference.name} was read; there is {close}" if close else ""
    keys = {key for field in ("data", "stringData", "binaryData") for key in subject.mapping(field)}
    if reference.key and reference.key not in keys:
        listed = ", ".join(sorted(keys)) or "none"
        return f"{subject} has no key {reference.key}; it has {listed}"
    return ""
