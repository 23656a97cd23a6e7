"""The exec probe: a command in the container's own namespaces and control group.

Rules: no shell; only literal variables are expanded; after the timeout the command alone is killed,
not its children; 10 KiB of its output are kept. A command that cannot be started is an error, which
the kubelet discards. Source: kubernetes v1.36.2 pkg/probe/exec/exec.go, cri-client
remote_runtime.go ExecSync; containerd internal/cri/server/container_execsync.go.
"""

from collections.abc import Sequence

from holdfast.kubelet import probe_output
from holdfast.kubelet.behaviour import Behaviour
from holdfast.kubelet.inputs import Outcome
from holdfast.rehearsal.container_runtime import StartFailedError
from holdfast.rehearsal.inside import Executor
from holdfast.rehearsal.probes.reply import Reply
from holdfast.rehearsal.start_failure import exec_refusal

_NOT_RUNNING = "container not running"


async def exec_probe(
    command: Sequence[str], executor: Executor | None, timeout: int, behaviour: Behaviour
) -> Reply:
    """Run it once; `executor` is None while no container runs."""
    if executor is None:
        return Reply(Outcome.ERROR, _NOT_RUNNING)
    try:
        limit = timeout if behaviour.exec_probe_timeout else None
        status, output = await executor.run(command, limit)
    except StartFailedError as error:
        return Reply(Outcome.ERROR, exec_refusal(error.failure))
    except TimeoutError:
        return Reply(Outcome.FAILURE, probe_output.exec_timeout(command, timeout, behaviour))
    return Reply(Outcome.SUCCESS if status == 0 else Outcome.FAILURE, output)
