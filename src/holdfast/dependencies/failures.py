"""What an error of the operating system says about a dependency.

Source: connect(2), getaddrinfo(3). Errors of this host (no file descriptors left) are told apart
from those of the dependency.
"""

from errno import (
    EACCES,
    EADDRNOTAVAIL,
    ECONNABORTED,
    ECONNREFUSED,
    ECONNRESET,
    EHOSTDOWN,
    EHOSTUNREACH,
    ENETDOWN,
    ENETUNREACH,
    ENOENT,
    EPERM,
    EPIPE,
    ETIMEDOUT,
)
from posix import strerror

from holdfast.dependencies.verdict import (
    BLACK_HOLED,
    CLOSED,
    FAILING,
    REFUSED,
    UNREACHABLE,
    UNRESOLVED,
    Verdict,
)

_BY_NUMBER = {
    ECONNREFUSED: REFUSED,
    ENOENT: REFUSED,
    ETIMEDOUT: BLACK_HOLED,
    EHOSTUNREACH: UNREACHABLE,
    ENETUNREACH: UNREACHABLE,
    EHOSTDOWN: UNREACHABLE,
    ENETDOWN: UNREACHABLE,
    EADDRNOTAVAIL: UNREACHABLE,
    EACCES: UNREACHABLE,
    EPERM: UNREACHABLE,
    ECONNRESET: CLOSED,
    ECONNABORTED: CLOSED,
    EPIPE: CLOSED,
}


def judge_number(number: int, place: str) -> Verdict:
    """The verdict for an `errno` while reaching `place`."""
    if number in _BY_NUMBER:
        return Verdict(_BY_NUMBER[number], f"{place}: {strerror(number).lower()}")
    return Verdict(FAILING, f"{place}: on this side: {strerror(number).lower()}")


def unresolved(host: str, reason: str) -> Verdict:
    """The verdict for a name without an address."""
    return Verdict(UNRESOLVED, f"{host}: {reason}")
