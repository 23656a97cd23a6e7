"""Clients that go on asking while a service stops, as those behind a Service of Kubernetes do.

After the service was told to stop they open new connections for a while, as long as endpoints still
name the pod, and keep the connections they have until they are told to close them. What fails then
is what a rollout loses.
"""

import http.client
import threading
import time

from tests.dependencies.peers import LOOPBACK


class Load:
    """Some clients, each on a thread of its own."""

    def __init__(self, port: int, path: str, *, clients: int = 8, kept: bool) -> None:
        """`kept`: connections are used again, else each request opens its own."""
        self.answered = 0
        self.failures: list[str] = []
        self._port, self._path, self._kept = port, path, kept
        self._forgotten_at = float("inf")
        self._mutex = threading.Lock()
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(clients)]
        for thread in self._threads:
            thread.start()

    def forget(self, lag_seconds: float) -> None:
        """The pod is being deleted: no new connection after the lag."""
        self._forgotten_at = time.monotonic() + lag_seconds

    def join(self) -> None:
        """Wait until every client has turned away."""
        for thread in self._threads:
            thread.join(60.0)
            assert not thread.is_alive(), "a client was never told to close its connection"

    def _run(self) -> None:
        connection: http.client.HTTPConnection | None = None
        while connection is not None or time.monotonic() < self._forgotten_at:
            if connection is None:
                connection = http.client.HTTPConnection(LOOPBACK, self._port, timeout=20)
            try:
                keep = self._ask(connection)
            except (OSError, http.client.HTTPException) as error:
                keep = False
                self._count(f"{type(error).__name__}: {error}")
            if not keep:
                connection.close()
                connection = None

    def _ask(self, connection: http.client.HTTPConnection) -> bool:
        connection.request("GET", self._path)
        response = connection.getresponse()
        response.read()
        self._count("" if response.status == 200 else f"status {response.status}")
        return self._kept and response.getheader("Connection", "").lower() != "close"

    def _count(self, failure: str) -> None:
        with self._mutex:
            if failure:
                self.failures.append(failure)
            else:
                self.answered += 1
