"""Who is started again after an end (kubelet.md 3.1, 4.1)."""

from holdfast.kubelet.container_record import ContainerRecord, LifeRecord
from holdfast.model.container import ContainerKind, RestartRule

RESTART = "Restart"
RESTART_ALL = "RestartAllContainers"


def matching_rule(record: ContainerRecord, life: LifeRecord) -> RestartRule | None:
    """The first restart rule that the exit code meets; rules need a policy of their container."""
    if record.spec.restart_policy is None:
        return None
    for rule in record.spec.restart_policy_rules or ():
        codes = rule.exit_codes
        if codes is None:
            continue
        listed = life.exit_code in (codes.values or ())
        if listed == (codes.operator == "In"):
            return rule
    return None


def restarts_after(record: ContainerRecord, life: LifeRecord, pod_policy: str) -> bool:
    """Whether an ended container is started again."""
    if record.kind is ContainerKind.SIDECAR:
        return True
    rule = matching_rule(record, life)
    if rule is not None:
        return True
    policy = record.spec.restart_policy or pod_policy
    if record.kind is ContainerKind.INIT:
        return policy != "Never" and failed(life)
    return policy == "Always" or (policy == "OnFailure" and life.exit_code != 0)


def failed(life: LifeRecord) -> bool:
    """Whether an init container's end counts as a failure (kubelet.md 4.1, Q29)."""
    return life.exit_code != 0 or life.reason == "OOMKilled"


def restarts_after_kill(record: ContainerRecord, pod_policy: str) -> bool:
    """Whether a container that a probe ends is started again: rules are not asked (2.1)."""
    if record.kind is ContainerKind.SIDECAR:
        return True
    return (record.spec.restart_policy or pod_policy) != "Never"
