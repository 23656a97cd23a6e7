"""A local API server with the pods of a file: `python -m benchmarks.serve FILE`.

Prints its URL and serves until it is stopped: lists in pages, no events, no logs.
"""

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import msgspec

_KINDS = {"/api/v1/pods": "PodList", "/api/v1/events": "EventList", "/api/v1/nodes": "NodeList"}


class _List(msgspec.Struct):
    items: list[msgspec.Raw]


def main(path: Path) -> None:
    """Serve for ever."""
    pods = msgspec.json.decode(path.read_bytes(), type=_List).items

    class Handler(BaseHTTPRequestHandler):
        # The name that http.server looks for.
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {key: values[0] for key, values in parse_qs(parts.query).items()}
            kind = _KINDS.get(parts.path, "")
            served = pods if kind == "PodList" else []
            start = int(query.get("continue", 0))
            end = min(start + int(query.get("limit", len(pods))), len(served))
            token = f'"continue":"{end}"' if end < len(served) else ""
            head = f'{{"kind":"{kind}","apiVersion":"v1","metadata":{{{token}}},"items":['
            body = head.encode() + b",".join(bytes(pod) for pod in served[start:end]) + b"]}"
            self.send_response(200 if kind else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
