"""Bytes of any origin to text: byte order marks, UTF-16 of redirected Windows shells, NUL bytes.

Rules: nothing that can be told apart is lost, nothing raises; what is no text at all is told by
`is_binary`, so that a reader can say so.
"""

import codecs

# Longest first: the mark of UTF-32 little endian begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Share of control bytes above which bytes are no text; logs with colours stay far below.
_BINARY_SHARE = 0.07
_CONTROL = bytes(set(range(32)) - {7, 8, 9, 10, 12, 13, 27})


def as_utf8(data: bytes) -> bytes:
    """The same text as UTF-8 without a byte order mark."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data.decode(name, errors="replace").encode()
    return data.removeprefix(codecs.BOM_UTF8)


def as_text(data: bytes) -> str:
    """The text, with line feeds as the only line ends; what is no UTF-8 becomes U+FFFD."""
    text = as_utf8(data).decode("utf-8", errors="replace")
    return text.replace("\r\n", "\n") if "\r" in text else text


def is_wide(head: bytes) -> bool:
    """Whether a byte order mark says that each character has two bytes or more."""
    return head.startswith(tuple(mark for mark, _ in _MARKS))


def is_binary(head: bytes) -> bool:
    """Whether the first bytes of a file are no text in any encoding that is known here."""
    if not head or is_wide(head):
        return False
    controls = len(head) - len(head.translate(None, _CONTROL))
    return controls > len(head) * _BINARY_SHARE
