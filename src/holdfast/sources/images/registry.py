"""Images of a registry, by the OCI distribution API.

The client is oras (the extra `registry`): it knows the login files and credential helpers of Docker
and the two ways in which registries ask for credentials. This module asks it for bytes only, checks
every digest itself, and never writes.
"""

import hashlib
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import msgspec

from holdfast.model.image_reference import Firmness, parse_reference
from holdfast.sources.images.assemble import assemble
from holdfast.sources.images.choose_manifest import Chosen, choose_manifest
from holdfast.sources.images.digests import check_digest
from holdfast.sources.images.documents import INDEXES, MANIFESTS, Descriptor, decode
from holdfast.sources.images.errors import ImageError, broken, unreadable
from holdfast.sources.images.file_set import LARGEST_DOCUMENT_BYTES
from holdfast.sources.images.packed_image import PackedImage

_DOCKER = "docker.io"
_DOCKER_HOST = "registry-1.docker.io"
# Under this name `docker login` keeps the login of Docker Hub.
_DOCKER_LOGIN = "https://index.docker.io/v1/"
_ACCEPTED = ", ".join((*INDEXES, *MANIFESTS))
_PIECE_BYTES = 64 * 1024
# To connect, and between two pieces of an answer.
_TIMEOUT_SECONDS = (10, 60)
_WRONG = (Firmness.INVALID, Firmness.UNRENDERED)


class _Typed(msgspec.Struct, frozen=True, rename="camel"):
    media_type: str = ""


def read_registry(reference: str, platform: str) -> PackedImage:
    """One image of a registry; raises ImageError."""
    parsed = parse_reference(reference)
    if parsed.firmness in _WRONG:
        found = f"{reference!r}; expected a reference such as registry.example.com/app:1.4.2"
        raise unreadable(reference, found, "check the reference")
    repository = _Repository(parsed.repository)
    wanted = parsed.digest or parsed.tag or "latest"
    raw, media_type = repository.manifest(wanted)
    if parsed.digest:
        check_digest(raw, parsed.digest, reference)
    chosen = _chosen(repository, raw, media_type, platform, reference)

    def open_blob(descriptor: Descriptor) -> Callable[[], BinaryIO]:
        return lambda: repository.blob(descriptor.digest)

    def fetch(descriptor: Descriptor) -> bytes:
        return repository.document(descriptor)

    packed = assemble("registry", chosen.manifest, fetch, open_blob, reference)
    return packed._replace(
        references=(parsed.text,), digest=chosen.digest, platforms=chosen.platforms
    )


def _chosen(
    repository: "_Repository", raw: bytes, media_type: str, platform: str, where: str
) -> Chosen:
    """The manifest behind what the registry answered, which is one, or an index of several."""
    told = decode(raw, _Typed, where).media_type or media_type
    top = Descriptor(digest=_digest(raw), media_type=told, size=len(raw))

    def fetch(descriptor: Descriptor) -> bytes:
        if descriptor.digest == top.digest:
            return raw
        found, _ = repository.manifest(descriptor.digest)
        return check_digest(found, descriptor.digest, where)

    return choose_manifest((top,), fetch, platform, where)


def _digest(raw: bytes) -> str:
    return f"sha256:{hashlib.sha256(raw).hexdigest()}"


class _Repository:
    """What oras gives, with its failures as errors of ours."""

    def __init__(self, repository: str) -> None:
        try:
            import oras.container
            import oras.provider
        except ImportError as error:
            raise unreadable(
                repository,
                "no client of registries; expected the extra registry",
                "pip install 'holdfast[registry]', or save the image to a file first",
            ) from error
        host, name = _split(repository)
        self._name = repository
        self._url = f"{host}/v2/{name}"
        self._logins = oras.container.Container(f"{host}/{name}")
        if host == _DOCKER_HOST:
            self._logins.registry = _DOCKER_LOGIN
        self._insecure = _is_loopback(host)
        self._provider = oras.provider
        self._registry = self._client("token")
        self._known: dict[str, str] = {}

    def manifest(self, reference: str) -> tuple[bytes, str]:
        """A manifest or an index by tag or digest, and its media type."""
        response = self._get(f"manifests/{reference}", {"Accept": _ACCEPTED})
        media_type = response.headers.get("Content-Type", "").partition(";")[0]
        return _small(response, f"{self._name} {reference}"), media_type

    def document(self, descriptor: Descriptor) -> bytes:
        """A small blob, checked."""
        where = f"{self._name} {descriptor.digest}"
        raw = _small(self._get(f"blobs/{descriptor.digest}", {}), where)
        return check_digest(raw, descriptor.digest, where)

    def blob(self, digest: str) -> BinaryIO:
        """A blob as it comes."""
        return _Body(self._get(f"blobs/{digest}", {}))  # type: ignore[return-value]  # reads only

    def _client(self, kind: str) -> Any:
        registry = self._provider.Registry(insecure=self._insecure, auth_backend=kind)
        registry.auth.load_configs(self._logins, _login_files())
        return registry

    def _get(self, path: str, headers: dict[str, str]) -> Any:
        url = f"{self._registry.prefix}://{self._url}/{path}"
        try:
            response = self._ask(url, headers | self._known)
            if response.status_code == 401:
                self._log_in(response)
                response = self._ask(url, headers | self._known)
        except Exception as error:
            raise unreadable(
                f"{self._name} {path}",
                f"no answer ({type(error).__name__}: {error}); expected one of a registry",
                "check the name of the registry, the network and the proxy",
            ) from error
        if response.status_code != 200:
            raise _refused(f"{self._name} {path}", response.status_code)
        return response

    def _ask(self, url: str, headers: dict[str, str]) -> Any:
        # Not by `do_request` of oras, which tries for two minutes before it tells an error.
        # Digests are of what is stored, so nothing may be compressed on the way.
        plain = {"Accept-Encoding": "identity", **headers}
        return self._registry.session.get(url, headers=plain, stream=True, timeout=_TIMEOUT_SECONDS)

    def _log_in(self, response: Any) -> None:
        """Find the headers that the challenge asks for; none where there are no credentials."""
        basic = response.headers.get("Www-Authenticate", "").lower().startswith("basic")
        if basic:
            self._registry = self._client("basic")
        response.close()
        try:
            self._known, _ = self._registry.auth.authenticate_request(response, {}, refresh=True)
        except AttributeError:
            # BasicAuth of oras without a login.
            self._known = {}


class _Body(io.RawIOBase):
    """The bytes of an answer; what breaks on the way is an OSError."""

    def __init__(self, response: Any) -> None:
        super().__init__()
        self._response = response

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        try:
            piece: bytes = self._response.raw.read(size if size >= 0 else None)
        except OSError:
            raise
        except Exception as error:  # of urllib3, which requests does not translate here
            raise OSError(f"the connection broke: {error}") from error
        return piece

    def close(self) -> None:
        self._response.close()
        super().close()


def _small(response: Any, where: str) -> bytes:
    pieces, size = [], 0
    with _Body(response) as body:
        while piece := _read(body, where):
            size += len(piece)
            if size > LARGEST_DOCUMENT_BYTES:
                found = f"more than {LARGEST_DOCUMENT_BYTES} bytes; expected a manifest"
                raise unreadable(where, found, "this is no image, or no registry")
            pieces.append(piece)
    return b"".join(pieces)


def _read(body: _Body, where: str) -> bytes:
    try:
        return body.read(_PIECE_BYTES)
    except OSError as error:
        raise broken(where, f"{error}; expected a whole document") from error


def _refused(where: str, status: int) -> ImageError:
    advice = {
        401: "log in first: docker login REGISTRY",
        403: "log in with an account that may pull: docker login REGISTRY",
        404: "check the name and the tag",
        429: "the registry limits pulls: log in, or wait",
    }
    found = f"status {status}; expected 200"
    return unreadable(where, found, advice.get(status, "ask those who run the registry"))


def _login_files() -> list[str]:
    """Login files beside ~/.docker/config.json: of Docker, of podman and skopeo."""
    named = (
        Path(os.environ.get("DOCKER_CONFIG", "/nonexistent")) / "config.json",
        Path(os.environ.get("REGISTRY_AUTH_FILE", "/nonexistent")),
        Path(os.environ.get("XDG_RUNTIME_DIR", "/nonexistent")) / "containers" / "auth.json",
    )
    return [str(path) for path in named if path.is_file()]


def _split(repository: str) -> tuple[str, str]:
    """Host and name; what names no host is Docker Hub's (distribution/reference, normalize.go)."""
    first, _, rest = repository.partition("/")
    if not rest or not ("." in first or ":" in first or first == "localhost"):
        return _DOCKER_HOST, repository if rest else f"library/{repository}"
    if first in (_DOCKER, f"index.{_DOCKER}"):
        return _DOCKER_HOST, rest if "/" in rest else f"library/{rest}"
    return first, rest


def _is_loopback(host: str) -> bool:
    """Registries of this machine are asked without TLS, as Docker and crane do."""
    name = urlsplit(f"//{host}").hostname or ""
    return name == "localhost" or name == "::1" or name.startswith("127.")
