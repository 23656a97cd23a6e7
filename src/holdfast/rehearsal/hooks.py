"""Lifecycle hooks, for real: exec, HTTP and sleep (docs/specs/kubelet.md 4.3).

Rules: nothing limits how long a hook takes; the status code of an HTTP hook is ignored; a hook that
outlives its container ends with it. Source: kubernetes v1.36.2 pkg/kubelet/lifecycle/handlers.go.
"""

import asyncio
from typing import NamedTuple
from urllib.parse import urlsplit

from holdfast.kubelet.wording import exec_error, post_start_failed
from holdfast.model.container import Container, LifecycleHandler
from holdfast.model.pod import Pod
from holdfast.rehearsal.container_runtime import Running, StartFailedError
from holdfast.rehearsal.inside import Executor
from holdfast.rehearsal.probes.http_probe import HttpRefusedError, http_request, url_of
from holdfast.rehearsal.probes.port import PortError
from holdfast.rehearsal.probes.reply import Target
from holdfast.rehearsal.start_failure import exec_refusal

_CUT_SHORT = "container terminated before sleep hook finished"


class Hooked(NamedTuple):
    """How a hook ended: "" where it succeeded, else the kubelet's message.

    `fell_back` is the host that was asked without TLS because it speaks none.
    """

    message: str = ""
    fell_back: str = ""


async def run_hook(
    hook: LifecycleHandler,
    pod: Pod,
    spec: Container,
    target: Target,
    executor: Executor,
    running: Running,
) -> Hooked:
    """Run it to its end."""
    error, output, fell_back = "", "", ""
    if hook.exec is not None:
        error, output = await _exec(hook.exec.command or (), executor)
    elif hook.http_get is not None:
        try:
            if await http_request(hook.http_get, spec, target):
                fell_back = urlsplit(url_of(hook.http_get, spec, target.pod_ip)).netloc
        except HttpRefusedError as refused:
            error = f'Get "{refused.url}": {refused}'
        except PortError as refused:
            error = str(refused)
    elif hook.sleep is not None:
        error = await _sleep(hook.sleep.seconds, running)
    else:
        error = "invalid handler"
    if not error:
        return Hooked(fell_back=fell_back)
    return Hooked(post_start_failed(pod, spec.name, hook, error, output))


async def _exec(command: tuple[str, ...], executor: Executor) -> tuple[str, str]:
    """Error and output of a command; both are "" where it succeeds."""
    try:
        status, output = await executor.run(command, None)
    except StartFailedError as refused:
        return exec_refusal(refused.failure), ""
    return ("", "") if status == 0 else (exec_error(command, status, output), output)


async def _sleep(seconds: int, running: Running) -> str:
    try:
        async with asyncio.timeout(seconds):
            await asyncio.shield(running.ended)
    except TimeoutError:
        return ""
    return _CUT_SHORT
