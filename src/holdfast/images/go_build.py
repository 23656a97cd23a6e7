"""What the Go linker writes into every program: its version, modules and build settings.

Source: Go 1.26 `src/debug/buildinfo/buildinfo.go` (readRawBuildInfo) and `src/runtime/debug/mod.go`
(ParseBuildInfo). The blob is a header of 32 bytes at a multiple of 16, then, since Go 1.18, two
texts behind their lengths. Older programs have pointers there, which are not followed: their
version is then "before go1.18", and that decides everything that is asked of it here.

Rules: a scan keeps one blob at most and sees each byte of the file once.
"""

import msgspec

from holdfast.model.regex import regex

_MAGIC = b"\xff Go buildinf:"
_ALIGN = 16
_HEADER_BYTES = 32
_INLINE = 0x2
# Texts of the module's dependencies: kubelet, with some 200 modules, has 30 kB.
_LARGEST_BLOB = 1024 * 1024
# "devel go1.27-1a2b3c4d Thu Jan 1 00:00:00 2026 +0000" and the names of experiments.
_LONGEST_VERSION = 512
# The texts of modules stand between two marks of 16 bytes (runtime/debug/mod.go).
_MARK_BYTES = 16
_VERSION = regex(r"(?:go1|devel )[\w.+:,\- ]*")
OLD = "before go1.18"


class GoBuild(msgspec.Struct, frozen=True):
    """A Go program's own words. `modules` are paths to versions, the main module first."""

    version: str
    main: str = ""
    modules: dict[str, str] = {}
    settings: dict[str, str] = {}


class GoScan:
    """Finds the blob in a file that comes in pieces."""

    def __init__(self) -> None:
        """Nothing was seen."""
        self.found: GoBuild | None = None
        self._window = b""
        self._start = 0

    def feed(self, piece: bytes) -> None:
        """The next bytes of the file."""
        if self.found is not None:
            return
        window = self._window + piece
        at = window.find(_MAGIC)
        while at >= 0:
            if (self._start + at) % _ALIGN == 0:
                blob = window[at : at + _LARGEST_BLOB]
                try:
                    self.found = _read(blob)
                except _MoreError:
                    if len(blob) < _LARGEST_BLOB:
                        self._keep(window, at)
                        return
                if self.found is not None:
                    self._window = b""
                    return
            at = window.find(_MAGIC, at + 1)
        self._keep(window, max(0, len(window) - len(_MAGIC) + 1))

    def _keep(self, window: bytes, at: int) -> None:
        self._window = window[at:]
        self._start += at


class _MoreError(Exception):
    """The blob goes on behind what there is."""


def _read(blob: bytes) -> GoBuild | None:
    """The build that a blob tells; None where it is none (programs that read blobs hold the magic).

    Raises _MoreError where its end is not there yet.
    """
    if len(blob) < _HEADER_BYTES:
        raise _MoreError
    if not blob[15] & _INLINE:
        return GoBuild(OLD) if blob[14] in (4, 8) else None
    version = _text(blob, _HEADER_BYTES, _LONGEST_VERSION)
    words = version[0].decode("utf-8", "replace") if version is not None else ""
    if version is None or not _VERSION.fullmatch(words):
        return None
    modules = _text(blob, version[1], _LARGEST_BLOB)
    return _build(words, modules[0]) if modules is not None else None


def _text(blob: bytes, at: int, longest: int) -> tuple[bytes, int] | None:
    """A text behind its length as an unsigned varint, and its end; None where it is too long."""
    length = shift = 0
    while True:
        if at >= len(blob):
            raise _MoreError
        byte = blob[at]
        at += 1
        length |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            break
        if length > longest:
            return None
    if length > longest:
        return None
    if at + length > len(blob):
        raise _MoreError
    return blob[at : at + length], at + length


def _build(version: str, marked: bytes) -> GoBuild:
    text = marked[_MARK_BYTES:-_MARK_BYTES].decode("utf-8", "replace")
    main, modules, settings = "", {}, {}
    for line in text.splitlines():
        kind, _, rest = line.partition("\t")
        words = rest.split("\t")
        if kind == "path":
            main = rest
        elif kind in ("mod", "dep") and len(words) >= 2:
            modules[words[0]] = words[1]
        elif kind == "build":
            name, _, value = rest.partition("=")
            settings[name] = value.strip('"')
    return GoBuild(version, main, modules, settings)
