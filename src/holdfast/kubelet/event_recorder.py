"""Which events reach the API server: the kubelet throttles and merges them (kubelet.md 10, Q37).

Rules: a bucket of 25 events per pod (and type, since 1.32) gains one in 300 s, and what finds it
empty is counted but not sent; from the tenth different message of one reason within 600 s on, they
are merged into one event. Source: client-go tools/record/events_cache.go.
"""

from dataclasses import dataclass, field

# client-go tools/record/events_cache.go: defaultSpamBurst, defaultSpamQPS,
# defaultAggregateMaxEvents, defaultAggregateIntervalInSeconds
SPAM_BURST = 25
SPAM_REFILL_SECONDS = 300.0
AGGREGATE_MESSAGES = 10
AGGREGATE_SECONDS = 600.0
COMBINED = "(combined from similar events): "


@dataclass(slots=True)
class Bucket:
    """Tokens left, and when they were counted."""

    tokens: float
    at: float

    def take(self, now: float) -> bool:
        """Use one token if there is one."""
        self.tokens = min(SPAM_BURST, self.tokens + (now - self.at) / SPAM_REFILL_SECONDS)
        self.at = now
        if self.tokens < 1.0:
            return False
        self.tokens -= 1.0
        return True


@dataclass(slots=True)
class Similar:
    """Different messages of one reason, while they keep coming."""

    messages: dict[str, None]
    at: float


@dataclass(slots=True)
class EventRecorder:
    """The recorder's memory of one pod."""

    key_includes_type: bool = True
    buckets: dict[str, Bucket] = field(default_factory=dict)
    similar: dict[tuple[str, str], Similar] = field(default_factory=dict)
    counts: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def record(self, reason: str, type_: str, message: str, now: float) -> tuple[str, int] | None:
        """The message and count that are sent, or None when the event is held back."""
        text = self._merge(reason, type_, message, now)
        key = (reason, type_, text)
        count = self.counts[key] = self.counts.get(key, 0) + 1
        name = type_ if self.key_includes_type else ""
        bucket = self.buckets.get(name)
        if bucket is None:
            bucket = self.buckets[name] = Bucket(SPAM_BURST, now)
        return (text, count) if bucket.take(now) else None

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
