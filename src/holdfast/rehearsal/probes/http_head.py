"""Requests and answers of HTTP/1.1 as Go's net/http writes and reads them.

Rules: Host and User-Agent come first, then the headers in order of name, then `Connection: close`;
what the manifest sets replaces what the kubelet would send. Source: Go net/http request.go,
header.go, transport.go; kubernetes v1.36.2 pkg/probe/http/request.go.
"""

import asyncio
from collections.abc import Iterable
from typing import NamedTuple

from holdfast.kubelet.wording import quoted
from holdfast.model.container import HttpHeader

# net/http transport.go: defaultMaxHeaderBytes (10 MiB) is out of reach of any honest probe.
_LONGEST_LINE = 1 << 20
_MOST_INFORMATIONAL = 5
# request.go: reqWriteExcludeHeader
_WRITTEN_ELSEWHERE = {"Host", "User-Agent", "Content-Length", "Transfer-Encoding", "Trailer"}

_BROKEN = "net/http: HTTP/1.x transport connection broken: "

Headers = dict[str, list[str]]


class MalformedError(Exception):
    """An answer that is no HTTP; the message is what Go says."""


class Head(NamedTuple):
    """The status code and the headers of an answer."""

    code: int
    headers: Headers

    def header(self, name: str) -> str:
        """The first value, or ""."""
        return self.headers.get(name, [""])[0]


def canonical_name(name: str) -> str:
    """As textproto.CanonicalMIMEHeaderKey writes it; names with other characters stay."""
    if not name or not all(c.isascii() and (c.isalnum() or c in "!#$%&'*+-.^_`|~") for c in name):
        return name
    return "-".join(part.capitalize() for part in name.split("-"))


def probe_headers(given: Iterable[HttpHeader], user_agent: str) -> Headers:
    """The headers of a probe or hook; those that the manifest sets count."""
    headers: Headers = {}
    for header in given:
        headers.setdefault(canonical_name(header.name), []).append(header.value)
    headers.setdefault("User-Agent", [user_agent])
    if "Accept" not in headers:
        headers["Accept"] = ["*/*"]
    elif not headers["Accept"][0]:
        del headers["Accept"]
    return headers


def request_bytes(target: str, host: str, headers: Headers) -> bytes:
    """A GET request for one connection."""
    lines = [f"GET {target} HTTP/1.1", f"Host: {host}"]
    agent = headers["User-Agent"][0]
    if agent:
        lines.append(f"User-Agent: {_clean(agent)}")
    for name in sorted(headers.keys() - _WRITTEN_ELSEWHERE):
        lines.extend(f"{name}: {_clean(value)}" for value in headers[name])
    tokens = headers.get("Connection", [""])[0].lower().split(",")
    if "close" not in [token.strip() for token in tokens]:
        lines.append("Connection: close")
    return "\r\n".join([*lines, "", ""]).encode("utf-8", errors="surrogateescape")


async def read_head(reader: asyncio.StreamReader) -> Head:
    """The head of the final answer.

    Raises MalformedError, EOFError when nothing comes at all, or an OSError.
    """
    for _ in range(_MOST_INFORMATIONAL + 1):
        head = Head(await _read_status(reader), await _read_headers(reader))
        if not 100 <= head.code < 200 or head.code == 101:
            return head
    raise MalformedError("net/http: too many 1xx informational responses")


async def _read_status(reader: asyncio.StreamReader) -> int:
    line, _ = await _read_line(reader)
    if not line:
        raise EOFError
    words = line.split(" ", 2)
    if len(words) < 2 or not line.startswith("HTTP/"):
        raise MalformedError(f"{_BROKEN}malformed HTTP response {_go_quoted(line)}")
    code = words[1]
    if len(code) != 3 or not code.isascii() or not code.isdigit():
        raise MalformedError(f"{_BROKEN}malformed HTTP status code {_go_quoted(code)}")
    return int(code)


async def _read_headers(reader: asyncio.StreamReader) -> Headers:
    headers: Headers = {}
    while True:
        line, ended = await _read_line(reader)
        if ended:
            raise MalformedError(f"{_BROKEN}unexpected EOF")
        if not line:
            return headers
        name, colon, value = line.partition(":")
        if not colon:
            text = f"malformed MIME header: missing colon: {_go_quoted(line)}"
            raise MalformedError(_BROKEN + text)
        headers.setdefault(canonical_name(name), []).append(value.strip())


async def _read_line(reader: asyncio.StreamReader) -> tuple[str, bool]:
    """One line, and whether the stream ended before its end."""
    try:
        line, ended = await reader.readuntil(b"\n"), False
    except asyncio.IncompleteReadError as error:
        line, ended = error.partial, True
    except asyncio.LimitOverrunError as error:
        raise MalformedError("net/http: server response headers exceeded 1048576 bytes") from error
    return line.rstrip(b"\r\n").decode("latin-1"), ended


def reader_limit() -> int:
    """The longest line that is read."""
    return _LONGEST_LINE


def _clean(value: str) -> str:
    """Header values lose line ends and outer spaces (net/http headerNewlineToSpace)."""
    return value.replace("\n", " ").replace("\r", " ").strip(" \t")


def _go_quoted(text: str) -> str:
    """Go's %q with bytes that are no text as \\x.."""
    if text.isascii() and text.isprintable():
        return quoted(text)
    shown = (c if c.isprintable() and c.isascii() else f"\\x{ord(c):02x}" for c in text)
    return f'"{"".join(shown)}"'
