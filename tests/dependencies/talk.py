"""Plays the part of a peer: bytes from a script, no socket."""

from collections.abc import Iterable

from holdfast.dependencies.inbox import EndOfStreamError, UnexpectedBytesError
from holdfast.dependencies.target import parse_target
from holdfast.dependencies.verdict import CLOSED, WRONG_PROTOCOL, Verdict

WAITING = Verdict("waiting", "it wants more bytes")


def talk(url: str, script: Iterable[bytes], *, login: bool = False) -> tuple[Verdict, bytes]:
    """The verdict after these pieces arrived (b"" is the end), and everything that was sent.

    WAITING when the script is over and the conversation is not.
    """
    target = parse_target(url, login=login)
    conversation = target.handshake.converse(target)
    sent = b""
    try:
        sent += next(conversation)
        for piece in script:
            sent += conversation.send(piece)
    except StopIteration as end:
        verdict: Verdict = end.value
        return verdict, sent
    except EndOfStreamError:
        return Verdict(CLOSED, "ended"), sent
    except UnexpectedBytesError as error:
        return Verdict(WRONG_PROTOCOL, error.hint or error.speaks), sent
    return WAITING, sent
