"""The TCP probe: whether a connection can be opened. Source: pkg/probe/tcp/tcp.go."""

import asyncio

from holdfast.kubelet.inputs import Outcome
from holdfast.model.container import Container, TcpSocketAction
from holdfast.rehearsal.probes.dial import DialError, dial, join_host_port
from holdfast.rehearsal.probes.port import PortError, resolve_port
from holdfast.rehearsal.probes.reply import Reply, Target


async def tcp_probe(
    action: TcpSocketAction, spec: Container, target: Target, timeout: float
) -> Reply:
    """Ask once."""
    host = action.host or target.pod_ip
    try:
        port = resolve_port(spec, action.port)
        async with asyncio.timeout(timeout):
            (await dial(host, port)).close()
    except PortError as error:
        return Reply(Outcome.ERROR, str(error))
    except DialError as error:
        return Reply(Outcome.FAILURE, str(error))
    except TimeoutError:
        return Reply(Outcome.FAILURE, f"dial tcp {join_host_port(host, port)}: i/o timeout")
    return Reply(Outcome.SUCCESS)
