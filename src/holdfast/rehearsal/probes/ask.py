"""Asks one probe once, whatever its handler is."""

from holdfast.kubelet.behaviour import Behaviour
from holdfast.kubelet.inputs import Outcome
from holdfast.model.container import Container, Probe
from holdfast.rehearsal.environment import literals_of
from holdfast.rehearsal.expansion import expand
from holdfast.rehearsal.inside import Executor
from holdfast.rehearsal.probes.exec_probe import exec_probe
from holdfast.rehearsal.probes.http_probe import http_probe
from holdfast.rehearsal.probes.reply import Reply, Target
from holdfast.rehearsal.probes.tcp_probe import tcp_probe


async def ask(
    probe: Probe, spec: Container, target: Target, executor: Executor | None, behaviour: Behaviour
) -> Reply:
    """The answer. `executor` runs commands in the container, None while none runs."""
    if probe.http_get is not None:
        return await http_probe(probe.http_get, spec, target, float(probe.timeout))
    if probe.tcp_socket is not None:
        return await tcp_probe(probe.tcp_socket, spec, target, float(probe.timeout))
    if probe.grpc is not None:
        # Only pods with such a probe need the package h2.
        from holdfast.rehearsal.probes.grpc_probe import grpc_probe

        return await grpc_probe(probe.grpc, spec, target, probe.timeout)
    if probe.exec is not None:
        known = literals_of(spec)
        command = tuple(expand(word, known) for word in probe.exec.command or ())
        return await exec_probe(command, executor, probe.timeout, behaviour)
    return Reply(Outcome.ERROR, "missing probe handler")
