"""Another request for the probe: the right port, path or service (C01, C02, C06, C11).

Rules: a port is proposed only where exactly one candidate exists. Paths come from a probe that
passes, or are a sketch. Dependencies move to readiness; liveness speaks about the process alone,
and both probes stay (causes.md 11).
"""

from holdfast.fixes.facts import Facts, handler_of
from holdfast.fixes.proposal import Proposal
from holdfast.model.container import Probe
from holdfast.model.edit import Change, Safety

CAUSES = ("C01", "C02", "C06", "C11")

# The path that Kubernetes' own components answer about the process alone
# (kubernetes.io/docs/reference/using-api/health-checks).
_PROCESS_PATH = "/livez"
_PATH_FAULT = r"HTTP (?:404|400|401|403|405)|statuscode: (?:404|400|401|403|405)"


def propose(facts: Facts) -> Proposal | None:
    """Ask the cause's own question; None where nobody knows the answer."""
    probe = facts.probe(facts.killer) if facts.killer else None
    if probe is None:
        return None
    rules = {"C01": _port, "C02": _path, "C06": _split, "C11": _service}
    return rules[facts.verdict.cause](facts, probe)


def _port(facts: Facts, probe: Probe) -> Proposal | None:
    candidates = _other_ports(facts, probe)
    if len(candidates) != 1 or probe.handler == "exec":
        return None
    ((port, why),) = candidates.items()
    explanation = (
        f"the {facts.killer} probe asks port {probe.port}, where nothing listens; {why}. Right if "
        "the process answers there, which `kubectl exec` and `ss -ltn` show"
    )
    # Another probe that asks the same port finds nobody either.
    asking = {name: facts.probe(name) for name in ("startup", "liveness", "readiness")}
    changes = tuple(
        facts.set(f"{name}Probe", each.handler, "port", port)
        for name, each in asking.items()
        if each is not None and each.port == probe.port and each.handler == probe.handler
    )
    return Proposal(Safety.REVIEW, explanation, changes)


def _other_ports(facts: Facts, probe: Probe) -> dict[int | str, str]:
    """Ports that the probe could mean, each with its reason; the ready one before the declared."""
    readiness = facts.probe("readiness")
    status = facts.member.status if facts.member else None
    if readiness and readiness.port and readiness.port != probe.port and status and status.ready:
        return {readiness.port: f"the readiness probe succeeds on port {readiness.port}"}
    measured = facts.number("listens_on")
    if measured is not None:
        return {int(measured): f"{measured:.0f} is the only port on which it was seen to listen"}
    declared = (facts.container.ports or ()) if facts.container else ()
    return {
        port.name or port.container_port: f"{port.name or port.container_port} is the only other "
        "port that the container declares"
        for port in declared
        if probe.port not in (port.container_port, port.name)
    }


def _path(facts: Facts, probe: Probe) -> Proposal | None:
    if probe.http_get is None:
        return None
    if not facts.said(_PATH_FAULT):
        return _scheme(facts, probe)
    readiness = facts.probe("readiness")
    other = readiness.http_get.path if readiness and readiness.http_get else None
    ready = bool(facts.member and facts.member.status and facts.member.status.ready)
    known = other is not None and other != probe.http_get.path and ready
    path = other if known else "/healthz"
    explanation = (
        f"the service has no {probe.http_get.path or '/'} for the {facts.killer} probe; "
        + (
            f"its readiness probe succeeds on {path}"
            if known
            else f"{path} stands for a path that it answers with 200: put yours there"
        )
    )
    change = facts.set(f"{facts.killer}Probe", "httpGet", "path", path)
    return Proposal(Safety.SKETCH, explanation, (change,))


def _scheme(facts: Facts, probe: Probe) -> Proposal | None:
    asked = (probe.http_get.scheme if probe.http_get else None) or "HTTP"
    if not facts.said(r"HTTPS? (?:request|response)|malformed|TLS|another protocol"):
        return None
    scheme = "HTTP" if asked == "HTTPS" else "HTTPS"
    explanation = (
        f"the port answers in another protocol than {asked}; if it is {scheme}, the probe has to "
        "say so (the kubelet does not check certificates)"
    )
    change = facts.set(f"{facts.killer}Probe", "httpGet", "scheme", scheme)
    return Proposal(Safety.SKETCH, explanation, (change,))


def _split(facts: Facts, probe: Probe) -> Proposal | None:
    """Readiness keeps the question about dependencies, liveness gets its own."""
    if probe.http_get is None or facts.killer != "liveness":
        return None
    asked = probe.http_get.path or "/"
    if asked == _PROCESS_PATH:
        return None
    changes: list[Change] = [facts.set("livenessProbe", "httpGet", "path", _PROCESS_PATH)]
    kept = "the readiness probe keeps its request"
    if facts.probe("readiness") is None:
        readiness = handler_of(probe)
        given = {"periodSeconds": probe.period_seconds, "timeoutSeconds": probe.timeout_seconds}
        readiness |= {name: seconds for name, seconds in given.items() if seconds is not None}
        changes.append(facts.set("readinessProbe", readiness))
        kept = f"a new readinessProbe asks {asked} instead"
    explanation = (
        f"liveness must speak about the process only: {kept}, so that a failing dependency takes "
        f"the pod out of traffic and kills nobody. {_PROCESS_PATH} stands for an endpoint that "
        "answers 200 as long as the process works; the service has to offer it"
    )
    return Proposal(Safety.SKETCH, explanation, tuple(changes))


def _service(facts: Facts, probe: Probe) -> Proposal | None:
    if probe.grpc is None or not probe.grpc.service:
        return None
    explanation = (
        f'the health service does not know the name "{probe.grpc.service}"; the empty name asks '
        "about the server as a whole. Put the name there that the server registers"
    )
    change = facts.set(f"{facts.killer}Probe", "grpc", "service", "")
    return Proposal(Safety.SKETCH, explanation, (change,))
