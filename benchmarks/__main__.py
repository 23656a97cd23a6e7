"""`make benchmark`: what holdfast costs beside the plainest way to read the same bytes.

Prints CPU time, peak memory and ratios; design budgets stand beside them. Every number of one table
comes from one run on one machine.
"""

import importlib.util
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import which
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import msgspec

from benchmarks.measure import Usage, measure
from benchmarks.synthetic import pod_list, pods

_PODS = 5000
_BUDGET_CPU_SECONDS = 1.0
_BUDGET_MB = 150
_BUDGET_VERSION_SECONDS = 0.060
_FINDINGS = (0, 1)
_JSON_LOAD = "import json, sys; json.load(open(sys.argv[1], 'rb'))"
_MSGSPEC = "import msgspec, sys; msgspec.json.decode(open(sys.argv[1], 'rb').read())"
_OFFICIAL = """
import sys
from kubernetes import client
configuration = client.Configuration(host=sys.argv[1])
api = client.CoreV1Api(client.ApiClient(configuration))
api.list_pod_for_all_namespaces(_preload_content=True)
"""


def main() -> None:
    """Run all and print."""
    _print_start()
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "pods.json"
        path.write_bytes(pod_list(_PODS))
        _print_file(path)
    with _api() as url:
        _print_live(url)


def _print_start() -> None:
    bare = measure([sys.executable, "-c", ""])
    version = measure(["holdfast", "--version"])
    print("Start")
    _row("python -c ''", bare, bare)
    _row("holdfast --version", version, bare)
    _verdict(version.cpu_seconds <= _BUDGET_VERSION_SECONDS, "60 ms CPU")


def _print_file(path: Path) -> None:
    print(f"\n{_PODS} pods from a file of {path.stat().st_size / 1e6:.0f} MB")
    plain = measure([sys.executable, "-c", _JSON_LOAD, str(path)])
    untyped = measure([sys.executable, "-c", _MSGSPEC, str(path)])
    ours = measure(["holdfast", "why", "-f", str(path), "-o", "name"], allowed=_FINDINGS)
    _row("json.load", plain, plain)
    _row("msgspec.json.decode", untyped, plain)
    _row("holdfast why -f", ours, plain)
    _verdict(
        ours.cpu_seconds <= _BUDGET_CPU_SECONDS and ours.peak_mb <= _BUDGET_MB, "1 s CPU, 150 MB"
    )


def _print_live(url: str) -> None:
    print(f"\n{_PODS} pods from a local API server, in pages of 500")
    if which("kubectl") is None:
        print("  not measured: kubectl is not installed")
        return
    flags = [f"--server={url}", "--kubeconfig=/dev/null"]
    ours = measure(["holdfast", "why", "-A", "-o", "name", *flags], allowed=_FINDINGS)
    path = "/api/v1/pods?limit=500"
    page = measure(["kubectl", "get", "--raw", path, *flags])
    _row("holdfast why -A", ours, ours)
    _row("kubectl get --raw, one page", page, ours)
    if importlib.util.find_spec("kubernetes") is None:
        print("  official client: not measured, pip install kubernetes")
        return
    _row("official Python client, list", measure([sys.executable, "-c", _OFFICIAL, url]), ours)


def _row(name: str, usage: Usage, beside: Usage) -> None:
    ratio = usage.cpu_seconds / beside.cpu_seconds
    memory = usage.peak_bytes / beside.peak_bytes
    print(
        f"  {name:32} {usage.cpu_seconds * 1000:8.0f} ms  {usage.peak_mb:6.0f} MB"
        f"   x{ratio:5.2f} CPU  x{memory:5.2f} memory"
    )


def _verdict(met: bool, budget: str) -> None:
    print(f"  budget {budget}: {'met' if met else 'NOT MET'}")


@contextmanager
def _api() -> Iterator[str]:
    """A local API server with the same pods, no events and no logs."""
    items = [msgspec.json.encode(pod) for pod in pods(_PODS)]

    class Handler(BaseHTTPRequestHandler):
        # The name that http.server looks for.
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {key: values[0] for key, values in parse_qs(parts.query).items()}
            found = parts.path in ("/api/v1/pods", "/api/v1/events", "/api/v1/nodes")
            served = items if parts.path == "/api/v1/pods" else []
            start = int(query.get("continue", 0))
            end = min(start + int(query.get("limit", _PODS)), len(served))
            token = f'"continue":"{end}"' if end < len(served) else ""
            kind = {"/api/v1/pods": "PodList", "/api/v1/nodes": "NodeList"}
            head = f'{{"kind":"{kind.get(parts.path, "EventList")}","apiVersion":"v1",'
            head += f'"metadata":{{{token}}},"items":['
            body = head.encode() + b",".join(served[start:end]) + b"]}"
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    main()
