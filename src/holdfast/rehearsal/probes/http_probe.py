"""The HTTP probe: one GET, redirects on the same host, at most 10 KiB of body.

Rules: what goes wrong before the headers of an answer is a failure; what goes wrong in its body is
an error, which the kubelet discards (Q7). Another host is not followed: a warning, which counts as
success (Q8). Source: kubernetes v1.36.2 pkg/probe/http/http.go; Go net/http client.go.
"""

import asyncio
import re
import ssl
from typing import NamedTuple
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

from holdfast.kubelet import probe_output
from holdfast.kubelet.inputs import Outcome
from holdfast.model.container import Container, HttpGetAction
from holdfast.model.regex import regex
from holdfast.rehearsal.probes.dial import DialError, dial, go_error, join_host_port
from holdfast.rehearsal.probes.http_body import read_body
from holdfast.rehearsal.probes.http_head import (
    Head,
    Headers,
    MalformedError,
    probe_headers,
    read_head,
    reader_limit,
    request_bytes,
)
from holdfast.rehearsal.probes.port import PortError, resolve_port
from holdfast.rehearsal.probes.reply import Reply, Target

_MOST_REQUESTS = 10
_REDIRECTS = (301, 302, 303, 307, 308)
_DEFAULT_PORTS = {"http": 80, "https": 443}
# net/url: validEncoded, and what `escape` leaves alone in a path.
_ENCODED = regex(r"(?:[\w\-.~!$&'()*+,;=:@\[\]/]|%[0-9A-Fa-f]{2})*", re.ASCII)
_KEPT = "-._~$&+,/:;=@"
# How OpenSSL begins the names of alerts, and where Go words them otherwise (crypto/tls alert.go).
_ALERT = regex(r"^(SSLV3|TLSV1|TLSV13)_(ALERT_)?")
_GO_ALERTS = {
    "protocol version": "protocol version not supported",
    "unknown ca": "unknown certificate authority",
    "decrypt error": "error decrypting message",
    "decode error": "error decoding message",
}
_PLAIN_ANSWER = "http: server gave HTTP response to HTTPS client"


class HttpRefusedError(Exception):
    """No answer; `url` is the one that was asked last, the message what Go says."""

    def __init__(self, url: str, text: str) -> None:
        """Both."""
        super().__init__(text)
        self.url = url


class _Answer(NamedTuple):
    """A head, and the connection on which the body follows."""

    head: Head
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


async def http_probe(
    action: HttpGetAction, spec: Container, target: Target, timeout: float | None
) -> Reply:
    """Ask once. `timeout` covers connecting, redirects, headers and body; None is no limit."""
    try:
        url = url_of(action, spec, target.pod_ip)
    except PortError as error:
        return Reply(Outcome.ERROR, str(error))
    headers = probe_headers(action.http_headers or (), target.user_agent)
    reading_body = False
    asked = [url]
    try:
        async with asyncio.timeout(timeout):
            answer = await _follow(asked, headers)
            reading_body = True
            try:
                body = await read_body(answer.head, answer.reader)
            finally:
                answer.writer.close()
    except TimeoutError:
        if reading_body:
            return Reply(Outcome.ERROR, probe_output.BODY_TIMEOUT)
        return _failure(asked[-1], probe_output.HEADER_TIMEOUT)
    except HttpRefusedError as error:
        return _failure(error.url, str(error))
    except EOFError:
        return Reply(Outcome.ERROR, "unexpected EOF")
    except OSError as error:
        return Reply(Outcome.ERROR, f"read tcp: {go_error(error)}")
    return _judge(answer.head.code, body)


async def http_request(action: HttpGetAction, spec: Container, target: Target) -> bool:
    """A lifecycle hook: any answer will do, however long it takes (kubelet.md 4.3).

    Returns whether a server that speaks no TLS was asked again without it. Raises
    HttpRefusedError, and PortError.
    """
    url = url_of(action, spec, target.pod_ip)
    headers = probe_headers(action.http_headers or (), target.user_agent)
    try:
        answer = await _follow([url], headers)
    except HttpRefusedError as error:
        if str(error) != _PLAIN_ANSWER:
            raise
        headers.pop("Authorization", None)
        answer = await _follow(["http" + url.removeprefix("https")], headers)
        answer.writer.close()
        return True
    answer.writer.close()
    return False


def url_of(action: HttpGetAction, spec: Container, pod_ip: str) -> str:
    """The address that is asked, as the kubelet's events show it. Raises PortError."""
    host = join_host_port(action.host or pod_ip, resolve_port(spec, action.port))
    return f"{(action.scheme or 'HTTP').lower()}://{host}{_escaped(action.path or '/')}"


async def _follow(asked: list[str], headers: Headers) -> _Answer:
    """The answer that counts; `asked` grows by every address. Raises HttpRefusedError."""
    first = urlsplit(asked[0])
    named = headers.get("Host", [""])[0]
    while True:
        url = asked[-1]
        answer = await _ask(url, named, headers)
        location = answer.head.header("Location")
        if answer.head.code not in _REDIRECTS or not location:
            return answer
        following = urljoin(url, location)
        parts = urlsplit(following)
        if parts.hostname != first.hostname:
            return answer
        answer.writer.close()
        if len(asked) >= _MOST_REQUESTS:
            raise HttpRefusedError(location, f"stopped after {_MOST_REQUESTS} redirects")
        # A host of the manifest's own stays for redirects that name none.
        named = named if not urlsplit(location).netloc else ""
        if not (urlsplit(url).scheme == "https" and parts.scheme == "http"):
            headers["Referer"] = [url]
        asked.append(following)


async def _ask(url: str, named: str, headers: Headers) -> _Answer:
    parts = urlsplit(url)
    try:
        reader, writer = await _connect(parts)
    except DialError as error:
        raise HttpRefusedError(url, str(error)) from error
    except ssl.SSLError as error:
        raise HttpRefusedError(url, _tls_error(error)) from error
    except OSError as error:
        raise HttpRefusedError(url, go_error(error)) from error
    try:
        writer.write(request_bytes(_request_target(parts), named or parts.netloc, headers))
        return _Answer(await read_head(reader), reader, writer)
    except MalformedError as error:
        text = str(error)
    except EOFError:
        text = "EOF"
    except ssl.SSLError as error:
        # A server of TLS 1.3 refuses a client only when it has answered the handshake.
        text = _tls_error(error)
    except OSError as error:
        ends = (writer.get_extra_info(name) for name in ("sockname", "peername"))
        between = "->".join(join_host_port(*end[:2]) for end in ends if end)
        text = f"read tcp {between}: read: {go_error(error)}"
    except BaseException:
        writer.close()
        raise
    writer.close()
    raise HttpRefusedError(url, text)


async def _connect(parts: SplitResult) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host = parts.hostname or ""
    connection = await dial(host, parts.port or _DEFAULT_PORTS.get(parts.scheme, 80))
    context = None
    if parts.scheme == "https":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    try:
        return await asyncio.open_connection(
            sock=connection,
            ssl=context,
            server_hostname=host if context else None,
            limit=reader_limit(),
        )
    except BaseException:
        connection.close()
        raise


def _escaped(text: str) -> str:
    """A path with its query, as Go's url.Parse and URL.String leave it.

    What is written as a whole address loses its host, which is the pod's.
    """
    parts = urlsplit(text)
    path = parts.path
    if not _ENCODED.fullmatch(path):
        path = quote(unquote(path, errors="surrogateescape"), safe=_KEPT, errors="surrogateescape")
    if path and not path.startswith("/"):
        path = f"/{path}"
    query = f"?{parts.query}" if parts.query else ""
    return path + query + (f"#{parts.fragment}" if parts.fragment else "")


def _request_target(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _tls_error(error: ssl.SSLError) -> str:
    if error.reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG"):
        return _PLAIN_ANSWER
    words = _ALERT.sub("", error.reason or str(error)).lower().replace("_", " ")
    return f"remote error: tls: {_GO_ALERTS.get(words, words)}"


def _failure(url: str, text: str) -> Reply:
    return Reply(Outcome.FAILURE, probe_output.http_request(url, text))


def _judge(code: int, body: bytes) -> Reply:
    text = body.decode(errors="replace")
    if 200 <= code < 300:
        return Reply(Outcome.SUCCESS, text)
    if 300 <= code < 400:
        return Reply(Outcome.WARNING, probe_output.redirected(text))
    return Reply(Outcome.FAILURE, probe_output.http_status(code))
