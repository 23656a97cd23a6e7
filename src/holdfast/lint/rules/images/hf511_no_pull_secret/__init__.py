"""The registry wants a login, and the pod brings none.

What happens
------------
The pull is refused (401 or 403): ImagePullBackOff, for ever.

Why it hurts
------------
The pod runs where a node has the image from an earlier pod, and on no other node.

How we know
-----------
Other pods of the set pull from the same registry with imagePullSecrets, or a Secret of the set
holds a login for it; and neither this pod nor its ServiceAccount has imagePullSecrets. A registry
alone does not tell whether its nodes have a login of their own.

What else it could be
---------------------
A ServiceAccount outside of the set that has the secret, or a public repository of that registry.

Fix
---
imagePullSecrets in the ServiceAccount, which then holds for all of its pods.

When the fix is wrong
---------------------
Where nodes have the login (kubelet credential providers, containerd's configuration).

References
----------
docs/specs/rules.md HF511, docs/specs/causes.md B15.
"""

import base64
import binascii
from collections.abc import Iterator

import msgspec

from holdfast.lint.documents import ObjectSubject
from holdfast.lint.pods import ContainerSubject, PodSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.image_reference import parse_reference
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF511",
    "no login for a registry that wants one",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=("B15",),
)

_LOGIN = ".dockerconfigjson"


class _Logins(msgspec.Struct):
    """~/.docker/config.json: who logs in where, by host or by URL."""

    auths: dict[str, msgspec.Raw] = {}


def check_container_in(container: ContainerSubject, world: World) -> Iterator[Problem]:
    """A container whose registry others of its namespace log in to."""
    pod = container.pod
    registry = parse_reference(container.spec.image).registry
    told = world.once(_logins).get((pod.namespace, registry)) if registry else None
    if told is not None and not _has_secrets(pod, world):
        yield container.problem(
            f"{told}, and this pod has no imagePullSecrets",
            "image",
            fix=Fix("imagePullSecrets in the pod or in its ServiceAccount"),
        )


def _has_secrets(pod: PodSubject, world: World) -> bool:
    if pod.owner.items(*pod.path, "imagePullSecrets"):
        return True
    name = pod.owner.get(*pod.path, "serviceAccountName") or "default"
    account = world.find("ServiceAccount", pod.namespace, str(name))
    return account is not None and bool(account.items("imagePullSecrets"))


def _logins(world: World) -> dict[tuple[str, str], str]:
    """Who logs in to a registry from a namespace, in words."""
    found: dict[tuple[str, str], str] = {}
    for pod in world.pods_that_log_in:
        for container in pod.containers:
            registry = parse_reference(container.spec.image).registry
            told = f"{pod.owner} logs in to {registry}"
            found.setdefault((pod.namespace, registry), told)
    for secret in world.of_kind("Secret"):
        for registry in _registries_of(secret):
            told = f"{secret} holds a login for {registry}"
            found.setdefault((secret.namespace, registry), told)
    return found


def _registries_of(secret: ObjectSubject) -> list[str]:
    """The registries of a configuration of docker; none for any other Secret."""
    try:
        logins = msgspec.json.decode(_text_of_login(secret), type=_Logins).auths
    except msgspec.DecodeError:
        return []
    return [one.split("://")[-1].split("/")[0] for one in logins]


def _text_of_login(secret: ObjectSubject) -> str:
    """The configuration of docker that it holds; "" for any other Secret."""
    plain, encoded = secret.get("stringData", _LOGIN), secret.get("data", _LOGIN)
    if isinstance(plain, str):
        return plain
    try:
        return base64.b64decode(str(encoded or ""), validate=True).decode(errors="replace")
    except binascii.Error:
        return ""
