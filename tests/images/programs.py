"""The beginnings of programs, as far as images are looked into: ELF headers and Go's build info."""

import struct

from tests.images.building import Item, program

MAGIC = b"\xff Go buildinf:"


def elf(machine: int = 62, loader: str = "") -> bytes:
    """The beginning of a 64-bit program, with a segment PT_INTERP where it has a loader."""
    path = loader.encode() + b"\0"
    head = b"\x7fELF\x02\x01\x01" + b"\0" * 9
    head += struct.pack("<HHIQQQIHHHHHH", 2, machine, 1, 0, 64, 0, 0, 64, 56, bool(loader), 0, 0, 0)
    segment = struct.pack("<IIQQQQQQ", 3, 4, 64 + 56, 0, 0, len(path), len(path), 1)
    return head + segment + path if loader else head + b"\0" * 64


def text(words: bytes) -> bytes:
    """Behind its length, as the linker writes it."""
    length, out = len(words), b""
    while length > 0x7F:
        out += bytes((length & 0x7F | 0x80,))
        length >>= 7
    return out + bytes((length,)) + words


def go_program(path: str, version: str, *lines: str) -> Item:
    """A program of Go with these lines in its build info."""
    modules = "".join(f"{one}\n" for one in ("path\texample.com/app", *lines))
    marked = b"#" * 16 + modules.encode() + b"#" * 16
    head = elf()
    head += b"\0" * (-len(head) % 16) + MAGIC + b"\x08\x02" + b"\0" * 16
    return program(path, head + text(version.encode()) + text(marked))
