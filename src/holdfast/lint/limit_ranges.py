"""What LimitRanges and ResourceQuotas of the set give to containers and take from pods.

Rules: one of another directory, where no namespace is written, is that of another set.
"""

from collections import defaultdict

import msgspec

from holdfast.lint.documents import ObjectSubject
from holdfast.lint.pods import ContainerSubject, PodSubject
from holdfast.lint.values import amount_of
from holdfast.lint.world import World
from holdfast.model.quantity import Quantity


class Bound(msgspec.Struct, frozen=True):
    """An amount, and the object that sets it."""

    of: ObjectSubject
    amount: Quantity


def default_limit(pod: PodSubject, resource: str, world: World) -> Bound | None:
    """What a container of the pod gets as its limit when it states none."""
    return _default(pod, resource, world, ("default",))


def default_request(pod: PodSubject, resource: str, world: World) -> Bound | None:
    """What it gets as its request when it states neither a request nor a limit."""
    return _default(pod, resource, world, ("defaultRequest", "default"))


def asks_for_nothing(container: ContainerSubject, resource: str, world: World) -> bool:
    """Whether nothing is requested for a container: by itself, its pod or a LimitRange."""
    spec, whole = container.spec, container.pod.spec.resources
    if spec.request(resource) is not None or spec.limit(resource) is not None:
        return False
    if whole is not None and resource in {**(whole.limits or {}), **(whole.requests or {})}:
        return False
    return default_request(container.pod, resource, world) is None


def quotas(pod: PodSubject, resource: str, world: World) -> list[Bound]:
    """The ResourceQuotas that bound the requests of cpu or memory in the pod's namespace."""
    found = world.once(_quotas).get((pod.namespace, resource), [])
    return [bound for bound in found if bound.of.meets_surely(pod.owner)]


def _default(pod: PodSubject, resource: str, world: World, fields: tuple[str, ...]) -> Bound | None:
    for limits in world.of_kind_in("LimitRange", pod.namespace):
        for index in range(len(limits.items("spec", "limits"))):
            item = ("spec", "limits", index)
            amounts = (amount_of(limits.get(*item, field, resource)) for field in fields)
            amount = next((one for one in amounts if one is not None), None)
            of_containers = limits.get(*item, "type") in (None, "Container")
            if amount is not None and of_containers and limits.meets_surely(pod.owner):
                return Bound(limits, amount)
    return None


def _quotas(world: World) -> dict[tuple[str, str], list[Bound]]:
    """All of them, by namespace and resource."""
    found: dict[tuple[str, str], list[Bound]] = defaultdict(list)
    for quota in world.of_kind("ResourceQuota"):
        hard = quota.mapping("spec", "hard")
        for resource in ("cpu", "memory") if not _is_scoped(quota) else ():
            amount = amount_of(hard.get(f"requests.{resource}", hard.get(resource)))
            if amount is not None:
                found[quota.namespace, resource].append(Bound(quota, amount))
    return found


def _is_scoped(quota: ObjectSubject) -> bool:
    """Whether it counts some pods of its namespace only."""
    return bool(quota.get("spec", "scopes") or quota.get("spec", "scopeSelector"))
