"""The server is told to listen on 127.0.0.1, and probes come from the node.

What happens
------------
The kubelet and the Service ask the address of the pod. A server on the loopback address refuses
both, while everything works from inside the container.

Why it hurts
------------
The container is never ready, or is killed again and again although it is well.

How we know
-----------
The command or a variable says so: --host 127.0.0.1, --bind localhost:8000, ASPNETCORE_URLS, or a
server whose default that is (uvicorn, flask run, manage.py runserver) without an address. Ports of
the address and of the probe agree.

What else it could be
---------------------
A configuration file of the program that says otherwise.

Fix
---
The address 0.0.0.0, or :: where pods have IPv6.

When the fix is wrong
---------------------
Where a proxy in the pod takes the requests, and the probe asks the proxy.

References
----------
docs/specs/rules.md HF120, docs/specs/causes.md C10, docs/specs/kubelet.md Q10.
"""

from collections.abc import Iterator

from holdfast.lint.options import variable_options
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem, Replay
from holdfast.lint.world import World
from holdfast.model.container import Probe
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF120",
    "the server listens on localhost, where probes and Services do not reach it",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=("C10",),
)


_LOOPBACK = r"(?:https?://)?(?:127\.\d+\.\d+\.\d+|localhost|\[::1\])(?::(?P<port>\d+))?"
_FLAG = regex(rf"(?:^|\s)(?:--host|--bind|-b|--listen|--address)[= ]{_LOOPBACK}(?=$|\s)")
# Programs that ask a server on the loopback address, and are none.
_CLIENT = regex(
    r"(?:^|[\s/;&|(])(?:psql|pg_\w+|mysql\w*|mariadb\S*|mongo\w*|redis-cli|curl|wget|nc)\s"
)
_VARIABLES = ("ASPNETCORE_URLS", "UVICORN_HOST", "FLASK_RUN_HOST")
_VALUE = regex(rf"{_LOOPBACK}/?")
# Servers that listen on the loopback address by default, and what tells them another one.
_DEFAULTS = (
    (regex(r"(?:^|[\s/])uvicorn\s"), regex(r"\s--(?:host|uds|fd)\b"), "UVICORN_HOST"),
    (
        regex(r"(?:^|[\s/])flask\s.*\brun\b"),
        regex(r"\s(?:--host|-h)\b"),
        "FLASK_RUN_HOST",
    ),
    (regex(r"manage\.py\s+runserver\b"), regex(r"runserver\s+\S*\d"), ""),
)


def check_container_in(container: ContainerSubject, world: World) -> Iterator[Problem]:
    """A server on the loopback address that a probe asks from outside."""
    asked = {
        container.port_number(probe.port)
        for _, probe in container.probes
        if probe.port is not None and not _host(probe)
    }
    if not asked:
        return
    field = "command" if container.spec.command else "args"
    text = " ".join(container.words)
    flag = _FLAG.search(text) if not _CLIENT.search(text) else None
    if flag is not None and _agrees(flag["port"], asked):
        found = _FOUND.format(flag.group().strip())
        yield container.problem(found, field, fix=_FIX, replay=_replay(container))
        return
    for option in variable_options(world.environment_of(container), _VARIABLES):
        value = _VALUE.fullmatch(option.text)
        if value is not None and _agrees(value["port"], asked):
            told = f"{option.name}={option.text}"
            found = _FOUND.format(told)
            yield container.problem(found, at=option.place, fix=_FIX, replay=_replay(container))
    for server, address, variable in _DEFAULTS:
        match = server.search(text)
        if match is None or address.search(text) or flag is not None:
            continue
        if variable not in world.environment_of(container):
            told = f"{match.group().strip()} without an address"
            found = _FOUND.format(told)
            yield container.problem(found, field, fix=_FIX, replay=_replay(container))


_FOUND = "{} listens on the loopback address, and its probe asks the address of the pod"
_FIX = Fix("0.0.0.0 as the address to listen on")


def _replay(container: ContainerSubject) -> Replay | None:
    """What becomes of it where a probe can kill."""
    kills = any(field != "readinessProbe" and probe.port for field, probe in container.probes)
    return Replay("it listens on 127.0.0.1", {"localhostOnly": True}) if kills else None


def _host(probe: Probe) -> str | None:
    action = probe.http_get or probe.tcp_socket
    return action.host if action is not None else None


def _agrees(port: str | None, asked: set[int | str | None]) -> bool:
    return port is None or int(port) in asked
