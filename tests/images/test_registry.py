"""A registry that gives tokens, and what goes wrong on the way to one."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from tests.images.building import MANIFEST, Layout, file, layer
from tests.real.programs import need_driver

from holdfast.sources.images.errors import ImageError
from holdfast.sources.images.read_image import read_image

PLAIN = [layer(file("a", b"x" * 50_000))]


class Registry(BaseHTTPRequestHandler):
    """Pulls of one layout, with a token that has to be asked for, as Docker Hub wants it."""

    root: ClassVar[Path]
    secret: ClassVar[str] = ""
    cut: ClassVar[bool] = False
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        """A token, a manifest or a blob."""
        self.asked.append(self.path)
        if self.path.startswith("/token"):
            self._token()
        elif self.headers.get("Authorization") != "Bearer let-me-in":
            realm = (
                f'Bearer realm="http://{self.headers["Host"]}/token",service="test",scope="pull"'
            )
            self._send(401, b"{}", {"Www-Authenticate": realm})
        else:
            self._blob(self.path.rpartition("/")[2])

    def _token(self) -> None:
        wanted = base64.b64encode(f"app:{self.secret}".encode()).decode()
        if self.secret and self.headers.get("Authorization") != f"Basic {wanted}":
            self._send(401, b"{}", {})
        else:
            self._send(200, json.dumps({"token": "let-me-in"}).encode(), {})

    def _blob(self, name: str) -> None:
        index = json.loads((self.root / "index.json").read_text())
        digest = index["manifests"][0]["digest"] if name == "1" else name
        path = self.root / "blobs" / digest.replace(":", "/")
        if not path.exists():
            self._send(404, b"{}", {})
            return
        kind = MANIFEST if "/manifests/" in self.path else "application/octet-stream"
        self._send(200, path.read_bytes(), {"Content-Type": kind})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if self.cut and "/blobs/" in self.path else body)

    def log_message(self, *_: object) -> None:
        """Nothing on standard error."""


@contextmanager
def serving(root: Path, *, secret: str = "", cut: bool = False) -> Iterator[tuple[str, list[str]]]:
    """The address of a registry of a layout, and the paths that it is asked for."""
    asked: list[str] = []
    settings = {"root": root, "secret": secret, "cut": cut, "asked": asked}
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Served", (Registry,), settings)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    """A layout of one image, and a home without logins."""
    need_driver("oras")
    monkeypatch.setenv("HOME", str(tmp_path))
    made = Layout(tmp_path / "layout")
    made.add(PLAIN)
    return made


def test_token_is_asked_for_once(layout: Layout) -> None:
    """Anonymous pulls get a token too, which then goes with each request."""
    with serving(layout.root) as (place, asked):
        image = read_image(f"docker://{place}/app:1")

    assert image.files == 1
    assert image.form == "registry"
    assert sum(path.startswith("/token") for path in asked) == 1


def test_login_gets_the_token(layout: Layout, tmp_path: Path) -> None:
    """The login file is used for the token, and a missing login is told."""
    with serving(layout.root, secret="lantern") as (place, _):
        with pytest.raises(ImageError, match="docker login"):
            read_image(f"docker://{place}/app:1")
        (tmp_path / ".docker").mkdir()
        auth = {"auth": base64.b64encode(b"app:lantern").decode()}
        (tmp_path / ".docker" / "config.json").write_text(json.dumps({"auths": {place: auth}}))
        assert read_image(f"docker://{place}/app:1").files == 1


def test_content_is_compared_with_its_digest(layout: Layout) -> None:
    """What a registry or a proxy changes is noticed, as is a connection that breaks."""
    with serving(layout.root, cut=True) as (place, _), pytest.raises(ImageError):
        read_image(f"docker://{place}/app:1")
    for path in (layout.root / "blobs" / "sha256").iterdir():
        if path.read_bytes()[:2] == b"\x1f\x8b":
            path.write_bytes(path.read_bytes() + b"\0")
    with serving(layout.root) as (place, _), pytest.raises(ImageError, match="as the digest"):
        read_image(f"docker://{place}/app:1")


def test_nobody_there_is_told_at_once(layout: Layout) -> None:
    """A connection that is refused is no reason to try for minutes."""
    with serving(layout.root) as (place, _):
        pass
    with pytest.raises(ImageError, match="check the name of the registry"):
        read_image(f"docker://{place}/app:1")


@pytest.mark.parametrize("reference", ["host/UPPER:1", "host/app:", "a@sha256:12"])
def test_bad_reference_is_never_asked_for(layout: Layout, reference: str) -> None:
    """What is no reference goes nowhere."""
    del layout
    with pytest.raises(ImageError, match="check the reference"):
        read_image(f"docker://{reference}")
