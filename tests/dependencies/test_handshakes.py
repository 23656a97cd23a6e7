"""Every handshake against what its server may answer, and against everything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.dependencies.answers import ANSWERS, GRPC, Answer, grpc_status
from tests.dependencies.talk import WAITING, talk

from holdfast.dependencies.handshakes import schemes
from holdfast.dependencies.skim_headers import find_status
from holdfast.dependencies.verdict import CLOSED, PERMANENT, UP, WRONG_PROTOCOL

STATES = {
    "up", "starting", "full", "failing", "closed", "wrong-protocol", "wrong-credentials", "missing",
    "denied", "waiting",
}  # fmt: skip
SPEAKING = sorted({answer.url.partition("?")[0] for answer in ANSWERS})


def name(answer: Answer) -> str:
    """The name of a test case."""
    return f"{answer.url.partition(':')[0]}-{answer.name}"


@pytest.mark.parametrize("answer", ANSWERS, ids=name)
def test_answer_is_understood(answer: Answer) -> None:
    """Each state of a server is told apart by what it says, not by whether it says something."""
    verdict, _ = talk(answer.url, answer.pieces, login=answer.login)

    assert verdict.state == answer.state, verdict.detail


@pytest.mark.parametrize("answer", ANSWERS, ids=name)
def test_slow_answer_means_the_same(answer: Answer) -> None:
    """Bytes that trickle in one by one are the same answer."""
    dripping = [bytes((byte,)) for piece in answer.pieces for byte in piece]
    dripping += [b""] if answer.pieces[-1] == b"" else []

    verdict, _ = talk(answer.url, dripping, login=answer.login)

    assert verdict.state == answer.state, verdict.detail


@pytest.mark.parametrize("answer", ANSWERS, ids=name)
def test_cut_answer_is_never_up_by_mistake(answer: Answer) -> None:
    """An answer that ends early is `closed`, or was complete before: never a crash."""
    whole = b"".join(answer.pieces)
    for length in range(len(whole)):
        verdict, _ = talk(
            answer.url, [whole[:length], b""] if length else [b""], login=answer.login
        )

        assert verdict.state in STATES
        if not length:
            assert verdict.state == CLOSED


@pytest.mark.parametrize("url", SPEAKING)
@given(pieces=st.lists(st.binary(max_size=80), max_size=6), login=st.booleans())
def test_garbage_ends_in_a_verdict(url: str, pieces: list[bytes], login: bool) -> None:
    """Whatever bytes arrive, in whatever pieces: a verdict or patience, and no exception."""
    verdict, _ = talk(url, pieces, login=login)

    assert verdict.state in STATES


@given(
    answer=st.sampled_from(ANSWERS),
    position=st.integers(0, 400),
    value=st.integers(0, 255),
    split=st.integers(1, 60),
)
def test_one_wrong_byte_ends_in_a_verdict(
    answer: Answer, position: int, value: int, split: int
) -> None:
    """An answer with one byte changed exercises every length field, and none of them crashes."""
    whole = bytearray(b"".join(answer.pieces)) or bytearray(1)
    whole[position % len(whole)] = value
    pieces = [bytes(whole[i : i + split]) for i in range(0, len(whole), split)]

    verdict, _ = talk(answer.url, [*pieces, b""], login=answer.login)

    assert verdict.state in STATES


@pytest.mark.parametrize("url", SPEAKING)
def test_endless_answer_is_cut_off(url: str) -> None:
    """A peer that never stops cannot fill the memory."""
    verdict, _ = talk(url, (b"\x00" * 65536 for _ in range(64)))

    assert verdict.state == WRONG_PROTOCOL


@pytest.mark.parametrize("answer", [a for a in ANSWERS if not a.login], ids=name)
def test_greeting_sends_no_credentials(answer: Answer) -> None:
    """Level one needs no secret, so none goes over the wire; HTTP alone sends what it has."""
    scheme, _, rest = answer.url.partition("://")
    if scheme == "http":
        return
    _, sent = talk(f"{scheme}://visitor:hunter2@{rest}", answer.pieces)

    assert b"hunter2" not in sent


@pytest.mark.parametrize(
    ("url", "pieces", "expected"),
    [
        (
            "redis://u:s3cret@h",
            (b"+OK\r\n", b"+PONG\r\n"),
            b"$4\r\nAUTH\r\n$1\r\nu\r\n$6\r\ns3cret",
        ),
        ("redis://:s3cret@h", (b"+OK\r\n",), b"*2\r\n$4\r\nAUTH\r\n$6\r\ns3cret"),
        ("http://u:p@h/x", (), b"Authorization: Basic dTpw\r\n"),
        ("http://h:8080/a b", (), b"GET /a%20b HTTP/1.1\r\nHost: h:8080\r\n"),
        ("http://[::1]/", (), b"Host: [::1]\r\n"),
    ],
)
def test_request_holds_what_it_should(url: str, pieces: tuple[bytes, ...], expected: bytes) -> None:
    """What is sent is what the protocol wants, byte for byte."""
    _, sent = talk(url, pieces, login=True)

    assert expected in sent


def test_permanent_states_are_those_that_waiting_does_not_mend() -> None:
    """Fail fast ends on these only: everything else may still come up."""
    assert {"wrong-credentials", "missing", "wrong-protocol", "denied", "untrusted"} < PERMANENT
    assert not PERMANENT & {UP, "starting", "full", "refused", "frozen", "black-holed", "failing"}


@given(st.integers(0, 99), st.booleans(), st.integers(0, 3))
def test_status_is_found_among_other_headers(status: int, coded: bool, before: int) -> None:
    """`grpc-status` is read in both forms of RFC 7541, whatever stands in front of it."""
    other = b"\x40\x04date\x05today" * before
    if coded:
        codes = {str(d): f"{d:05b}" if d < 3 else f"{d + 22:06b}" for d in range(10)}
        bits = "".join(codes[digit] for digit in str(status))
        bits += "1" * (-len(bits) % 8)
        value = int(bits, 2).to_bytes(len(bits) // 8, "big")
        field = b"\0\x88" + bytes.fromhex("9acac8b21234da8f") + bytes((0x80 | len(value),)) + value
    else:
        text = str(status).encode()
        field = b"\0\x0bgrpc-status" + bytes((len(text),)) + text

    assert find_status(b"\x88" + other + field) == status


def test_large_header_block_is_skimmed() -> None:
    """Long values with multi-byte lengths are skipped, not misread."""
    long = b"\0\x01a\x7f\xa1\x01" + b"x" * 288
    verdict, _ = talk(GRPC, [grpc_status(long + b"\0\x0bgrpc-status\x0214")])

    assert verdict.state == "starting"


def test_every_scheme_has_a_conversation() -> None:
    """Each scheme of the list waits for bytes or has its answer at once."""
    for scheme in schemes():
        url = {"tcp": "tcp://h:1", "unix": "unix:///x"}.get(scheme, f"{scheme}://h")
        verdict, _ = talk(url, [])

        assert verdict == WAITING or verdict.up, scheme
