"""EXPOSE that names another port than the program listens on.

What happens
------------
EXPOSE opens nothing; it tells people and tools where the program listens. Here it tells another
port than the command or the variable of the image.

Why it hurts
------------
Whoever writes the manifest takes containerPort, probes and the Service from it. Probes then ask a
port where nobody listens, and the container is killed or never ready.

How we know
-----------
A port option of the command, PORT and its relatives among the variables, and EXPOSE. Where
manifests are checked beside the Dockerfile, also containerPort of the containers that run it:
--dockerfile names them, or the name of the directory does.

What else it could be
---------------------
A second port that the program opens by itself.

Fix
---
EXPOSE with the port that the program listens on.

When the fix is wrong
---------------------
Where a manifest sets another port.

References
----------
docs/specs/rules.md HF817; docs/specs/causes.md C01.
"""

import re
from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.start import Start
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF817",
    "EXPOSE names another port than the image listens on",
    Severity.LOW,
    Confidence.CERTAIN,
    prevents=("C01",),
)


_OPTION = regex(
    r"(?:^|\s)(?:--(?:server[.-])?(?:http[.-])?port|-Dserver\.port|--bind|--listen|-b)[= ]"
    r"(?:\[?[\w.:*]*\]?:)?(\d{2,5})(?=\s|$)"
)
_EXPOSED = regex(r"(\d+)(?:-(\d+))?(?:/(?:tcp|udp|sctp))?", re.IGNORECASE)
_VARIABLES = ("PORT", "SERVER_PORT", "HTTP_PORT", "UVICORN_PORT", "ASPNETCORE_HTTP_PORTS")


def check_start(start: Start) -> Iterator[Problem]:
    """The ports of EXPOSE beside that of the command."""
    stage = start.stage
    ranges = [
        _range(stage.value_of(word.text)) for one in stage.all_of("EXPOSE") for word in one.words
    ]
    exposing = stage.last("EXPOSE")
    listens = _listens(start)
    if exposing is None or listens is None or None in ranges:
        return
    port, where = listens
    if not any(one is not None and port in one for one in ranges):
        yield stage.dockerfile.problem(
            f"{where} is port {port}, which EXPOSE does not name",
            exposing,
            fix=Fix(f"EXPOSE {port}"),
        )


def check_built_container(start: Start, container: ContainerSubject) -> Iterator[Problem]:
    """The ports of a manifest beside that of the image that it runs."""
    declared = [port.container_port for port in container.spec.ports or ()]
    variables = {variable.name for variable in container.spec.env or ()}
    listens = _listens(start)
    told_otherwise = container.words or variables.intersection(_VARIABLES)
    if listens is None or not declared or told_otherwise or listens[0] in declared:
        return
    port, where = listens
    file = start.stage.dockerfile.parsed.file
    yield container.problem(
        f"{where} in {file} is port {port}, which no containerPort names",
        "ports",
        fix=Fix(f"containerPort {port}, or the port of the image"),
    )


def _listens(start: Start) -> tuple[int, str] | None:
    """The port that the command names, else a variable of the image, and which of them it is."""
    for line in start.lines:
        match = _OPTION.search(" ".join(line.words))
        if match is not None:
            return int(match[1]), f"the command's `{match.group().strip()}`"
    for name in _VARIABLES:
        setting = start.stage.settings.get(name)
        if setting is not None and setting.value is not None and setting.value.isdigit():
            return int(setting.value), f"{name}={setting.value}"
    return None


def _range(text: str | None) -> range | None:
    match = _EXPOSED.fullmatch(text or "")
    return range(int(match[1]), int(match[2] or match[1]) + 1) if match is not None else None
