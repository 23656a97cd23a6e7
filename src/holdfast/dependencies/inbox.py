"""The bytes that a dependency sent, taken in pieces, and what to think of bytes nobody expected.

Rules: nothing is trusted. Every length is bounded; whatever breaks the protocol ends the
conversation as `UnexpectedBytesError`, and what was received is never quoted: a peer that echoes
would give back the password.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator

# No greeting is longer; the largest seen is Kafka metadata of a large cluster, see kafka.py.
LARGEST_BYTES = 64 * 1024

# First bytes -> who speaks so.
_SIGNATURES = (
    (b"HTTP/", "HTTP"),
    (b"SSH-", "SSH"),
    (b"\x15\x03", "TLS"),
    (b"\x16\x03", "TLS"),
    (b"INFO {", "NATS"),
    (b"AMQP", "AMQP"),
    (b"-ERR", "Redis"),
    (b"-NOAUTH", "Redis"),
    (b"+PONG", "Redis"),
    (b"+OK", "POP3 or Redis"),
    (b"220", "SMTP or FTP"),
    (b"* OK", "IMAP"),
)
_MYSQL_GREETING = (b"\x00\x0a", b"\x00\xff")
# A SETTINGS frame on stream 0 (RFC 9113, section 6.5).
_HTTP2_SETTINGS = b"\x04\x00\x00\x00\x00\x00"


class EndOfStreamError(Exception):
    """The peer closed the connection before its answer was complete."""


class UnexpectedBytesError(Exception):
    """What arrived is not of this protocol; `speaks` names the protocol it looks like, or "".

    `hint` says what to try, where that is known.
    """

    def __init__(self, received: bytes, hint: str = "") -> None:
        """Recognise the peer by its first bytes; the bytes themselves are not kept."""
        super().__init__(hint)
        self.speaks = recognise(received)
        self.hint = hint


def recognise(received: bytes) -> str:
    """The protocol whose answer begins like this, or ""."""
    for start, name in _SIGNATURES:
        if received.startswith(start):
            return name
    if received[3:5] in _MYSQL_GREETING:
        return "MySQL"
    if received[3:9] == _HTTP2_SETTINGS:
        return "HTTP/2"
    return ""


class Inbox:
    """What has arrived and was not taken yet.

    `send` is a request: what is taken afterwards has arrived after it was sent.
    """

    __slots__ = ("_data", "_limit", "_posted", "_received")

    def __init__(self, limit: int = LARGEST_BYTES) -> None:
        """Accept at most `limit` bytes in one conversation."""
        self._data = b""
        self._limit = limit
        self._received = 0
        self._posted = b""

    def post(self, data: bytes) -> None:
        """Let these bytes travel with the next wait; nothing is expected in return."""
        self._posted += data

    def wait(self, send: bytes = b"") -> "Generator[bytes, bytes, bytes]":
        """Send, wait until something arrived, and look at all that is here without taking it."""
        posted, self._posted = self._posted, b""
        more = yield posted + send
        if not more:
            raise EndOfStreamError
        self._received += len(more)
        if self._received > self._limit:
            raise UnexpectedBytesError(self._data)
        self._data += more
        return self._data

    def take(self, count: int, send: bytes = b"") -> "Generator[bytes, bytes, bytes]":
        """Send, and take exactly so many bytes."""
        if count > self._limit or count < 0:
            raise UnexpectedBytesError(self._data)
        if send:
            yield from self.wait(send)
        while len(self._data) < count:
            yield from self.wait()
        taken, self._data = self._data[:count], self._data[count:]
        return taken

    def line(self, send: bytes = b"") -> "Generator[bytes, bytes, bytes]":
        """Send, and take one line, without its CR LF or LF."""
        if send:
            yield from self.wait(send)
        while b"\n" not in self._data:
            yield from self.wait()
        taken, _, self._data = self._data.partition(b"\n")
        return taken.removesuffix(b"\r")
