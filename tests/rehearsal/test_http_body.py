"""Bodies of answers, read so that another answer can follow on the same connection."""

import asyncio

import pytest

from holdfast.rehearsal.probes.http_body import drain, read_body
from holdfast.rehearsal.probes.http_head import read_head

HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def reader_of(text: bytes) -> asyncio.StreamReader:
    """What a peer sent before it closed."""
    reader = asyncio.StreamReader()
    reader.feed_data(text)
    reader.feed_eof()
    return reader


@pytest.mark.parametrize(
    "body",
    [b"3\r\nabc\r\n0\r\n\r\n", b"0\r\n\r\n", b"1;x=y\r\na\r\n0\r\nTrailer: 1\r\nOther: 2\r\n\r\n"],
    ids=["chunk", "empty", "trailers"],
)
async def test_chunked_answers_follow_each_other(body: bytes) -> None:
    """A kept connection is not taken for reset because the end of a body was left unread."""
    reader = reader_of((HEAD + body) * 2)
    for _ in range(2):
        await drain(await read_head(reader), reader)

    assert reader.at_eof()


async def test_chunked_body() -> None:
    """The parts together; a body that breaks off is an error."""
    reader = reader_of(HEAD + b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
    assert await read_body(await read_head(reader), reader) == b"abcde"

    broken = reader_of(HEAD + b"3\r\nab")
    head = await read_head(broken)
    with pytest.raises(EOFError):
        await read_body(head, broken)
