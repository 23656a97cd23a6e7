"""The probe clients against the kubelet's own: the same bytes, the same verdicts, the same words.

recorded.json is what pkg/probe of kubernetes v1.36.2 did with the servers of cases.json.
"""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.rehearsal.wire_server import WireServer

from holdfast.kubelet.inputs import Outcome
from holdfast.model.container import (
    Container,
    ContainerPort,
    GrpcAction,
    HttpGetAction,
    TcpSocketAction,
)
from holdfast.rehearsal.probes.grpc_probe import grpc_probe
from holdfast.rehearsal.probes.http_probe import http_probe
from holdfast.rehearsal.probes.reply import Reply, Target
from holdfast.rehearsal.probes.tcp_probe import tcp_probe

DIRECTORY = Path(__file__).parent / "kubelet_probes"
CASES = json.loads((DIRECTORY / "cases.json").read_text(encoding="utf-8"))
RECORDED = {
    each["name"]: each
    for each in json.loads((DIRECTORY / "recorded.json").read_text(encoding="utf-8"))
}
TARGET = Target("127.0.0.1", "kube-probe/1.36")
# Ports of clients differ from run to run.
_CLIENT_PORT = re.compile(r"127\.0\.0\.1:\d+->")


def ask(case: dict[str, Any]) -> tuple[Reply, list[str]]:
    """What our client makes of a case, and what it sent."""

    async def asking() -> tuple[Reply, list[str]]:
        server = WireServer(case)
        await server.open()
        try:
            reply = await _ask(case, server.port)
            await asyncio.sleep(0.02)
        finally:
            await server.close()
        return reply, server.requests

    return asyncio.run(asking())


async def _ask(case: dict[str, Any], port: int) -> Reply:
    spec = Container(ports=(ContainerPort(port, "web"),))
    if case["kind"] == "tcp":
        return await tcp_probe(TcpSocketAction(port), spec, TARGET, case["timeout"])
    if case["kind"] == "grpc":
        return await grpc_probe(GrpcAction(port), spec, TARGET, int(case["timeout"]))
    text = json.dumps(case["httpGet"]).replace("{port}", str(port))
    action = msgspec.convert({"port": port, **json.loads(text)}, HttpGetAction)
    return await http_probe(action, spec, TARGET, case["timeout"])


def plain(text: str, port: int = 0) -> str:
    """Without the ports of clients."""
    return _CLIENT_PORT.sub("127.0.0.1:*->", text)


def words_of(recorded: dict[str, Any]) -> tuple[Outcome, str]:
    """What the kubelet made of it: an error counts as such, whatever the result beside it."""
    if recorded["error"]:
        return Outcome.ERROR, recorded["error"]
    return Outcome(recorded["result"]), plain(recorded["output"])


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_probe_is_the_kubelets(case: dict[str, Any]) -> None:
    """A service sees the same request from a rehearsal as from a cluster, and is judged alike."""
    recorded = RECORDED[case["name"]]

    reply, requests = ask(case)

    port = re.search(r"Host: 127\.0\.0\.1:(\d+)", "".join(requests))
    shown = plain(reply.output)
    if port is not None:
        shown = shown.replace(port[1], "{port}")
    assert (reply.outcome, re.sub(r":\d{5}", ":{port}", shown)) == words_of(recorded)
    if case["kind"] == "http":
        sent = [re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:{port}", each) for each in requests]
        assert sent == recorded["requests"]
