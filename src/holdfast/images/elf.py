"""What the beginning of a program tells: its machine, its dynamic loader.

Source: System V ABI, gABI 4.1, ELF header and program headers; machine numbers of elf.h.
"""

import struct

import msgspec

from holdfast.images.go_build import GoBuild

MAGIC = b"\x7fELF"
# e_machine to GOARCH, in which images name architectures (OCI image-spec, config.md).
MACHINES = {
    3: "386",
    8: "mips",
    20: "ppc",
    21: "ppc64le",
    22: "s390x",
    40: "arm",
    62: "amd64",
    183: "arm64",
    243: "riscv64",
    258: "loong64",
}
_PT_INTERP = 3
_MOST_HEADERS = 64
_LONGEST_PATH = 4096


class Elf(msgspec.Struct, frozen=True):
    """A program. `machine` is a GOARCH word, or "" for one that is not known here."""

    machine: str
    loader: str
    """Path of its dynamic loader; "" for a static program."""
    go: GoBuild | None = None


def read_elf(head: bytes) -> Elf | None:
    """The facts of a file's first bytes; None where they are no ELF header."""
    if not head.startswith(MAGIC) or len(head) < 64:
        return None
    wide, order = head[4] == 2, "<" if head[5] == 1 else ">"
    (number,) = struct.unpack_from(f"{order}H", head, 18)
    return Elf(MACHINES.get(number, ""), _loader(head, wide, order))


def _loader(head: bytes, wide: bool, order: str) -> str:
    """The path in the segment PT_INTERP; "" where there is none within the head."""
    if wide:
        (start,) = struct.unpack_from(f"{order}Q", head, 32)
        size, count = struct.unpack_from(f"{order}HH", head, 54)
    else:
        (start,) = struct.unpack_from(f"{order}I", head, 28)
        size, count = struct.unpack_from(f"{order}HH", head, 42)
    layout, offset_at, length_at = ("Q", 8, 32) if wide else ("I", 4, 16)
    for index in range(min(count, _MOST_HEADERS)):
        at = start + index * size
        if at + size > len(head) or size < length_at + struct.calcsize(layout):
            return ""
        (kind,) = struct.unpack_from(f"{order}I", head, at)
        if kind == _PT_INTERP:
            (offset,) = struct.unpack_from(f"{order}{layout}", head, at + offset_at)
            (length,) = struct.unpack_from(f"{order}{layout}", head, at + length_at)
            if length > _LONGEST_PATH:
                return ""
            return head[offset : offset + length].rstrip(b"\0").decode("ascii", "replace")
    return ""
