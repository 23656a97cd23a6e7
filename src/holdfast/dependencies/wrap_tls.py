"""A conversation inside TLS, still without a socket: bytes in, bytes out.

Rules: certificates and names are verified, always; a private authority is given as a file
(`tls_ca=FILE` among the options, or SSL_CERT_FILE, which OpenSSL reads by itself). Imported only
for targets that speak TLS: `ssl` costs more than the interpreter.
"""

import ssl

from holdfast.dependencies.errors import TargetError
from holdfast.dependencies.inbox import EndOfStreamError, UnexpectedBytesError
from holdfast.dependencies.verdict import FAILING, UNTRUSTED, Verdict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator

    from holdfast.dependencies.handshakes import Conversation
    from holdfast.dependencies.target import Target

_PIECE_BYTES = 64 * 1024
# What OpenSSL says when the peer does not speak TLS at all.
_NOT_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "PACKET_LENGTH_TOO_LONG")


def tls_context(target: "Target") -> ssl.SSLContext:
    """What is trusted: the system's authorities, or the file in `tls_ca`. Raises TargetError."""
    file = target.options.get("tls_ca")
    try:
        context = ssl.create_default_context(cafile=file)
    except (OSError, ssl.SSLError) as error:
        raise TargetError(
            target.shown,
            f"option tls_ca names {file!r}: {error}; expected certificates in PEM",
            "mount the file, or leave the option out to trust the authorities of the system",
        ) from None
    if target.handshake.__name__.endswith(".grpc"):
        context.set_alpn_protocols(["h2"])
    return context


def wrap_tls(conversation: "Conversation", target: "Target", host: str) -> "Conversation":
    """The same conversation, encrypted for `host`; a conversation that ends untrusted says why."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    session = tls_context(target).wrap_bio(incoming, outgoing, server_hostname=host)
    try:
        yield from _handshake(session, incoming, outgoing)
        return (yield from _converse(conversation, session, incoming, outgoing))
    except ssl.SSLCertVerificationError as error:
        return Verdict(UNTRUSTED, f"the certificate is not trusted: {error.verify_message}")
    except ssl.SSLEOFError:
        raise EndOfStreamError from None
    except ssl.SSLError as error:
        if error.reason in _NOT_TLS:
            raise UnexpectedBytesError(b"", "the port does not speak TLS") from None
        return Verdict(FAILING, f"TLS: {(error.reason or 'error').lower().replace('_', ' ')}")


def _handshake(
    session: ssl.SSLObject, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO
) -> "Generator[bytes, bytes, None]":
    while True:
        try:
            session.do_handshake()
        except ssl.SSLWantReadError:
            yield from _pump(incoming, outgoing)
        else:
            return


def _converse(
    conversation: "Conversation",
    session: ssl.SSLObject,
    incoming: ssl.MemoryBIO,
    outgoing: ssl.MemoryBIO,
) -> "Conversation":
    received: bytes | None = None
    while True:
        try:
            send = next(conversation) if received is None else conversation.send(received)
        except StopIteration as end:
            verdict: Verdict = end.value
            return verdict
        if send:
            session.write(send)
        received = yield from _read(session, incoming, outgoing)


def _read(
    session: ssl.SSLObject, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO
) -> "Generator[bytes, bytes, bytes]":
    while True:
        try:
            return session.read(_PIECE_BYTES)
        except ssl.SSLWantReadError:
            yield from _pump(incoming, outgoing)
        except ssl.SSLZeroReturnError:
            return b""


def _pump(incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO) -> "Generator[bytes, bytes, None]":
    received = yield outgoing.read()
    if received:
        incoming.write(received)
    else:
        incoming.write_eof()
