"""From a URL to a target: what to ask, where, and how it may be shown.

    scheme://[user[:password]@]host[:port][,host[:port]...][/path][?options]

Rules: the scheme picks a module of handshakes/, which knows its default port. `+driver` behind a
database scheme (SQLAlchemy) and `jdbc:` in front of it are understood. With several hosts, one that
is up is enough. Nothing of the part before the last "@" and nothing of a query ever leaves this
module in a text: a token may stand in the place of a user.
"""

from holdfast.dependencies import handshakes
from holdfast.dependencies.errors import TargetError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from holdfast.dependencies.handshakes import Handshake

_LARGEST_PORT = 65535
# RFC 1035, section 2.3.4.
_LONGEST_NAME = 253
_LONGEST_LABEL = 63
_HEX = frozenset("0123456789abcdefABCDEF")
_NAME_PUNCTUATION = frozenset("-._")
# Kubernetes leaves a reference as it stands when the variable is not defined before its use.
_UNEXPANDED = ("$(", "${")


class Target:
    """One dependency and how to reach it. `str()` of it holds no secret."""

    __slots__ = (
        "handshake", "hosts", "login", "options", "password", "path", "request", "scheme", "shown",
        "tls", "user",
    )  # fmt: skip

    def __init__(self, scheme: str, handshake: "Handshake") -> None:
        """Everything beside the scheme is filled in by `parse_target`."""
        self.scheme = scheme
        self.handshake = handshake
        self.hosts: tuple[tuple[str, int], ...] = ()
        """Host and port of each; one that is up is enough."""
        self.path = ""
        """Decoded, without the leading slash: a database, virtual host or service."""
        self.request = "/"
        """Path and query as they were written, for HTTP."""
        self.options: dict[str, str] = {}
        """Decoded query."""
        self.user = ""
        self.password = ""
        self.login = False
        """Whether the credentials are to be used; without it no password is ever sent."""
        self.tls = scheme in handshake.TLS_SCHEMES
        self.shown = scheme
        """The URL without credentials and query."""

    def __str__(self) -> str:
        return self.shown

    def number(self, option: str, default: int) -> int:
        """A positive whole number among the options; raises TargetError for anything else."""
        text = self.options.get(option, str(default))
        if text.isascii() and text.isdigit() and int(text[:9]) > 0 and len(text) <= 9:
            return int(text)
        raise TargetError(
            self.shown,
            f"option {option} is {text[:20]!r}; expected a whole number above 0",
            f"write {option}={default}, or leave it out",
        )


def parse_target(url: str, *, login: bool = False) -> Target:
    """Read a URL. Raises TargetError for what cannot be asked.

    `login` asks for the deeper question: whether the credentials in the URL are accepted, and
    whether the database, virtual host or service exists.
    """
    text = url.strip().removeprefix("jdbc:")
    scheme, rest = _split_scheme(text)
    handshake = handshakes.find(scheme)
    if handshake is None:
        raise _unknown_scheme(text, scheme)
    target = Target(scheme, handshake)
    authority, path, query = _split_rest(rest)
    credentials, at, places = authority.rpartition("@")
    target.shown = f"{scheme}://{places}{path}"
    _refuse_stray_at(target, rest, authority)
    if at:
        _refuse_repeated(target, credentials)
        user, _, password = credentials.partition(":")
        target.user = _decode(target, "user name", user)
        target.password = _decode(target, "password", password)
    target.path = _decode(target, "path", path[1:])
    target.request = (path or "/") + (f"?{query}" if query else "")
    target.options = _options(target, query)
    target.user = target.user or target.options.get("user", "")
    target.password = target.password or target.options.get("password", "")
    target.hosts = _hosts(target, places)
    target.login = login
    prepare = getattr(handshake, "prepare", None)
    if prepare is not None:
        prepare(target)
    if target.tls and "tls_ca" in target.options:
        from holdfast.dependencies.wrap_tls import tls_context

        tls_context(target)
    return target


def masked(url: str) -> str:
    """The URL as far as it can be shown although it could not be read."""
    scheme, mark, rest = url.strip().partition("://")
    if not mark:
        # Without "://" nobody knows where a secret would stand; HOST:PORT is the usual mistake.
        host, _, port = scheme.rpartition(":")
        is_place = _is_plain(host.replace(".", "")) and port.isdigit()
        return scheme if is_place else "(not shown: it may hold a secret)"
    shown_scheme = scheme if _is_plain(scheme) else "..."
    place = rest.partition("?")[0].partition("#")[0]
    if "@" in rest[len(place) :]:
        return f"{shown_scheme}://***"
    _, at, shown = place.rpartition("@")
    return f"{shown_scheme}://{'***@' if at else ''}{shown}"


def _is_plain(text: str) -> bool:
    return text.replace("+", "").replace("-", "").isalnum() and len(text) <= 30


def _split_scheme(text: str) -> tuple[str, str]:
    if not text:
        raise TargetError(
            "(an empty address)",
            "nothing; expected a URL such as postgres://db:5432/app",
            "check that the variable it comes from is set",
        )
    scheme, mark, rest = text.partition("://")
    if not mark and text.startswith("dns:"):
        # RFC 4501 writes dns:name without an authority.
        scheme, rest = "dns", text[4:]
    elif not mark:
        raise TargetError(
            masked(text),
            "an address without a scheme; expected a URL such as tcp://db:5432",
            "put the protocol in front: postgres://, mysql://, redis://, kafka://, tcp:// ...",
        )
    scheme = scheme.lower()
    base, plus, _driver = scheme.partition("+")
    if plus and handshakes.find(scheme) is None:
        scheme = base
    return scheme, rest


def _unknown_scheme(text: str, scheme: str) -> TargetError:
    return TargetError(
        masked(text),
        f"scheme {scheme[:30]!r}; expected one of {', '.join(handshakes.schemes())}",
        "take tcp://HOST:PORT for a protocol that is not in the list",
    )


def _split_rest(rest: str) -> tuple[str, str, str]:
    rest = rest.partition("#")[0]
    place, _, query = rest.partition("?")
    authority, slash, path = place.partition("/")
    return authority, slash + path, query


def _refuse_stray_at(target: Target, rest: str, authority: str) -> None:
    """A password with "/", "?" or "#" inside would otherwise be shown as host and path."""
    if "@" in authority or "@" not in rest or target.scheme in ("http", "https"):
        return
    target.shown = masked(f"{target.scheme}://{rest}")
    raise TargetError(
        target.shown,
        'an "@" behind a "/", "?" or "#"; expected it in front of the host only',
        'write "/" in a password as %2F, "?" as %3F, "#" as %23 and "@" as %40',
    )


def _refuse_repeated(target: Target, credentials: str) -> None:
    """nats://u:p@n1,u:p@n2: all but the last host would be taken for a password."""
    _expect(
        target,
        "," not in credentials.partition("@")[2],
        "credentials in front of several hosts; expected them once",
        'write scheme://user:password@host1,host2, and "@" in a password as %40',
    )


def _options(target: Target, query: str) -> dict[str, str]:
    options: dict[str, str] = {}
    if target.scheme not in ("http", "https"):
        for pair in filter(None, query.split("&")):
            name, _, value = pair.partition("=")
            options[_decode(target, "query", name)] = _decode(target, "query", value)
    return options


def _decode(target: Target, part: str, text: str) -> str:
    """Percent-decoding (RFC 3986, section 2.1), which `urllib` would do at three times the cost."""
    if "%" not in text:
        return text
    head, *pieces = text.split("%")
    data = head.encode()
    for piece in pieces:
        if len(piece) < 2 or not _HEX.issuperset(piece[:2]):
            raise TargetError(
                target.shown,
                f'a "%" in the {part} without two hexadecimal digits behind it',
                'write a "%" that stands for itself as %25',
            )
        data += bytes.fromhex(piece[:2]) + piece[2:].encode()
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise TargetError(
            target.shown,
            f"bytes in the {part} that are no UTF-8",
            "encode it as UTF-8, then as %XX",
        ) from None


def _hosts(target: Target, places: str) -> tuple[tuple[str, int], ...]:
    default = target.handshake.SCHEMES[target.scheme]
    if default is None:
        return ()
    return tuple(_host(target, place, default) for place in places.split(","))


def _host(target: Target, place: str, default: int) -> tuple[str, int]:
    if place.startswith("["):
        host, bracket, after = place[1:].partition("]")
        _expect(target, bool(bracket) and _is_ipv6(host), "no IPv6 address in [...]", "check it")
        port = after.removeprefix(":") if after.startswith(":") or not after else after
    else:
        host, colon, port = place.partition(":")
        _expect(
            target,
            ":" not in port,
            "more than one colon in the host",
            "write an IPv6 address in brackets: [::1]:5432; write : in a password as %3A",
        )
        _expect(target, bool(port) or not colon, "a colon without a port", "add the port")
        _check_name(target, host)
    return host, _port(target, port, default)


def _port(target: Target, text: str, default: int) -> int:
    if not text and default:
        return default
    digits = text.isascii() and text.isdigit()
    if text and not digits:
        # user:password without a host looks like this, so neither is repeated.
        target.shown = f"{target.scheme}://***"
        found = f"a port that is no number; expected 1 to {_LARGEST_PORT}"
    else:
        found = f"port {text[:20]!r}; expected 1 to {_LARGEST_PORT}" if text else "no port"
    right = digits and 0 < int(text[:6]) <= _LARGEST_PORT
    _expect(target, right, found, f"write {target.scheme}://HOST:PORT")
    return int(text)


def _check_name(target: Target, host: str) -> None:
    unexpanded = any(mark in host for mark in _UNEXPANDED)
    _expect(
        target,
        not unexpanded,
        "a reference to a variable that was not replaced",
        "define the variable in `env` before the one that uses it, and write it as $(NAME)",
    )
    _expect(target, bool(host), "no host", f"write {target.scheme}://HOST")
    known = all(c.isalnum() or c in _NAME_PUNCTUATION for c in host)
    _expect(target, known, f"host {host[:40]!r}; expected letters, digits, - and .", "check it")
    labels = host.removesuffix(".").split(".")
    _expect(
        target,
        len(host) <= _LONGEST_NAME and all(0 < len(x) <= _LONGEST_LABEL for x in labels),
        f"a host name of {len(host)} characters; expected labels of 1 to {_LONGEST_LABEL}, "
        f"{_LONGEST_NAME} in all",
        "check it",
    )


def _is_ipv6(host: str) -> bool:
    from _socket import AF_INET6, inet_pton

    try:
        inet_pton(AF_INET6, host.partition("%")[0])
    except (OSError, ValueError):
        return False
    return True


def _expect(target: Target, right: bool, found: str, next_step: str) -> None:
    if not right:
        raise TargetError(target.shown, found, next_step)
