"""Lifecycle hooks, for real: exec, HTTP and sleep (docs/specs/kubelet.md 4.3).

Rules: nothing limits how long a hook takes; the status code of an HTTP hook is ignored; a hook that
outlives its container ends with it. Source: kubernetes v1.36.2 pkg/kubelet/lifecycle/handlers.go.
"""

import asyncio
from typing import NamedTuple
from urllib.parse import urlsplit

from holdfast.kubelet.wording import exec_error
from holdfast.model.container import Container, HttpGetAction, LifecycleHandler
from holdfast.rehearsal.container_runtime import Running, StartFailedError
from holdfast.rehearsal.inside import Executor
from holdfast.rehearsal.probes.http_probe import HttpRefusedError, http_request, url_of
from holdfast.rehearsal.probes.port import PortError
from holdfast.rehearsal.probes.reply import Target
from holdfast.rehearsal.start_failure import exec_refusal

_CUT_SHORT = "container terminated before sleep hook finished"


class Result(NamedTuple):
    """How a hook ended: the error, "" where it succeeded, and what its command printed.

    `fell_back` is the host that was asked without TLS because it speaks none.
    """

    error: str = ""
    output: str = ""
    fell_back: str = ""


async def run_hook(
    hook: LifecycleHandler, spec: Container, target: Target, executor: Executor, running: Running
) -> Result:
    """Run it to its end."""
    if hook.exec is not None:
        return await _exec(hook.exec.command or (), executor)
    if hook.http_get is not None:
        return await _http(hook.http_get, spec, target)
    if hook.sleep is not None:
        return Result(await _sleep(hook.sleep.seconds, running))
    return Result("invalid handler")


async def _http(action: HttpGetAction, spec: Container, target: Target) -> Result:
    try:
        if await http_request(action, spec, target):
            return Result(fell_back=urlsplit(url_of(action, spec, target.pod_ip)).netloc)
    except HttpRefusedError as refused:
        return Result(f'Get "{refused.url}": {refused}')
    except PortError as refused:
        return Result(str(refused))
    return Result()


async def _exec(command: tuple[str, ...], executor: Executor) -> Result:
    try:
        status, output = await executor.run(command, None)
    except StartFailedError as refused:
        return Result(exec_refusal(refused.failure))
    return Result() if status == 0 else Result(exec_error(command, status, output), output)


async def _sleep(seconds: int, running: Running) -> str:
    try:
        async with asyncio.timeout(seconds):
            await asyncio.shield(running.ended)
    except TimeoutError:
        return ""
    return _CUT_SHORT
