"""`make benchmark`: what holdfast costs beside the plainest way to read the same bytes.

Prints CPU time, peak memory and ratios; design budgets stand beside them. Every number of one table
comes from one run on one machine.
"""

import importlib.util
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which

from benchmarks import replays
from benchmarks.measure import Usage, measure

_PODS = 5000
_DUMPED_PODS = 400
_BUDGET_CPU_SECONDS = 1.0
_BUDGET_MB = 150
_BUDGET_VERSION_SECONDS = 0.060
_FINDINGS = (0, 1)
_JSON_LOAD = "import json, sys; json.load(open(sys.argv[1], 'rb'))"
_MSGSPEC = "import msgspec, sys; msgspec.json.decode(open(sys.argv[1], 'rb').read())"
_READ_LINES = """
import pathlib, sys
for path in pathlib.Path(sys.argv[1]).rglob("*"):
    if path.is_file():
        for line in open(path, errors="replace"):
            line.lower()
"""
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
        write = [sys.executable, "-m", "benchmarks.synthetic", str(_PODS), str(path)]
        subprocess.run(write, check=True)
        _print_file(path)
        with _api(path) as url:
            _print_live(url)
    with tempfile.TemporaryDirectory() as directory:
        write = [sys.executable, "-m", "benchmarks.synthetic", str(_DUMPED_PODS), directory]
        subprocess.run(write, check=True)
        _print_dump(Path(directory))
    replays.main()
    for name in ("check", "waiter", "supervisor", "health", "starvation"):
        print(flush=True)
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=True)


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
    command = ["holdfast", "why", "-f", str(path), "-o", "name"]
    listed = measure([*command, "--replays", "0"], allowed=_FINDINGS)
    replayed = measure(command, allowed=_FINDINGS)
    _row("json.load", plain, plain)
    _row("msgspec.json.decode", untyped, plain)
    _row("holdfast why -f --replays 0", listed, plain)
    _row("the same, 40 findings replayed", replayed, plain)
    _verdict(
        listed.cpu_seconds <= _BUDGET_CPU_SECONDS and listed.peak_mb <= _BUDGET_MB,
        "1 s CPU, 150 MB",
    )


def _print_live(url: str) -> None:
    print(f"\n{_PODS} pods from a local API server, in pages of 500")
    if which("kubectl") is None:
        print("  not measured: kubectl is not installed")
        return
    flags = [f"--server={url}", "--kubeconfig=/dev/null"]
    command = ["holdfast", "why", "-A", "-o", "name", *flags]
    ours = measure([*command, "--replays", "0"], allowed=_FINDINGS)
    replayed = measure(command, allowed=_FINDINGS)
    path = "/api/v1/pods?limit=500"
    page = measure(["kubectl", "get", "--raw", path, *flags])
    _row("holdfast why -A --replays 0", ours, ours)
    _row("the same, 40 findings replayed", replayed, ours)
    _row("kubectl get --raw, one page", page, ours)
    print("  of ours: 12 lists and 60 logs through one kubectl proxy; the client reads one list")
    if importlib.util.find_spec("kubernetes") is None:
        print("  official client: not measured, pip install kubernetes")
        return
    _row("official Python client, list", measure([sys.executable, "-c", _OFFICIAL, url]), ours)


def _print_dump(root: Path) -> None:
    size = sum(path.stat().st_size for path in root.rglob("*") if path.is_file())
    print(f"\n{_DUMPED_PODS} pods with their logs from a must-gather of {size / 1e6:.0f} MB")
    plain = measure([sys.executable, "-c", _READ_LINES, str(root)])
    ours = measure(["holdfast", "why", "-f", str(root), "-o", "name"], allowed=_FINDINGS)
    _row("every line read in small letters", plain, plain)
    _row("holdfast why -f", ours, plain)


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
def _api(path: Path) -> Iterator[str]:
    """A local API server with these pods, as a process of its own; gives its URL."""
    command = [sys.executable, "-m", "benchmarks.serve", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        if server.stdout is None:
            raise RuntimeError("the server has no output")
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
