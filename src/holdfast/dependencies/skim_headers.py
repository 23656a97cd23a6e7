"""Finds `grpc-status` in a compressed header block, and skips the rest.

Source: RFC 7541, sections 5 and 6, appendix B. Field lengths are explicit, so other fields need not
be decoded. The only strings that matter are one name, known in its two forms, and digits. With a
header table of size 0 and one response on the connection, the name is always written out.
"""

from holdfast.dependencies.inbox import UnexpectedBytesError

_NAME = b"grpc-status"
# The same, Huffman coded.
_CODED_NAME = bytes.fromhex("9acac8b21234da8f")
_LONGEST_INTEGER_BYTES = 4
_INDEXED, _INCREMENTAL, _RESIZE = 0x80, 0x40, 0x20
# Huffman codes of digits: "0" to "2" have 5 bits, "3" to "9" have 6 and begin at 0b011001.
_SHORT_BITS, _LONG_BITS, _LONG_START = 5, 6, 0b011001


def find_status(block: bytes) -> "int | None":
    """The number behind `grpc-status`, or None where the block does not hold it."""
    at = 0
    while at < len(block):
        first = block[at]
        if first & _INDEXED:
            _, at = _integer(block, at, 7)
            continue
        if not first & _INCREMENTAL and first & _RESIZE:
            _, at = _integer(block, at, 5)
            continue
        index, at = _integer(block, at, 6 if first & _INCREMENTAL else 4)
        named = False
        if not index:
            coded, text, at = _string(block, at)
            named = text == (_CODED_NAME if coded else _NAME)
        coded, text, at = _string(block, at)
        if named:
            return _digits(coded, text)
    return None


def _digits(coded: bool, text: bytes) -> int:
    digits = _decode_digits(text) if coded else text.decode("latin-1")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 3:
        raise UnexpectedBytesError(b"")
    return int(digits)


def _decode_digits(text: bytes) -> str:
    bits = f"{int.from_bytes(text, 'big'):0{8 * len(text)}b}" if text else ""
    digits = ""
    # What is left is padding: at most 7 ones.
    while len(bits) > 7 or "0" in bits:
        short = int(bits[:_SHORT_BITS], 2)
        if short <= 2:
            digits, bits = digits + str(short), bits[_SHORT_BITS:]
            continue
        long = int(bits[:_LONG_BITS], 2) - _LONG_START
        if not 0 <= long <= 6:
            raise UnexpectedBytesError(b"")
        digits, bits = digits + str(long + 3), bits[_LONG_BITS:]
    return digits


def _string(block: bytes, at: int) -> "tuple[bool, bytes, int]":
    if at >= len(block):
        raise UnexpectedBytesError(b"")
    coded = bool(block[at] & 0x80)
    length, at = _integer(block, at, 7)
    if at + length > len(block):
        raise UnexpectedBytesError(b"")
    return coded, block[at : at + length], at + length


def _integer(block: bytes, at: int, prefix: int) -> "tuple[int, int]":
    """An integer with an N-bit prefix (RFC 7541, section 5.1), and where it ends."""
    largest = (1 << prefix) - 1
    value = block[at] & largest
    at += 1
    if value < largest:
        return value, at
    for shift in range(_LONGEST_INTEGER_BYTES):
        if at >= len(block):
            break
        byte = block[at]
        at += 1
        value += (byte & 0x7F) << (7 * shift)
        if not byte & 0x80:
            return value, at
    raise UnexpectedBytesError(b"")
