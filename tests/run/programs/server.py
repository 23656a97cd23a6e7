"""A server that knows nothing of holdfast: answers GET, tells SIGTERM on standard output."""

import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import FrameType


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = b"ok\n"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *parts: object) -> None:
        """Nothing."""


def stop(number: int, frame: FrameType | None) -> None:
    print("stopping", flush=True)
    threading.Thread(target=server.shutdown).start()


server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
signal.signal(signal.SIGTERM, stop)
print("listening", flush=True)
server.serve_forever()
