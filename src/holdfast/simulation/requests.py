"""How many requests of clients are lost: not taken by anybody, or cut by the end of a process.

Rules: expected numbers, not single requests, so that one replay is enough for a rare loss. Clients
choose among the endpoints that their proxies know, all alike; the proxies hear of a change of
readiness or a deletion a little later (kubelet.md 5.5). Without a ready endpoint they use pods that
are ending but still serve. A request to a process that does not take connections, or is stuck, is
lost; so is one that is still in work when its process ends.
"""

from collections.abc import Iterator

import msgspec

from holdfast.kubelet.inputs import Draw
from holdfast.simulation.process import Process
from holdfast.simulation.workload import Traffic

_SHARES = tuple((i + 0.5) / 50 for i in range(50))


class Loss(msgspec.Struct, frozen=True):
    """Requests, as expected numbers. `refused` found nobody, `cut` were in work at an end."""

    sent: float
    refused: float
    cut: float

    @property
    def lost(self) -> float:
        """All that were not answered."""
        return self.refused + self.cut


class RequestMeter:
    """Collects what matters to clients, and counts at the end."""

    def __init__(self, traffic: Traffic, draw: Draw, start: float) -> None:
        """Nothing serves yet."""
        self._traffic = traffic
        self._draw = draw
        self._start = start
        self._changes: list[tuple[float, int, str, str]] = []
        self._processes: dict[str, list[tuple[Process, float]]] = {}
        self._known: dict[str, str] = {}

    def show(self, pod: str, state: str, now: float) -> None:
        """A pod is "ready", "ending" (deleted, but ready) or "gone" for Services from now on."""
        if self._known.get(pod, "gone") == state:
            return
        self._known[pod] = state
        at = now + self._traffic.lag.at(self._draw("proxy lag"))
        self._changes.append((at, len(self._changes), pod, state))

    def born(self, pod: str, process: Process) -> None:
        """A process that serves requests runs."""
        self._processes.setdefault(pod, []).append((process, float("inf")))

    def died(self, pod: str, now: float) -> None:
        """The process of a pod that serves requests has ended."""
        lives = self._processes.get(pod)
        if lives:
            lives[-1] = (lives[-1][0], now)

    def loss(self, begin: float, end: float) -> Loss:
        """What was lost between two times of the world."""
        states: dict[str, str] = {}
        taking: dict[str, bool] = {}
        refused = cut = 0.0
        at = self._start
        for when, pod, change in sorted(self._moments(end), key=lambda moment: moment[:2]):
            stop = min(max(when, begin), end)
            if stop > max(at, begin):
                refused += (stop - max(at, begin)) * self._refused_rate(states, taking)
            at = max(at, when)
            if change in ("opens", "closes"):
                taking[pod] = change == "opens"
            elif change.startswith("ends"):
                if begin <= when <= end:
                    cut += self._cut(states, pod, float(change[5:]))
                taking[pod] = False
            else:
                states[pod] = change
        if end > max(at, begin):
            refused += (end - max(at, begin)) * self._refused_rate(states, taking)
        return Loss(self._traffic.per_second * (end - begin), refused, cut)

    def _moments(self, end: float) -> Iterator[tuple[float, str, str]]:
        for when, _, pod, state in self._changes:
            yield when, pod, state
        for pod, lives in self._processes.items():
            for process, died in lives:
                closed = process.started_at
                for opens, closes in process.accepts(min(died, end + 1.0)):
                    yield opens, pod, "opens"
                    if closes < died:
                        yield closes, pod, "closes"
                    closed = closes
                if died <= end:
                    yield died, pod, f"ends {died - closed!r}"

    def _refused_rate(self, states: dict[str, str], taking: dict[str, bool]) -> float:
        chosen = _endpoints(states)
        if not chosen:
            return self._traffic.per_second
        dead = sum(not taking.get(pod, False) for pod in chosen)
        return self._traffic.per_second * dead / len(chosen)

    def _cut(self, states: dict[str, str], pod: str, closed_for: float) -> float:
        """Requests that were taken before its listener closed and are not finished."""
        chosen = _endpoints(states)
        if closed_for <= 0 and pod not in chosen:
            return 0.0
        rate = self._traffic.per_second / max(len(chosen), 1)
        lasts = self._traffic.lasts
        return rate * sum(max(0.0, lasts.at(u) - closed_for) for u in _SHARES) / len(_SHARES)


def _endpoints(states: dict[str, str]) -> list[str]:
    ready = [pod for pod, state in states.items() if state == "ready"]
    return ready or [pod for pod, state in states.items() if state == "ending"]
