"""grpcio: `grpc.health.v1.Health/Check` on a channel, sync or asyncio, without generated code."""

from inspect import isawaitable, iscoroutinefunction
from typing import Any

from holdfast.dependencies.handshakes.grpc import encode_service, judge_serving, judge_status
from holdfast.dependencies.verdict import Verdict

_METHOD = "/grpc.health.v1.Health/Check"


def is_blocking(client: Any) -> bool:
    """Whether it is a channel of `grpc` rather than of `grpc.aio`."""
    return not iscoroutinefunction(client.close)


async def ask(client: Any, timeout: float, service: str = "") -> Verdict:
    """The question to a channel of grpc.aio."""
    call = client.unary_unary(_METHOD)(encode_service(service), timeout=timeout)
    try:
        return judge_serving(await call)
    except Exception as error:  # noqa: BLE001 - _judge raises what it does not know
        return _judge(error)


def ask_blocking(client: Any, timeout: float, service: str = "") -> Verdict:
    """The question to a channel of grpc."""
    try:
        return judge_serving(client.unary_unary(_METHOD)(encode_service(service), timeout=timeout))
    except Exception as error:  # noqa: BLE001 - _judge raises what it does not know
        return _judge(error)


def _judge(error: Any) -> Verdict:
    """RpcError tells its code as an enum of (number, name); anything else is for judge_error."""
    code = getattr(error, "code", None)
    if code is None or isawaitable(code):
        raise error
    return judge_status(code().value[0])
