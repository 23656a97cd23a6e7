"""What a probe of the kubelet gets from a process: success, failure or error, and after how long.

Rules: kubelet.md 1.8 decides what counts as what; the texts are those of the kubelet's events. An
answer depends on the moment only, never on how often somebody asked before.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urljoin, urlsplit

import msgspec

from holdfast.kubelet import probe_output
from holdfast.kubelet.inputs import Outcome
from holdfast.kubelet.wording import go_duration, quoted
from holdfast.model.container import Container, ExecAction, HttpGetAction, Probe
from holdfast.simulation.chance import share
from holdfast.simulation.distribution import uniform
from holdfast.simulation.spell import Spell, local
from holdfast.simulation.workload import Hang, Listener

if TYPE_CHECKING:
    from holdfast.simulation.process import Process

S = TypeVar("S", bound=Spell)

# pkg/probe/http: the client of net/http gives up after ten requests.
_MOST_REDIRECTS = 10
_FOUND = 302
EXEC_SECONDS = uniform(0.01, 0.03)
"""How long a command runs that nothing is said about: an assumption."""
# pkg/probe/grpc/grpc.go
_RPC_TIMEOUT = "timeout: health rpc did not complete within {}"
_RPC_FAILED = "error: health rpc probe failed: {}"
# containerd and runc, for a command that cannot be executed; the id of the exec is left out.
_EXEC_MISSING = (
    "rpc error: code = Unknown desc = failed to exec in container: failed to start exec: OCI "
    "runtime exec failed: exec failed: unable to start container process: exec: {}: executable "
    "file not found in $PATH: unknown"
)
# Purposes of chance.
LATENCY, CPU_TIME, TURN, EXEC_TIME = 1, 2, 3, 4


class Reply(msgspec.Struct, frozen=True):
    """How a probe ended: seconds after it was asked, and the text for the kubelet's event."""

    outcome: Outcome
    seconds: float = 0.0
    output: str = ""


def unreachable(probe: Probe, pod_ip: str = "10.244.0.10") -> Reply:
    """The answer of a container in which no process runs."""
    if probe.exec is not None:
        return Reply(Outcome.ERROR, 0.0, "container not running")
    return _no_connection(probe, f"{pod_ip}:{probe.port}", Listener.REFUSES)


def ask(process: "Process", probe: Probe, now: float) -> Reply:
    """Ask a process."""
    if probe.exec is not None:
        return _exec(process, probe, probe.exec, now)
    number = resolve_port(process.spec, probe.port)
    if isinstance(number, Reply):
        return number
    uptime = now - process.started_at
    address = f"{process.surroundings.pod_ip}:{number}"
    closed = process.closed(number, uptime)
    if closed is not None:
        return _no_connection(probe, address, closed)
    if probe.tcp_socket is not None:
        # The kernel takes the connection, whatever the process does.
        return Reply(Outcome.SUCCESS)
    if probe.grpc is not None:
        return _grpc(process, probe, probe.grpc.service or "", now)
    return _http(process, probe, probe.http_get or HttpGetAction(), address, now)


def resolve_port(spec: Container, port: int | str | None) -> int | Reply:
    """The number of a port, or the error of a name that this container does not have."""
    if isinstance(port, int):
        return port
    for entry in spec.ports or ():
        if entry.name == port:
            return entry.container_port
    if port is not None and port.isdecimal():
        return int(port)
    return Reply(Outcome.ERROR, 0.0, probe_output.unknown_port(port or ""))


def http_path(action: HttpGetAction) -> str:
    """The path that is asked, as the keys of `answers` write it: without a query."""
    path = (action.path or "/").partition("?")[0]
    return path if path.startswith("/") else "/" + path


def chosen(
    by_name: Mapping[str, tuple[S, ...]], name: str, process: "Process", uptime: float
) -> S | None:
    """The entry that holds: the last one of this name, else the last one of "*"."""
    spells = by_name.get(name)
    if spells is None:
        spells = by_name.get("*", ())
    found = None
    for spell in spells:
        if spell.holds(local(spell, uptime, process.started_at), process.life):
            found = spell
    return found


@lru_cache(maxsize=64)
def _no_connection(probe: Probe, address: str, how: Listener) -> Reply:
    """A port that refuses, or packets that vanish; gRPC always waits (kubelet.md Q9)."""
    refuses = how is Listener.REFUSES
    seconds = 0.0 if refuses else float(probe.timeout)
    if probe.grpc is not None:
        text = probe_output.grpc_no_connection(address, probe.timeout, "context deadline exceeded")
        return Reply(Outcome.FAILURE, probe.timeout, text)
    text = probe_output.refused(address)
    if probe.tcp_socket is not None:
        text = text if refuses else f"dial tcp {address}: i/o timeout"
        return Reply(Outcome.FAILURE, seconds, text)
    url = _url(probe.http_get or HttpGetAction(), address)
    error = text if refuses else probe_output.HEADER_TIMEOUT
    return Reply(Outcome.FAILURE, seconds, probe_output.http_request(url, error))


def _http(
    process: "Process", probe: Probe, action: HttpGetAction, address: str, now: float
) -> Reply:
    timeout = float(probe.timeout)
    first = url = _url(action, address)
    elapsed = 0.0
    for _ in range(_MOST_REDIRECTS):
        path = urlsplit(url).path or "/" if url is not first else http_path(action)
        uptime = now + elapsed - process.started_at
        answer = chosen(process.workload.answers, path, process, uptime)
        hang = answer.hang if answer is not None else None
        if hang is not Hang.HEADERS:
            latency, work = (answer.latency, answer.cpu) if answer is not None else (None, None)
            elapsed += process.answer_seconds(path, latency, work, uptime)
        if hang is Hang.HEADERS or elapsed >= timeout:
            text = probe_output.http_request(url, probe_output.HEADER_TIMEOUT)
            return Reply(Outcome.FAILURE, timeout, text)
        if hang is Hang.BODY:
            return Reply(Outcome.ERROR, timeout, probe_output.BODY_TIMEOUT)
        code = answer.code if answer is not None else 200
        code = process.code_without_dependencies(path, uptime) or code
        if answer is None or answer.redirect is None or code != answer.code:
            return _http_code(code, elapsed)
        url = urljoin(url, answer.redirect)
        if urlsplit(url).hostname != urlsplit(first).hostname:
            return Reply(Outcome.WARNING, elapsed, probe_output.redirected(""))
    text = probe_output.http_request(url, f"stopped after {_MOST_REDIRECTS} redirects")
    return Reply(Outcome.FAILURE, elapsed, text)


def _http_code(code: int, seconds: float) -> Reply:
    if 200 <= code < 300:
        return Reply(Outcome.SUCCESS, seconds)
    if 300 <= code < 400:
        return Reply(Outcome.WARNING, seconds, probe_output.redirected(""))
    return Reply(Outcome.FAILURE, seconds, probe_output.http_status(code))


def _grpc(process: "Process", probe: Probe, service: str, now: float) -> Reply:
    timeout = float(probe.timeout)
    uptime = now - process.started_at
    answer = chosen(process.workload.grpc, service, process, uptime)
    latency = answer.latency if answer is not None else None
    seconds = process.answer_seconds("grpc", latency, None, uptime)
    if (answer is not None and answer.hang) or seconds >= timeout:
        text = _RPC_TIMEOUT.format(go_duration(timeout))
        return Reply(Outcome.FAILURE, timeout, text)
    status = answer.status if answer is not None else "SERVING"
    if process.code_without_dependencies("grpc", uptime) is not None:
        status = "NOT_SERVING"
    if status == "SERVING":
        return Reply(Outcome.SUCCESS, seconds)
    if status == "UNIMPLEMENTED":
        error = "unknown service grpc.health.v1.Health"
        return Reply(Outcome.FAILURE, seconds, probe_output.grpc_unimplemented(error))
    if status == "SERVICE_UNKNOWN":
        # grpc-go health/server.go answers a service that it does not have with NotFound.
        error = "rpc error: code = NotFound desc = unknown service"
        return Reply(Outcome.FAILURE, seconds, _RPC_FAILED.format(error))
    return Reply(Outcome.FAILURE, seconds, probe_output.grpc_unhealthy(status))


def _exec(process: "Process", probe: Probe, action: ExecAction, now: float) -> Reply:
    command = action.command or ()
    line = " ".join(command)
    uptime = now - process.started_at
    answer = chosen(process.workload.exec, line, process, uptime)
    if answer is not None and answer.missing:
        text = _EXEC_MISSING.format(quoted(command[0] if command else ""))
        return Reply(Outcome.ERROR, 0.0, text)
    takes = answer.takes if answer is not None else None
    moment = process.moment(uptime)
    law = takes if takes is not None else EXEC_SECONDS
    seconds = law.at(share(process.key, EXEC_TIME, moment))
    seconds += process.cpu_seconds(answer.cpu if answer is not None else None, uptime)
    behaviour = process.surroundings.behaviour
    if seconds >= probe.timeout and behaviour.exec_probe_timeout:
        text = probe_output.exec_timeout(command, probe.timeout, behaviour)
        return Reply(Outcome.FAILURE, float(probe.timeout), text)
    if answer is None or answer.exit == 0:
        return Reply(Outcome.SUCCESS, seconds)
    return Reply(Outcome.FAILURE, seconds, answer.output)


def _url(action: HttpGetAction, address: str) -> str:
    scheme = (action.scheme or "HTTP").lower()
    path = action.path or "/"
    if action.host:
        address = f"{action.host}:{address.rpartition(':')[2]}"
    return f"{scheme}://{address}{path if path.startswith('/') else '/' + path}"
