"""One attempt to reach one target, as a machine that never waits.

It owns one file descriptor at a time: poll `fileno()` for what `events` says, call `advance` when
it is ready and `expire` when `wake_at` has passed, until `verdict` is there. The waiter drives many
side by side on one thread, `ask` drives one inside an event loop, and both see the same verdicts.

Rules: the deadline holds whatever the peer does. Several addresses share what is left of it, so
that one that drops packets does not hide the next. Nothing here raises for what a peer does.
"""

from _socket import AF_UNIX, SO_ERROR, SOCK_DGRAM, SOCK_STREAM, SOL_SOCKET, socket
from errno import EAGAIN, EINPROGRESS, ENOTCONN, EWOULDBLOCK
from select import POLLIN, POLLOUT

from holdfast.dependencies.failures import judge_number, unresolved
from holdfast.dependencies.inbox import EndOfStreamError, UnexpectedBytesError
from holdfast.dependencies.resolve import Resolution, resolve
from holdfast.dependencies.verdict import (
    BLACK_HOLED,
    CLOSED,
    FROZEN,
    REFUSED,
    UNRESOLVED,
    UP,
    WRONG_PROTOCOL,
    Verdict,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from holdfast.dependencies.handshakes import Conversation
    from holdfast.dependencies.resolve import Address
    from holdfast.dependencies.target import Target

_PIECE_BYTES = 64 * 1024


class Attempt:
    """From a target to a verdict within `timeout` seconds of `now` (a monotonic clock)."""

    def __init__(self, target: "Target", now: float, timeout: float) -> None:
        """Start: a literal address is connected to at once."""
        self.target = target
        self.verdict: Verdict | None = None
        self._started = now
        self._deadline = now + timeout
        self.wake_at = self._deadline
        self._transport = _transport(target)
        self._hosts = list(target.hosts)
        self._host = ""
        self._addresses: list[Address] = []
        self._resolution: Resolution | None = None
        self._socket: socket | None = None
        self._conversation: Conversation | None = None
        self._place = ""
        self._unsent = b""
        self._connected = False
        self._choosing = False
        self._telling: Verdict | None = None
        self._next_place(now)

    def fileno(self) -> int:
        """What to poll; -1 when there is a verdict."""
        if self._resolution is not None:
            return self._resolution.fileno()
        return self._socket.fileno() if self._socket is not None else -1

    @property
    def events(self) -> int:
        """POLLIN, or POLLIN and POLLOUT."""
        writing = self._socket is not None and (not self._connected or self._unsent)
        return POLLIN | POLLOUT if writing else POLLIN

    def advance(self, now: float) -> None:
        """Do what can be done without waiting."""
        if self._resolution is not None:
            self._collect(now)
        elif self._socket is not None:
            try:
                self._move(now)
            except OSError as error:
                if error.errno not in (EAGAIN, EWOULDBLOCK):
                    self._give_up(judge_number(error.errno or 0, self._place), now)

    def expire(self, now: float) -> None:
        """The time of this place is over, unless its answer is already here.

        A process that was throttled for longer than its deadline is no sign of a frozen peer.
        """
        if self.verdict is None and now >= self.wake_at:
            self.advance(now)
        if self.verdict is not None or now < self.wake_at:
            return
        if self._resolution is not None:
            self._resolution.leave_hanging()
            self._resolution = None
            reason = f"{self._host}: the resolver did not answer within {self._waited(now)}"
            self._note(Verdict(UNRESOLVED, reason), now)
        elif self._connected:
            said = f"{self._place}: connected, no answer within {self._waited(now)}"
            self._give_up(Verdict(FROZEN, said), now)
        else:
            said = f"{self._place}: no answer to the connection within {self._waited(now)}"
            self._give_up(Verdict(BLACK_HOLED, said), now)

    def give_up(self, now: float) -> None:
        """End it before its deadline, with what is known so far."""
        self._deadline = self.wake_at = now
        self.expire(now)

    def close(self) -> None:
        """Drop what is open; a later call is harmless."""
        if self._resolution is not None:
            self._resolution.leave_hanging()
            self._resolution = None
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        if self._conversation is not None:
            self._conversation.close()
            self._conversation = None

    def _next_place(self, now: float) -> None:
        """Go on with the next address or host; without any, the most telling failure counts."""
        if self._choosing:
            # Called by what the loop below does; it goes on by itself.
            return
        self._choosing = True
        while self.verdict is None and self._socket is None and self._resolution is None:
            left = len(self._addresses) + len(self._hosts)
            if not left or now >= self._deadline:
                self._finish(self._telling or Verdict(UNRESOLVED, "no address to ask"), now)
                break
            self.wake_at = now + (self._deadline - now) / left
            if self._addresses:
                self._connect(self._addresses.pop(0), now)
            else:
                self._resolve(*self._hosts.pop(0), now)
        self._choosing = False

    def _resolve(self, host: str, port: int, now: float) -> None:
        self._host = host
        if self._transport == "unix":
            self._addresses = [(AF_UNIX, SOCK_STREAM, 0, host)]
            return
        kind = SOCK_DGRAM if self._transport == "udp" else SOCK_STREAM
        outcome = resolve(host, port, kind)
        if isinstance(outcome, Resolution):
            self._resolution = outcome
            self._collect(now)
        else:
            self._found(outcome, now)

    def _collect(self, now: float) -> None:
        outcome = self._resolution.collect() if self._resolution else None
        if outcome is not None:
            self._resolution = None
            self._found(outcome, now)
            self._next_place(now)

    def _found(self, outcome: "list[Address] | str", now: float) -> None:
        if isinstance(outcome, str):
            self._note(unresolved(self._host, outcome), now)
        elif self._transport == "none":
            self._finish(Verdict(UP, f"{self._host} has an address"), now)
        else:
            self._addresses = outcome

    def _connect(self, address: "Address", now: float) -> None:
        family, kind, protocol, where = address
        self._place = _place(where)
        self._connected = False
        self._unsent = b""
        try:
            self._socket = socket(family, kind, protocol)
            self._socket.settimeout(0.0)
            number = self._socket.connect_ex(where)  # type: ignore[arg-type]
            if number == 0:
                self._open(now)
            elif number not in (EINPROGRESS, EAGAIN):
                self._give_up(judge_number(number, self._place), now)
        except OSError as error:
            self._give_up(judge_number(error.errno or 0, self._place), now)

    def _move(self, now: float) -> None:
        if self._socket is None:
            return
        if not self._connected:
            number = self._socket.getsockopt(SOL_SOCKET, SO_ERROR)
            if number:
                self._give_up(judge_number(number, self._place), now)
            elif _is_connected(self._socket):
                self._open(now)
            return
        self._flush()
        if not self._unsent:
            self._converse(self._socket.recv(_PIECE_BYTES), now)

    def _open(self, now: float) -> None:
        """The connection stands: begin to speak."""
        if self._socket is None:
            return
        if self._transport == "tcp" and self._socket.getsockname() == self._socket.getpeername():
            # A connection to a free local port can meet itself (RFC 9293, simultaneous open).
            self._give_up(Verdict(REFUSED, f"{self._place}: nothing listens"), now)
            return
        self._connected = True
        self._conversation = _begin(self.target, self._host)
        self._converse(None, now)

    def _converse(self, received: bytes | None, now: float) -> None:
        conversation = self._conversation
        if conversation is None:
            return
        try:
            send = next(conversation) if received is None else conversation.send(received)
        except StopIteration as end:
            self._judged(end.value, now)
        except EndOfStreamError:
            ended = f"{self._place}: the connection ended before an answer"
            self._give_up(Verdict(CLOSED, ended), now)
        except UnexpectedBytesError as error:
            self._judged(Verdict(WRONG_PROTOCOL, self._surprise(error)), now)
        else:
            self._unsent += send
            self._flush()

    def _surprise(self, error: UnexpectedBytesError) -> str:
        if error.hint:
            return f"{self._place}: {error.hint}"
        speaks = f"it speaks {error.speaks}" if error.speaks else "it speaks something else"
        return f"{self._place}: {speaks}, not {self.target.scheme}"

    def _flush(self) -> None:
        if self._unsent and self._socket is not None:
            self._unsent = self._unsent[self._socket.send(self._unsent) :]

    def _judged(self, verdict: Verdict, now: float) -> None:
        if verdict.up or verdict.permanent:
            self._finish(verdict, now)
        else:
            self._give_up(verdict, now)

    def _give_up(self, verdict: Verdict, now: float) -> None:
        """This address is done with; another may be better."""
        self.close()
        self._note(verdict, now)

    def _note(self, verdict: Verdict, now: float) -> None:
        if verdict.tells_more_than(self._telling):
            self._telling = verdict
        self._next_place(now)

    def _finish(self, verdict: Verdict, now: float) -> None:
        self.close()
        password = self.target.password
        if password and password in verdict.detail:
            verdict = Verdict(verdict.state, "its answer quotes the password and is not shown")
        self.verdict = verdict.took(now - self._started)

    def _waited(self, now: float) -> str:
        return f"{now - self._started:.1f} s"


def _transport(target: "Target") -> str:
    choose = getattr(target.handshake, "transport", None)
    return str(choose(target)) if choose else "tcp"


def _begin(target: "Target", host: str) -> "Conversation":
    conversation = target.handshake.converse(target)
    if not target.tls:
        return conversation
    from holdfast.dependencies.wrap_tls import wrap_tls

    return wrap_tls(conversation, target, host)


def _is_connected(connecting: socket) -> bool:
    try:
        connecting.getpeername()
    except OSError as error:
        if error.errno == ENOTCONN:
            return False
        raise
    return True


def _place(where: object) -> str:
    if not isinstance(where, tuple):
        return str(where)
    return f"[{where[0]}]:{where[1]}" if ":" in where[0] else f"{where[0]}:{where[1]}"
