"""Which events reach the API server: the kubelet throttles and merges them (kubelet.md 10, Q37).

Rules: a bucket of 25 events per pod (and type, since 1.32) gains one in 300 s, and what finds it
empty is counted but not sent; from the tenth different message of one reason within 600 s on, they
are merged into one event. Source: client-go tools/record/events_cache.go.
"""

from math import inf

import msgspec

# client-go tools/record/events_cache.go: defaultSpamBurst, defaultSpamQPS,
# defaultAggregateMaxEvents, defaultAggregateIntervalInSeconds
SPAM_BURST = 25
SPAM_REFILL_SECONDS = 300.0
AGGREGATE_MESSAGES = 10
AGGREGATE_SECONDS = 600.0
# Rounding must not decide whether there is a token.
_MARGIN_SECONDS = 1e-3
COMBINED = "(combined from similar events): "


class Bucket(msgspec.Struct):
    """Tokens left, and when they were counted: when the last one was taken."""

    tokens: float
    at: float

    def take(self, now: float) -> bool:
        """Use one token if there is one."""
        tokens = min(SPAM_BURST, self.tokens + (now - self.at) / SPAM_REFILL_SECONDS)
        if tokens < 1.0:
            return False
        self.tokens, self.at = tokens - 1.0, now
        return True

    @property
    def empty_until(self) -> float:
        """When there will be a token again; a time that has passed where there is one."""
        return self.at + (1.0 - self.tokens) * SPAM_REFILL_SECONDS


class Similar(msgspec.Struct):
    """Different messages of one reason, while they keep coming."""

    messages: dict[str, None]
    at: float


class EventRecorder(msgspec.Struct):
    """The recorder's memory of one pod."""

    key_includes_type: bool = True
    silent: bool = False
    """Nobody wants events: none is sent, and none is counted."""
    buckets: dict[str, Bucket] = msgspec.field(default_factory=dict)
    similar: dict[tuple[str, str], Similar] = msgspec.field(default_factory=dict)
    counts: dict[tuple[str, str, str], int] = msgspec.field(default_factory=dict)

    def record(self, reason: str, type_: str, message: str, now: float) -> tuple[str, int] | None:
        """The message and count that are sent, or None when the event is held back."""
        if self.silent:
            return None
        text = self._merge(reason, type_, message, now)
        key = (reason, type_, text)
        count = self.counts[key] = self.counts.get(key, 0) + 1
        name = type_ if self.key_includes_type else ""
        bucket = self.buckets.get(name)
        if bucket is None:
            bucket = self.buckets[name] = Bucket(SPAM_BURST, now)
        return (text, count) if bucket.take(now) else None

    def held_back_until(
        self, reason: str, type_: str, message: str, now: float, pause: float
    ) -> float:
        """Until when events like one before are only counted; `pause` is the longest between two.

        -inf where that is not sure.
        """
        if self.silent:
            return inf
        known = self.similar.get((reason, type_))
        bucket = self.buckets.get(type_ if self.key_includes_type else "")
        if known is None or bucket is None or message not in known.messages:
            return -inf
        if len(known.messages) >= AGGREGATE_MESSAGES or pause > AGGREGATE_SECONDS:
            return -inf
        if now - known.at > AGGREGATE_SECONDS:
            return -inf
        return bucket.empty_until - _MARGIN_SECONDS

    def hold_back(self, reason: str, type_: str, message: str, now: float, times: int) -> None:
        """So many events came, the last one now, and none of them is sent."""
        if self.silent:
            return
        known = self.similar[reason, type_]
        known.at = max(known.at, now)
        self.counts[reason, type_, message] += times

    def forget(self) -> None:
        """A new kubelet knows nothing of what the one before has sent."""
        self.buckets.clear()
        self.similar.clear()
        self.counts.clear()

    def _merge(self, reason: str, type_: str, message: str, now: float) -> str:
        known = self.similar.get((reason, type_))
        if known is None or now - known.at > AGGREGATE_SECONDS:
            known = self.similar[reason, type_] = Similar({}, now)
        known.at = now
        known.messages[message] = None
        if len(known.messages) < AGGREGATE_MESSAGES:
            return message
        # The kubelet forgets any one; the oldest keeps replays equal.
        del known.messages[next(iter(known.messages))]
        return COMBINED + message
