"""What each endpoint answers, ready as bytes.

    live      200 ok, or 503        this process can recover by itself
    ready     200 ok, or 503        traffic may come
    startup   200 ok, or 503        the start is over; its progress otherwise
    detail    200 or 503            health+json: one word, or everything for those who may know
    metrics   200                   OpenMetrics

Rules: a probe costs a look at the clock and two comparisons: bytes are rebuilt when a sample came,
when the state of the life changed, or when the age in the header has grown by a second. An Endpoint
belongs to one thread. The kubelet reads 10 KiB of a body and takes 200 to 399 as success
(kubernetes pkg/probe/http/http.go).
"""

from collections.abc import Callable
from typing import Final, NamedTuple

from holdfast.health.board import Board
from holdfast.health.redact import redact
from holdfast.health.render_json import CONTENT_TYPE as HEALTH_JSON
from holdfast.health.render_json import render_detail, render_status
from holdfast.health.render_metrics import CONTENT_TYPE as OPEN_METRICS
from holdfast.health.render_metrics import render_metrics

LIVE: Final = "live"
READY: Final = "ready"
STARTUP: Final = "startup"
DETAIL: Final = "detail"
METRICS: Final = "metrics"
KINDS: Final = (LIVE, READY, STARTUP, DETAIL, METRICS)

_PLAIN = b"text/plain; charset=utf-8"
_NO_STORE = (b"cache-control", b"no-store")
_AGE_SECONDS = 1.0

Header = tuple[bytes, bytes]


class Answer(NamedTuple):
    """One response, and how long it holds."""

    status: int
    headers: tuple[Header, ...]
    body: bytes
    until: float = 0.0
    version: int = -1
    draining: bool = False


NOT_ALLOWED: Final = Answer(
    405, ((b"allow", b"GET, HEAD"), (b"content-length", b"0"), (b"content-type", _PLAIN)), b""
)
"""For methods that would change something."""


class Endpoint:
    """One endpoint of one thread."""

    __slots__ = ("_answer", "_board", "_in_flight", "_on_loop", "identity", "kind")

    def __init__(
        self,
        kind: str,
        board: Board,
        *,
        on_loop: bool = False,
        identity: dict[str, str] | None = None,
        in_flight: Callable[[], int] | None = None,
    ) -> None:
        """`on_loop`: it is asked by the event loop whose lag is measured."""
        self.kind = kind
        self.identity = identity or {}
        self._board = board
        self._on_loop = on_loop
        self._in_flight = in_flight
        self._answer = Answer(0, (), b"")

    def answer(self, now: float) -> Answer:
        """The public answer."""
        kept = self._answer
        board = self._board
        if now < kept.until and kept.version == board.version and kept.draining == board.draining():
            return kept
        self._answer = self._build(now)
        return self._answer

    def detail(self, now: float) -> Answer:
        """Everything that is known, for those who may see it; never kept."""
        body = render_detail(self._board, now, self.identity)
        return self._answer_of(self._healthy_code(now), HEALTH_JSON, body, now, kept_for=0.0)

    def _build(self, now: float) -> Answer:
        board = self._board
        if self.kind == LIVE:
            passes = board.live(now, on_loop=self._on_loop)
            # Off the loop its lag grows with the time, so that answer is computed each time.
            return self._plain(passes, "not live", now, kept_for=_AGE_SECONDS * self._on_loop)
        if self.kind == READY:
            reason = board.ready(now)
            return self._plain(not reason, reason, now, kept_for=_AGE_SECONDS)
        if self.kind == STARTUP:
            words = f"starting: {redact(board.progress)}" if board.progress else "starting"
            return self._plain(board.started_up(), words, now, kept_for=0.0)
        if self.kind == METRICS:
            count = self._in_flight() if self._in_flight is not None else None
            text = render_metrics(board, now, count)
            return self._answer_of(200, OPEN_METRICS, text, now, kept_for=0.0)
        code = self._healthy_code(now)
        return self._answer_of(
            code, HEALTH_JSON, render_status(board, now), now, kept_for=_AGE_SECONDS
        )

    def _healthy_code(self, now: float) -> int:
        return 200 if self._board.healthy(now) else 503

    def _plain(self, passes: bool, reason: str, now: float, *, kept_for: float) -> Answer:
        # What is not so yet may be so at any moment, without a sample: it is never kept.
        body, code = (b"ok", 200) if passes else (reason.encode(), 503)
        return self._answer_of(code, _PLAIN, body, now, kept_for=kept_for if passes else 0.0)

    def _answer_of(
        self, code: int, content_type: bytes, body: bytes, now: float, *, kept_for: float
    ) -> Answer:
        board = self._board
        headers = [
            (b"content-type", content_type),
            (b"content-length", b"%d" % len(body)),
            _NO_STORE,
        ]
        until = now + kept_for
        sampled_at = board.oldest_sample()
        if sampled_at is not None:
            # RFC 9111, section 5.1: seconds since the answer was found to be true.
            age = max(0, int(now - sampled_at))
            headers.append((b"age", b"%d" % age))
            until = min(until, sampled_at + age + 1, board.next_change(now))
        return Answer(code, tuple(headers), body, until, board.version, board.draining())
