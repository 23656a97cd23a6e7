"""The message that Kubernetes shows as the reason of an end: `lastState.terminated.message`.

Rules: written only when the supervisor knows what no log says, and never over what the program
wrote: an empty file lets `terminationMessagePolicy: FallbackToLogsOnError` show the log instead.
Source: kubelet.md; core/v1 Container, terminationMessagePath.
"""

import os

# The kubelet reads at most this much of it (kubernetes pkg/kubelet/container, 4096 bytes).
_LONGEST_BYTES = 4096


def write_reason(path: str, reason: str) -> None:
    """Write it where the kubelet has mounted the file, and nobody has written yet."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
    except OSError:
        # Not in a pod, or not ours to write: the log has it all the same.
        return
    try:
        if os.fstat(descriptor).st_size == 0:
            os.write(descriptor, f"holdfast run: {reason}\n".encode()[:_LONGEST_BYTES])
    except OSError:
        return
    finally:
        os.close(descriptor)
