"""A service that misbehaves as told: the program of the rehearsals in this directory.

The variable ACTOR holds JSON; every key is optional and times are seconds of uptime:
`port` (8080), `listenAt`, `paths` {path: [{"from", "code", "latency"}]}, `exitAt` and `exitCode`,
`leakMBps` and `leakFrom`, `childLeakMBps` (a child process grows instead), `burn` (busy threads)
and `burnFrom`, `ignoreTerm`, `termDelay` and `termCode`, `needs` ("host:port" that must accept a
connection at the start, else it exits with 1). Standard library only.
"""

import json
import os
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable

BEGUN = time.monotonic()
SCRIPT = json.loads(os.environ.get("ACTOR") or "{}")
STEP_SECONDS = 0.05
MEGABYTE = 1_000_000


def uptime() -> float:
    """Seconds since the start."""
    return time.monotonic() - BEGUN


def say(**facts: object) -> None:
    """A line of the log."""
    print(json.dumps({"up": round(uptime(), 3), **facts}), flush=True)


def wait_until(at: float) -> None:
    """Sleep until an uptime."""
    time.sleep(max(0.0, at - uptime()))


class Answer(socketserver.StreamRequestHandler):
    """One request on one connection."""

    def handle(self) -> None:
        """Answer as the script says at this uptime; 404 for paths that it does not name."""
        request = self.rfile.readline().decode("latin-1").split()
        while self.rfile.readline().strip():
            pass
        if len(request) < 2:
            return
        path = request[1].partition("?")[0]
        code, latency = 404, 0.0
        for step in SCRIPT.get("paths", {}).get(path, ()):
            if uptime() >= step["from"]:
                code, latency = step["code"], step.get("latency", 0.0)
        say(ev="request", path=path, code=code)
        time.sleep(latency)
        body = b"ok" if code < 400 else b"no"
        head = f"HTTP/1.1 {code} Answer\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        self.wfile.write(head.encode() + body)


class Server(socketserver.ThreadingTCPServer):
    """Listens on all addresses, as a server in a container should."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """Probes that gave up are nothing to write about."""


def serve() -> None:
    """Listen from `listenAt` on."""
    wait_until(SCRIPT.get("listenAt", 0))
    server = Server(("", SCRIPT.get("port", 8080)), Answer)
    say(ev="listening", port=SCRIPT.get("port", 8080))
    server.serve_forever()


def burn() -> None:
    """Keep a processor busy."""
    while True:
        sum(range(10_000))


def leak(speed: float, begin: float) -> None:
    """Take memory that is never given back, MB each second."""
    wait_until(begin)
    kept: list[bytes] = []
    begun = time.monotonic()
    while True:
        time.sleep(STEP_SECONDS)
        while len(kept) < (time.monotonic() - begun) * speed:
            kept.append(b"x" * MEGABYTE)


def leak_in_child(speed: float, begin: float) -> None:
    """The same in a child process; its end is written down."""
    wait_until(begin)
    program = f"import actor; actor.leak({speed}, 0)"
    here = os.path.dirname(os.path.abspath(__file__))
    child = subprocess.run([sys.executable, "-c", program], cwd=here, check=False)
    say(ev="child-exit", code=child.returncode)


def stop(number: int, _frame: object) -> None:
    """SIGTERM: drain, then exit."""
    say(ev="signal", number=number)
    if SCRIPT.get("ignoreTerm"):
        return
    timer = threading.Timer(SCRIPT.get("termDelay", 0), end, [SCRIPT.get("termCode", 0)])
    timer.daemon = True
    timer.start()


def end(code: int) -> None:
    """End the process at once, whatever its threads do."""
    say(ev="exit", code=code)
    os._exit(code)


def check_need(address: str) -> None:
    """Give up where a dependency does not answer."""
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=2).close()
    except OSError as error:
        print(f"connecting to database at {address}: {error}", file=sys.stderr, flush=True)
        sys.exit(1)


def in_background(function: Callable[..., None], *arguments: object) -> None:
    """Run something beside the rest."""
    threading.Thread(target=function, args=arguments, daemon=True).start()


def main() -> None:
    """Follow the script for ever, or until `exitAt`."""
    signal.signal(signal.SIGTERM, stop)
    say(ev="start")
    if "needs" in SCRIPT:
        check_need(SCRIPT["needs"])
    in_background(serve)
    for _ in range(int(SCRIPT.get("burn", 0))):
        threading.Timer(SCRIPT.get("burnFrom", 0), in_background, [burn]).start()
    if "leakMBps" in SCRIPT:
        in_background(leak, SCRIPT["leakMBps"], SCRIPT.get("leakFrom", 0))
    if "childLeakMBps" in SCRIPT:
        in_background(leak_in_child, SCRIPT["childLeakMBps"], SCRIPT.get("leakFrom", 0))
    if "exitAt" in SCRIPT:
        wait_until(SCRIPT["exitAt"])
        end(SCRIPT.get("exitCode", 0))
    while True:
        time.sleep(3600)


if __name__ == "__main__":
    main()
