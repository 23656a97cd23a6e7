"""Ways to send a GET to an API server: a process of kubectl, or a pod's service account.

Rules: GET and nothing else. kubectl brings every kubeconfig, cloud login and proxy there is; the
service account serves where there is no kubectl. All answer the same bytes and raise the same
errors.
"""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from holdfast.model.errors import HoldfastError
from holdfast.model.regex import regex

_SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
_FORBIDDEN, _NOT_FOUND, _GONE, _UNAUTHORIZED = 403, 404, 410, 401
# client-go writes the reason of a Status into its error; "the server could not find ..." is 404.
_REASONS = (
    (regex(r"\(Forbidden\)|\bis forbidden\b"), _FORBIDDEN),
    (regex(r"\(NotFound\)|could not find the requested resource"), _NOT_FOUND),
    (regex(r"\(Gone\)|\(Expired\)|continue (?:token|parameter) is too old"), _GONE),
    (regex(r"\(Unauthorized\)|must be logged in"), _UNAUTHORIZED),
)


class ClusterError(HoldfastError):
    """The cluster cannot be asked at all: no connection, no credentials, no kubectl."""


class RefusedError(Exception):
    """The API server answered, and not with what was asked for. `code` is the HTTP status."""

    def __init__(self, code: int, message: str) -> None:
        """Keep both."""
        super().__init__(message)
        self.code = code
        self.message = message

    @property
    def forbidden(self) -> bool:
        """RBAC says no (403), or nobody is logged in (401)."""
        return self.code in (_FORBIDDEN, _UNAUTHORIZED)

    @property
    def gone(self) -> bool:
        """A continue token that is too old (410)."""
        return self.code == _GONE


class Transport(Protocol):
    """Something that can be asked for paths of an API server."""

    name: str

    def get(self, path: str, query: Mapping[str, str]) -> bytes:
        """The body of the answer. Raises RefusedError and ClusterError."""

    def namespace(self) -> str:
        """The namespace of the current context."""

    def close(self) -> None:
        """Let go of what was opened for asking."""


class KubectlTransport:
    """`kubectl get --raw`, with the connection flags passed through."""

    def __init__(self, flags: Sequence[str]) -> None:
        """`flags` are complete kubectl flags, such as "--context=prod"."""
        self.name = "kubectl get --raw"
        self._flags = tuple(flags)

    def get(self, path: str, query: Mapping[str, str]) -> bytes:
        """The body of the answer. Raises RefusedError and ClusterError."""
        url = f"{path}?{urlencode(query)}" if query else path
        result = self._run("get", "--raw", self._server_path + url)
        if result.returncode == 0:
            return result.stdout
        message = result.stderr.decode(errors="replace").strip()
        for pattern, code in _REASONS:
            if pattern.search(message):
                raise RefusedError(code, message)
        raise no_connection("kubectl get --raw " + path, message)

    def namespace(self) -> str:
        """The namespace of the current context, "default" where it has none."""
        jsonpath = "-o=jsonpath={..namespace}"
        result = self._run("config", "view", "--minify", jsonpath)
        return result.stdout.decode(errors="replace").strip() or "default"

    def close(self) -> None:
        """Nothing stays open between two requests."""

    @cached_property
    def _server_path(self) -> str:
        """The path of the server itself, as behind Rancher: `get --raw` replaces it."""
        given = [flag for flag in self._flags if flag.startswith("--server=")]
        if given:
            server = given[-1].partition("=")[2]
        else:
            view = self._run("config", "view", "--minify", "-o=jsonpath={..cluster.server}")
            server = view.stdout.decode(errors="replace").strip()
        return urlsplit(server).path.rstrip("/")

    def _run(self, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
        return subprocess.run(  # noqa: S603 - arguments, no shell
            ["kubectl", *arguments, *self._flags],  # noqa: S607 - the user's own kubectl
            capture_output=True,
            stdin=subprocess.DEVNULL,
            check=False,
        )


class ServiceAccountTransport:
    """HTTPS with the token of a pod's service account (extra `incluster`)."""

    def __init__(self, base_url: str, directory: Path) -> None:
        """`base_url` of the API server; `directory` holds token, ca.crt and namespace."""
        try:
            import httpx2
        except ImportError as error:
            raise ClusterError(
                "connecting to the API server",
                base_url,
                "neither kubectl nor the package httpx2; expected one of them",
                "install kubectl, or pip install 'holdfast[incluster]'",
            ) from error
        self.name = base_url
        self._directory = directory
        self._failures: tuple[type[Exception], ...] = (httpx2.HTTPError,)
        authority = directory / "ca.crt"
        self._client: Any = httpx2.Client(
            base_url=base_url, verify=str(authority) if authority.is_file() else True
        )

    def get(self, path: str, query: Mapping[str, str]) -> bytes:
        """The body of the answer. Raises RefusedError and ClusterError."""
        # Read again each time: the kubelet rotates the token while we run.
        token = (self._directory / "token").read_text(encoding="ascii").strip()
        try:
            answer = self._client.get(
                path, params=dict(query), headers={"Authorization": f"Bearer {token}"}
            )
        except self._failures as error:
            raise no_connection(f"GET {self.name}{path}", str(error)) from error
        if answer.is_success:
            body: bytes = answer.content
            return body
        message = status_message(answer.content)
        if message is None:
            message = answer.content[:200].decode(errors="replace")
        raise RefusedError(answer.status_code, message)

    def namespace(self) -> str:
        """The pod's own namespace."""
        file = self._directory / "namespace"
        return file.read_text(encoding="ascii").strip() if file.is_file() else "default"

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def own_account() -> ServiceAccountTransport | None:
    """The service account of the pod in which this runs; None outside of a cluster."""
    host = os.environ.get("KUBERNETES_SERVICE_HOST")
    if host and (_SERVICE_ACCOUNT / "token").is_file():
        port = os.environ.get("KUBERNETES_SERVICE_PORT", "443")
        bracketed = f"[{host}]" if ":" in host else host
        return ServiceAccountTransport(f"https://{bracketed}:{port}", _SERVICE_ACCOUNT)
    return None


def no_connection(where: str, message: str) -> ClusterError:
    """The error for a server that gave no answer; `message` is what the connection said."""
    last = message.splitlines()[-1] if message else "no answer"
    return ClusterError(
        "asking the API server",
        where,
        f"{last}; expected an answer",
        "check the context and the login (kubectl cluster-info), or read a file with -f",
    )


def status_message(body: bytes) -> str | None:
    """The message of a Status as the API server answers it; None for another body."""
    try:
        status = json.loads(body)
    except ValueError:
        return None
    if not isinstance(status, dict) or status.get("kind") != "Status":
        return None
    return str(status.get("message", ""))
