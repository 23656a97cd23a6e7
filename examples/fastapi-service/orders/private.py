"""The private port: switches of faults and the stacks of all threads.

It listens on the loopback address only (kubectl port-forward reaches it, peers do not), and on a
thread of its own: it answers while the event loop hangs.
"""

import json
import sys
import threading
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from orders.faults import FaultError, Faults


def serve_private(address: str, faults: Faults) -> None:
    """Begin to listen. Raises OSError for an address that is taken."""
    host, _, port = address.rpartition(":")
    handler = type("Handler", (_Handler,), {"faults": faults})
    server = ThreadingHTTPServer((host, int(port)), handler)
    threading.Thread(target=server.serve_forever, name="private port", daemon=True).start()


class _Handler(BaseHTTPRequestHandler):
    faults: Faults

    def do_GET(self) -> None:
        if self.path == "/faults":
            self._answer(200, json.dumps(self.faults.rows()))
        elif self.path == "/debug/stacks":
            self._answer(200, _stacks())
        else:
            self._answer(404)

    def do_POST(self) -> None:
        url = urlsplit(self.path)
        value = parse_qs(url.query).get("value", [""])[0]
        try:
            self.faults.switch(url.path.removeprefix("/faults/"), value)
        except FaultError as error:
            self._answer(400, f"{error}\n")
        else:
            self._answer(204)

    def do_DELETE(self) -> None:
        self.faults.clear(self.path.removeprefix("/faults/"))
        self._answer(204)

    def log_message(self, *parts: object) -> None:
        """Nothing: switches tell themselves."""

    def _answer(self, status: int, text: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())


def _stacks() -> str:
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    return "\n".join(
        f"{names.get(ident, ident)}:\n{''.join(traceback.format_stack(frame))}"
        for ident, frame in sys._current_frames().items()  # noqa: SLF001 - documented
    )
