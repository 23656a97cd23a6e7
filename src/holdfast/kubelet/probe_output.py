"""What a failed probe says: the output that follows "probe failed:" in the event Unhealthy.

Rules: texts of the kubelet's own probers and of Go's network library (kubelet.md 1.8, 10). Source:
kubernetes v1.36.2 pkg/probe/{http,tcp,exec,grpc}, cri-client remote_runtime.go.
"""

from collections.abc import Sequence

from holdfast.kubelet.behaviour import Behaviour
from holdfast.kubelet.wording import go_duration, quoted

# net/http, when Client.Timeout is over; the second is an error, not a failure (Q7).
HEADER_TIMEOUT = "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
BODY_TIMEOUT = (
    "context deadline exceeded (Client.Timeout or context cancellation while reading body)"
)

# client-go context, when a pod's own context has ended (kubelet.md 13.3)
CANCELLED = "rpc error: code = Canceled desc = context canceled"


def http_status(code: int) -> str:
    """A status code that is no success; the body is never told."""
    return f"HTTP probe failed with statuscode: {code}"


def http_request(url: str, error: str) -> str:
    """A request that got no answer: `error` is `HEADER_TIMEOUT` or of the connection."""
    return f"Get {quoted(url)}: {error}"


def refused(address: str) -> str:
    """Nobody listens; `address` is host:port."""
    return f"dial tcp {address}: connect: connection refused"


def redirected(body: str) -> str:
    """A redirect to another host, which is a warning (kubelet.md 1.8)."""
    return f"Probe terminated redirects, Response body: {body}"


def unknown_port(name: str) -> str:
    """The error of a named port that the container does not have."""
    return f"strconv.Atoi: parsing {quoted(name)}: invalid syntax"


def exec_timeout(command: Sequence[str], seconds: int, behaviour: Behaviour) -> str:
    """A command that took longer than timeoutSeconds."""
    line = quoted(" ".join(command))
    if behaviour.names_command_on_timeout:
        return f"command timed out: {line} timed out after {go_duration(seconds)}"
    return f"command {line} timed out"


def grpc_unhealthy(status: str) -> str:
    """An answer other than SERVING, such as NOT_SERVING."""
    return f"service unhealthy (responded with {quoted(status)})"


def grpc_no_connection(address: str, seconds: int, error: str) -> str:
    """No connection within the timeout, which a refusal costs in full (Q9)."""
    return (
        f"timeout: failed to connect service {quoted(address)} within "
        f"{go_duration(seconds)}: {error}"
    )


def grpc_unimplemented(error: str) -> str:
    """The server does not know grpc.health.v1.Health."""
    return (
        "error: this server does not implement the grpc health protocol "
        f"(grpc.health.v1.Health): {error}"
    )
