"""The body of an answer, as far as the kubelet reads it.

Rules: at most 10 KiB, more is left unread without an error; a body that ends before its announced
length is one. Source: kubernetes v1.36.2 pkg/probe/http/http.go maxRespBodyLength; RFC 9112 6, 7.
"""

import asyncio
from collections.abc import AsyncIterator

from holdfast.rehearsal.probes.http_head import Head

_LARGEST_BODY = 10 * 1024
_NO_BODY = (204, 304)
_BLOCK = 4096


async def read_body(head: Head, reader: asyncio.StreamReader) -> bytes:
    """The body, cut at 10 KiB. Raises EOFError when it breaks off."""
    if head.code in _NO_BODY or 100 <= head.code < 200:
        return b""
    body = b""
    async for part in _parts(head, reader):
        body += part
        if len(body) >= _LARGEST_BODY:
            return body[:_LARGEST_BODY]
    return body


async def drain(head: Head, reader: asyncio.StreamReader) -> None:
    """Read the body to its end, so that another answer can follow. Raises EOFError."""
    if head.code not in _NO_BODY:
        async for _ in _parts(head, reader):
            pass


def _parts(head: Head, reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    if "chunked" in head.header("Transfer-Encoding").lower():
        return _chunks(reader)
    length = head.header("Content-Length")
    if length.isdecimal():
        return _exactly(reader, int(length))
    return _to_the_end(reader)


async def _chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while True:
        line = await reader.readline()
        size, _, _ = line.partition(b";")
        try:
            length = int(size.strip(), 16)
        except ValueError:
            raise EOFError from None
        if length == 0:
            # Trailers, and the empty line that ends them: another answer may follow.
            while (await reader.readline()).strip():
                pass
            return
        async for part in _exactly(reader, length):
            yield part
        await reader.readline()


async def _exactly(reader: asyncio.StreamReader, length: int) -> AsyncIterator[bytes]:
    while length > 0:
        part = await reader.read(min(length, _BLOCK))
        if not part:
            raise EOFError
        length -= len(part)
        yield part


async def _to_the_end(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while part := await reader.read(_BLOCK):
        yield part
