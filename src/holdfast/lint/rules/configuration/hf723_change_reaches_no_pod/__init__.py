"""Variables and single files of a ConfigMap are read when the container starts, and nothing starts
it anew.

What happens
------------
The kubelet updates directories that are mounted from a ConfigMap. Variables and files that are
mounted with subPath stay as they were when the container started.

Why it hurts
------------
Half of the pods have the old configuration and half the new one, until some later event restarts
the rest: a bad value is found weeks after it was written.

How we know
-----------
The container takes variables or a subPath from a ConfigMap of the set; its template has no
annotation with a hash, no reload controller is named, and the ConfigMap is not immutable and has no
hash in its name.

What else it could be
---------------------
A deploy that restarts the workload in another way.

Fix
---
An annotation with a hash of the ConfigMap in the template, a generator that puts the hash into the
name (kustomize), or a reload controller.

When the fix is wrong
---------------------
Where changes are to wait for the next release.

References
----------
docs/specs/rules.md HF723, docs/specs/causes.md F03; kubernetes.io, Mounted ConfigMaps are updated
automatically.
"""

import re
from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Path, Problem
from holdfast.lint.world import World
from holdfast.model.regex import regex
from holdfast.model.rule import Audience, Confidence, Rule, Severity

RULE = Rule(
    "HF723",
    "a change of the ConfigMap reaches no running pod",
    Severity.MEDIUM,
    Confidence.CERTAIN,
    prevents=(
        "F03",
        "A03",
    ),
    audience=Audience.PEDANTIC,
)


_HASH = regex(r"(?:checksum|hash|config-version|reloader\.stakater\.com)", re.IGNORECASE)
# kustomize: ten characters without vowels and look-alikes.
_HASHED_NAME = regex(r"-[bcdfghkmt2456789]{10}$")


def check_container_in(container: ContainerSubject, world: World) -> Iterator[Problem]:
    """Variables and single files of a ConfigMap of the set, in a template that does not follow."""
    pod = container.pod
    if not pod.runs_forever or pod.kind == "Pod":
        return
    if any(_HASH.search(name) for name in (*pod.annotations, *pod.owner.annotations)):
        return
    for name, path, how in _uses(container):
        config = world.find("ConfigMap", pod.namespace, name)
        if config is None or config.get("immutable") is True or _HASHED_NAME.search(name):
            continue
        yield container.problem(
            f"{config} is read {how}: a change of it reaches no pod that runs",
            *path,
            fix=Fix("a hash of the ConfigMap as an annotation of the template"),
        )
        return


def _uses(container: ContainerSubject) -> Iterator[tuple[str, Path, str]]:
    """(ConfigMap, where, how) for each use that is never updated."""
    for index, entry in enumerate(container.spec.env_from or ()):
        if entry.config_map_ref is not None:
            yield entry.config_map_ref.name, ("envFrom", index), "into variables at the start"
    for index, variable in enumerate(container.spec.env or ()):
        origin = variable.value_from
        if origin is not None and origin.config_map_key_ref is not None:
            name = origin.config_map_key_ref.name
            yield name, ("env", index, "valueFrom"), "into a variable at the start"
    volumes = {volume.name: volume for volume in container.pod.spec.volumes or ()}
    for index, mount in enumerate(container.spec.volume_mounts or ()):
        volume = volumes.get(mount.name)
        if mount.sub_path and volume is not None and volume.config_map is not None:
            yield volume.config_map.name, ("volumeMounts", index, "subPath"), "once, by subPath"
