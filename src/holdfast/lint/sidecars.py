"""Which containers are known helpers of another one: proxies, agents, shippers of logs.

Rules: a name is a hint and not a fact, so rules that rest on it are never more than likely.
"""

from holdfast.lint.pods import ContainerSubject, PodSubject
from holdfast.model.container import ContainerKind
from holdfast.model.image_reference import parse_reference
from holdfast.model.regex import regex

_PROXIES = regex(
    r"(?:istio-proxy|proxyv2|envoy|linkerd-proxy|cloud-?sql-?proxy|cloud_sql_proxy|pgbouncer|"
    r"alloydb-auth-proxy|daprd?)"
)
_AGENTS = regex(
    r"(?:vault-agent|fluent-?bit|fluentd|filebeat|promtail|vector|datadog-agent|otel-?collector|"
    r"opentelemetry-collector\S*)"
)


def is_proxy(container: ContainerSubject) -> bool:
    """Whether the program beside it sends its own requests through it."""
    return any(_PROXIES.fullmatch(name) for name in _names(container))


def is_helper(container: ContainerSubject) -> bool:
    """Whether it is a proxy, an agent or a shipper of logs."""
    return is_proxy(container) or any(_AGENTS.fullmatch(name) for name in _names(container))


def programs_in(pod: PodSubject) -> list[ContainerSubject]:
    """The ordinary containers that are no known helpers."""
    return [c for c in pod.containers if c.kind is ContainerKind.APP and not is_helper(c)]


def _names(container: ContainerSubject) -> tuple[str, str]:
    return (container.name, parse_reference(container.spec.image).name)
