"""What LimitRanges and ResourceQuotas of the set give to containers and take from pods."""

from collections import defaultdict

import msgspec

from holdfast.lint.documents import ObjectSubject
from holdfast.lint.pods import PodSubject
from holdfast.lint.values import amount_of
from holdfast.lint.world import World
from holdfast.model.quantity import Quantity


class Bound(msgspec.Struct, frozen=True):
    """An amount, and the object that sets it."""

    of: ObjectSubject
    amount: Quantity


def default_limit(pod: PodSubject, resource: str, world: World) -> Bound | None:
    """What a container of the pod gets as its limit when it states none."""
    for limits in world.of_kind_in("LimitRange", pod.namespace):
        for index in range(len(limits.items("spec", "limits"))):
            item = ("spec", "limits", index)
            amount = amount_of(limits.get(*item, "default", resource))
            if amount is not None and limits.get(*item, "type") in (None, "Container"):
                return Bound(limits, amount)
    return None


def quotas(pod: PodSubject, resource: str, world: World) -> list[Bound]:
    """The ResourceQuotas that bound the requests of cpu or memory in the pod's namespace."""
    return world.once(_quotas).get((pod.namespace, resource), [])


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
