"""What the API server fills in (kubelet.md 7.2, 8)."""

import pytest
from tests.kubelet.pods import container, pod, resources

from holdfast.kubelet.behaviour import behaviour_of
from holdfast.kubelet.defaults import (
    LimitRangeItem,
    apply_defaults,
    apply_limit_range,
    pull_policy,
)
from holdfast.model.node import KubernetesVersion

NOW = behaviour_of(KubernetesVersion(1, 36))


@pytest.mark.parametrize(
    ("image", "policy"),
    [
        ("web", "Always"),
        ("web:latest", "Always"),
        ("registry.example:5000/web", "Always"),
        ("registry.example:5000/web:1", "IfNotPresent"),
        ("web:1", "IfNotPresent"),
        ("web@sha256:0123", "IfNotPresent"),
        ("web:latest@sha256:0123", "IfNotPresent"),
    ],
)
def test_pull_policies(image: str, policy: str) -> None:
    """Only an image that can change is fetched at each start."""
    assert pull_policy(image) == policy


def test_q42_the_policy_is_fixed_at_creation() -> None:
    """An image edited to latest later keeps the policy of the tag that it had."""
    stored = apply_defaults(pod(container(image="web:1")), NOW)
    edited = pod(
        container(image="web:latest", imagePullPolicy=stored.spec.containers[0].image_pull_policy)
    )

    assert pull_policy("web:latest") == "Always"
    assert apply_defaults(edited, NOW).spec.containers[0].image_pull_policy == "IfNotPresent"


def test_q30_a_limit_alone_is_a_request() -> None:
    """A pod with nothing but a memory limit takes that much room on a node."""
    one = apply_defaults(
        pod(container(resources=resources({"cpu": "100m"}, {"cpu": "1", "memory": "64Mi"}))), NOW
    )

    assert one.spec.containers[0].resources is not None
    assert one.spec.containers[0].resources.requests == {"cpu": "100m", "memory": "64Mi"}


def test_quantities_are_rounded_up_to_thousandths() -> None:
    """The API keeps no finer amount."""
    one = apply_defaults(pod(container(resources=resources({"cpu": "100u", "memory": "1.5"}))), NOW)

    assert one.spec.containers[0].resources is not None
    assert one.spec.containers[0].resources.requests == {"cpu": "1m", "memory": "1.5"}


def test_limit_range_traps() -> None:
    """Defaults of a namespace give a limit to containers that asked for none (Q30)."""
    item = LimitRangeItem(default={"memory": "512Mi"}, default_request={"memory": "128Mi"})
    bare, limited = pod(
        container(), container("b", resources=resources(None, {"memory": "1Gi"}))
    ).spec.containers
    stored = apply_defaults(pod(container(resources=resources(None, {"memory": "1Gi"}))), NOW)
    full = apply_limit_range(bare, item)
    kept = apply_limit_range(stored.spec.containers[0], item)

    assert full.limit("memory") == "512Mi"
    assert full.request("memory") == "128Mi"
    assert kept.request("memory") == "1Gi"
    assert apply_limit_range(limited, item).request("memory") == "128Mi"


def test_limit_range_defaults_itself() -> None:
    """A range with only a maximum gives it to all as limit and request."""
    full = apply_limit_range(pod().spec.containers[0], LimitRangeItem(maximum={"cpu": "2"}))
    least = apply_limit_range(
        pod().spec.containers[0], LimitRangeItem(minimum={"cpu": "1"}, default={"cpu": "2"})
    )

    assert (full.limit("cpu"), full.request("cpu")) == ("2", "2")
    assert (least.limit("cpu"), least.request("cpu")) == ("2", "2")


def test_pod_level_requests_come_from_containers_then_limits() -> None:
    """Containers' requests in sum, and the pod's limit where no container asks."""
    one = apply_defaults(
        pod(
            container(resources=resources({"cpu": "250m"})),
            container("b", resources=resources({"cpu": "250m"})),
            resources=resources(None, {"cpu": "1", "memory": "1Gi"}),
        ),
        NOW,
    )

    assert one.spec.resources is not None
    assert one.spec.resources.requests == {"cpu": "500m", "memory": "1Gi"}


def test_the_rest_is_filled_in() -> None:
    """The model never meets an absent policy, grace, path or protocol."""
    stored = apply_defaults(
        pod(
            container(ports=[{"containerPort": 80}], livenessProbe={"httpGet": {"port": 80}}),
            init=(container("i"),),
            hostNetwork=True,
        ),
        NOW,
    ).spec
    app = stored.containers[0]
    assert app.liveness_probe is not None
    assert app.liveness_probe.http_get is not None
    assert app.ports is not None
    assert stored.init_containers is not None

    assert (stored.restart_policy, stored.termination_grace_period_seconds) == ("Always", 30)
    assert (app.liveness_probe.http_get.path, app.liveness_probe.http_get.scheme) == ("/", "HTTP")
    assert (app.ports[0].protocol, app.ports[0].host_port) == ("TCP", 80)
    assert stored.init_containers[0].termination_message_policy == "File"


def test_defaults_are_applied_once() -> None:
    """A stored pod is not changed by storing it again."""
    stored = apply_defaults(
        pod(container(resources=resources({"cpu": "100u"}, {"memory": "1Gi"}), livenessProbe={})),
        NOW,
    )

    assert apply_defaults(stored, NOW) == stored
