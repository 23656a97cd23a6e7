"""The crash-loop back-off table (kubelet.md 3.2 to 3.6).

Rules: the entry is dated from the last start, not from the end; the test compares now with the end
of the newest exited container that the sync knew; entries are forgotten 600 s after the last start,
by a collector that runs every two seconds, even while somebody waits.
"""

import msgspec

from holdfast.kubelet.behaviour import Behaviour
from holdfast.kubelet.constants import (
    BACK_OFF_BASE_SECONDS,
    BACK_OFF_CAP_SECONDS,
    BACK_OFF_EXPIRY_SECONDS,
    BACK_OFF_FACTOR,
    REDUCED_BASE_SECONDS,
    REDUCED_CAP_SECONDS,
)


class Entry(msgspec.Struct):
    """How long a container waits, and since when the entry counts."""

    seconds: float
    updated_at: float


class BackOff(msgspec.Struct):
    """Entries by `back_off_key`, or by image: the same table serves both (kubelet.md 3.2, 8)."""

    base_seconds: float = BACK_OFF_BASE_SECONDS
    cap_seconds: float = BACK_OFF_CAP_SECONDS
    expiry_seconds: float = BACK_OFF_EXPIRY_SECONDS
    entries: dict[str, Entry] = msgspec.field(default_factory=dict)

    def remaining(self, key: str, finished_at: float, now: float) -> float:
        """Seconds until a restart is allowed; 0 when it is allowed now."""
        entry = self.entries.get(key)
        if entry is None or finished_at - entry.updated_at > self.expiry_seconds:
            return 0.0
        return max(0.0, finished_at + entry.seconds - now)

    def remaining_since_update(self, key: str, now: float) -> float:
        """Seconds until the next attempt of a pull, counted from the failed one (kubelet.md 8)."""
        entry = self.entries.get(key)
        return 0.0 if entry is None else self.remaining(key, entry.updated_at, now)

    def advance(self, key: str, finished_at: float, now: float) -> None:
        """A restart begins: the next one waits twice as long."""
        entry = self.entries.get(key)
        if entry is None or finished_at - entry.updated_at > self.expiry_seconds:
            self.entries[key] = Entry(self.base_seconds, now)
        else:
            longer = min(entry.seconds * BACK_OFF_FACTOR, self.cap_seconds)
            self.entries[key] = Entry(longer, now)

    def collect(self, now: float) -> None:
        """Forget entries that were last used too long ago."""
        for key in list(self.entries):
            if now - self.entries[key].updated_at > self.expiry_seconds:
                del self.entries[key]

    def next_collection(self, now: float, period: float) -> float | None:
        """When the collector, which runs every `period`, will next find something; or None."""
        if not self.entries:
            return None
        due = min(e.updated_at for e in self.entries.values()) + self.expiry_seconds
        ticks = max(0.0, (due - now) // period + 1)
        return now + ticks * period


def crash_loop_back_off(behaviour: Behaviour, cap_seconds: float | None) -> BackOff:
    """The empty table of a kubelet; the cap is obeyed where the version lets it be set (3.2)."""
    base, cap = float(BACK_OFF_BASE_SECONDS), float(BACK_OFF_CAP_SECONDS)
    if behaviour.reduced_decay:
        base, cap = REDUCED_BASE_SECONDS, REDUCED_CAP_SECONDS
    if cap_seconds is not None and behaviour.cap_configurable:
        cap = cap_seconds
    return BackOff(min(base, cap), cap, behaviour.back_off_expiry_seconds(cap))
