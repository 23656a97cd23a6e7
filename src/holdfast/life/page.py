"""The shared page: how a supervisor tells all workers of a service that it drains.

One small file, mapped by the supervisor and by every worker, whether forked, spawned or executed;
its path travels in HOLDFAST_PAGE. Reading it costs one memory access, so each response can do it
(service.md 8.5). Without a supervisor the same bytes live in the process itself.

    offset  0  u8   SERVING, DRAINING, CLOSING, CANCELLING or FORCING; written by the supervisor
    offset  1  u8   1 once an application was ready; written by the library
    offset  2  u8   1 once the library is in use; written by the library
    offset  8  f64  time of the last request since the drain began; written by the library
    offset 16  f64  time when the budget ends, 0 while unknown; written by the supervisor first

Times are those of CLOCK_MONOTONIC, which all processes of a machine share. Rules: a state only ever
grows. A page that cannot be mapped is an error, never a silent mode without it.
"""

import os
from mmap import mmap
from struct import Struct

from holdfast.life.settings import LifeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Final

VARIABLE: "Final" = "HOLDFAST_PAGE"
"""Environment variable with the path of the page."""
SERVING: "Final" = 0
DRAINING: "Final" = 1
"""SIGTERM has come: say goodbye on each response, still serve everything."""
CLOSING: "Final" = 2
"""The window is over: the server has been told to stop."""
CANCELLING: "Final" = 3
"""The wait for requests in flight is over."""
FORCING: "Final" = 4
"""Abandon what still runs."""

_SIZE = 32
_READY, _IN_USE, _LAST_REQUEST, _END = 1, 2, 8, 16
_TIME = Struct("=d")
# Kubernetes mounts /dev/shm in every container; a read-only root file system often has no /tmp.
_DIRECTORIES = ("/dev/shm", "/tmp")  # noqa: S108 - the file is created exclusively, mode 0600


class Page:
    """The bytes and what they mean. `raw[0]` is the state, for readers that count nanoseconds."""

    __slots__ = ("path", "raw")

    def __init__(self, raw: "mmap | bytearray | None" = None, path: str = "") -> None:
        """A page of this process alone, unless bytes are given."""
        self.raw = bytearray(_SIZE) if raw is None else raw
        self.path = path

    @property
    def shared(self) -> bool:
        """Whether a supervisor writes it."""
        return bool(self.path)

    @property
    def state(self) -> int:
        """SERVING to FORCING."""
        return self.raw[0]

    def advance(self, state: int) -> None:
        """Go to a later state; an earlier one changes nothing."""
        if state > self.raw[0]:
            self.raw[0] = state

    @property
    def ready(self) -> bool:
        """Whether an application was ready."""
        return self.raw[_READY] != 0

    def mark_ready(self) -> None:
        """An application is ready."""
        self.raw[_READY] = 1

    @property
    def in_use(self) -> bool:
        """Whether the library runs in a worker; without it a child counts as ready (D9)."""
        return self.raw[_IN_USE] != 0

    def mark_in_use(self) -> None:
        """The library runs here."""
        self.raw[_IN_USE] = 1

    @property
    def last_request(self) -> float:
        """Monotonic time of the last request since the drain began; 0.0 before."""
        return self._time(_LAST_REQUEST)

    def mark_request(self, now: float) -> None:
        """A request came."""
        self.raw[_LAST_REQUEST : _LAST_REQUEST + _TIME.size] = _TIME.pack(now)

    @property
    def end(self) -> float:
        """Monotonic time when the budget of the stop ends; 0.0 while unknown."""
        return self._time(_END)

    def set_end(self, end: float) -> None:
        """Tell the workers when the budget ends; before the state changes."""
        self.raw[_END : _END + _TIME.size] = _TIME.pack(end)

    def reset(self) -> None:
        """Back to serving: a page of this process alone that lives again."""
        self.raw[:] = bytes(_SIZE)

    def _time(self, offset: int) -> float:
        value: float = _TIME.unpack(self.raw[offset : offset + _TIME.size])[0]
        return value


def create_page() -> Page:
    """A shared page of this process, the supervisor. Put `page.path` into the child's environment.

    Raises LifeError where no directory can hold it.
    """
    reasons = []
    for directory in _DIRECTORIES:
        path = f"{directory}/holdfast-{os.getpid()}-{os.urandom(4).hex()}"
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        except OSError as error:
            reasons.append(f"{directory}: {error.strerror}")
            continue
        try:
            os.ftruncate(descriptor, _SIZE)
            return Page(mmap(descriptor, _SIZE), path)
        finally:
            os.close(descriptor)
    raise LifeError(
        "the shared page",
        "; ".join(reasons),
        "mount an emptyDir with medium Memory at /dev/shm",
    )


def open_page(environment: "Mapping[str, str]") -> Page:
    """The supervisor's page, or one of this process where there is no supervisor.

    Raises LifeError for a path that cannot be mapped.
    """
    path = environment.get(VARIABLE)
    if not path:
        return Page()
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError as error:
        raise _unusable(path, error.strerror or "it cannot be opened") from None
    try:
        return Page(mmap(descriptor, _SIZE), path)
    except (OSError, ValueError):
        raise _unusable(path, f"it is no page of {_SIZE} bytes") from None
    finally:
        os.close(descriptor)


def _unusable(path: str, reason: str) -> LifeError:
    return LifeError(
        f"{VARIABLE}={path}",
        f"{reason}; expected the page of `holdfast run`",
        f"start the service under `holdfast run`, or unset {VARIABLE}",
    )
