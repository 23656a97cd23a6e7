"""Stopping a pod under load: what clients lose, and what a drain saves them."""

import dataclasses
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests.rehearsal.play import ACTED, Play, acting, need_root, plan_of, play, pod_of

from holdfast.rehearsal.container_runtime import RehearsalError
from holdfast.rehearsal.load.plan import LoadPlan, parse_load
from holdfast.rehearsal.load.tally import Fate, Phase
from holdfast.rehearsal.rehearse import Exercise

READY = {"httpGet": {"path": "/", "port": 8080}, "periodSeconds": 1}
PATHS = {"/": [{"from": 0, "code": 200, "latency": 0.05}]}


def stopped(lifecycle: dict[str, object] | None = None, **script: object) -> Play:
    """A rolling update under 40 requests a second, with a lag of a second."""
    container = {
        "readinessProbe": READY,
        "env": acting(paths=PATHS, **script),
        "lifecycle": lifecycle,
    }
    pod = pod_of(container, terminationGracePeriodSeconds=6)
    exercise = Exercise(4.0, LoadPlan("", 8080, "/", 40.0), rollout=True, endpoint_lag_seconds=1.0)
    return play(plan_of(pod, *ACTED), 4.0, exercise=exercise)


@pytest.mark.real
def test_exit_at_once_loses_requests() -> None:
    """Who ends on SIGTERM is still found for a second, and refuses meanwhile."""
    need_root()
    seen = stopped()

    assert seen.rehearsed is not None
    requests = seen.rehearsed.requests
    # Those in work when SIGTERM came were sent before.
    assert requests[Phase.SERVING].lost <= 4
    # How many come before depends on when the pod is ready, and so on the machine.
    assert requests[Phase.SERVING].fates[Fate.ANSWERED] > 0
    assert requests[Phase.LEAVING].fates[Fate.REFUSED] > 0
    assert seen.ends() == [(0, False)]


@pytest.mark.real
def test_pause_before_the_end_loses_nothing() -> None:
    """preStop sleep: clients have left before SIGTERM comes."""
    need_root()
    seen = stopped({"preStop": {"sleep": {"seconds": 2}}}, termDelay=0.5)

    assert seen.rehearsed is not None
    requests = seen.rehearsed.requests
    assert requests[Phase.LEAVING].fates[Fate.ANSWERED] > 0
    assert sum(tally.lost for tally in requests.values()) == 0


def test_load_is_read() -> None:
    """The pod's own names stand for its address."""
    assert parse_load("http://localhost:8080/a?b=1,50", 2.0) == LoadPlan(
        "", 8080, "/a?b=1", 50.0, 2.0
    )
    assert parse_load("http://shop.example/", 1.0) == LoadPlan("shop.example", 80, "/", 10.0, 1.0)


@pytest.mark.parametrize("text", ["ftp://x/,1", "http://x:y/,1", "http://x/,0", "http://x/,many"])
def test_load_that_cannot_be_sent(text: str) -> None:
    """Refused before anything starts."""
    with pytest.raises(RehearsalError, match="reading --load"):
        parse_load(text, 1.0)


@contextmanager
def serving(*, slow: float = 0.0, code: int = 200) -> Iterator[int]:
    """A server in this process; its port."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            threading.Event().wait(slow)
            self.send_response(code)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_: object) -> None:
            """Nothing to say."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("slow", "code", "fate"), [(0.0, 200, Fate.ANSWERED), (0.0, 503, Fate.FAILED)]
)
def test_fates_are_told_apart(slow: float, code: int, fate: Fate) -> None:
    """A good answer and a failure, on connections that are kept and on new ones."""
    import asyncio

    from holdfast.rehearsal.load.client import Clients

    async def send(port: int) -> Clients:
        clients = Clients(LoadPlan("127.0.0.1", port, "/", 100.0))
        sending = asyncio.ensure_future(clients.run())
        await asyncio.sleep(0.3)
        sending.cancel()
        await clients.finish()
        return clients

    with serving(slow=slow, code=code) as port:
        tally = asyncio.run(send(port)).tallies[Phase.SERVING]

    assert tally.sent > 0
    assert tally.fates == {fate: tally.sent}
    assert dataclasses.asdict(tally)["slow"] == 0
