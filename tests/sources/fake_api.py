"""A local API server: lists in pages, logs and refusals; it remembers what it was asked."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit


class FakeApi:
    """What the server holds: lists and single objects by path, logs, and refusals by path."""

    def __init__(self) -> None:
        """Start empty."""
        self.lists: dict[str, tuple[str, list[dict[str, Any]]]] = {}
        self.objects: dict[str, dict[str, Any]] = {}
        self.logs: dict[tuple[str, bool], str] = {}
        self.refused: dict[str, int] = {}
        self.expired_tokens = 0
        self.requests: list[tuple[str, str]] = []
        self.headers: list[dict[str, str]] = []
        self.url = ""

    def answer(self, path: str, query: dict[str, str]) -> tuple[int, bytes]:
        """Status and body."""
        if path in self.refused:
            return self._status(self.refused[path], path)
        if path.endswith("/log"):
            log = self.logs.get((path, query.get("previous") == "true"))
            return (200, log.encode()) if log is not None else self._status(400, path)
        if path in self.objects:
            return 200, json.dumps(self.objects[path]).encode()
        if path in self.lists:
            return self._page(path, query)
        return self._status(404, path)

    def _page(self, path: str, query: dict[str, str]) -> tuple[int, bytes]:
        kind, items = self.lists[path]
        start = int(query.get("continue", "0"))
        if start and self.expired_tokens:
            self.expired_tokens -= 1
            return self._status(410, path)
        end = start + int(query.get("limit", len(items) or 1))
        metadata = {"continue": str(end)} if end < len(items) else {}
        page = {"kind": kind, "apiVersion": "v1", "metadata": metadata, "items": items[start:end]}
        return 200, json.dumps(page).encode()

    def _status(self, code: int, path: str) -> tuple[int, bytes]:
        reasons = {403: "Forbidden", 404: "NotFound", 410: "Expired", 401: "Unauthorized"}
        texts = {
            403: f'"{path}" is forbidden: User "me" cannot list resource',
            410: "The provided continue parameter is too old",
        }
        status = {
            "kind": "Status",
            "apiVersion": "v1",
            "status": "Failure",
            "code": code,
            "reason": reasons.get(code, "BadRequest"),
            "message": texts.get(code, f"nothing at {path}"),
        }
        return code, json.dumps(status).encode()


@contextmanager
def serving(api: FakeApi) -> Iterator[FakeApi]:
    """The server on a free loopback port, for the time of the body."""

    class Handler(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            parts = urlsplit(self.path)
            query = {key: values[0] for key, values in parse_qs(parts.query).items()}
            api.requests.append((self.command, self.path))
            api.headers.append(dict(self.headers))
            code, body = api.answer(parts.path, query)
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        # The names that http.server looks for.
        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _handle  # noqa: N815

        def log_message(self, *_args: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    api.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
