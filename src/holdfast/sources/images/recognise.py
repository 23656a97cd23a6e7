"""Tells images from everything else that a user may name, before what reads them is imported.

Rules: an image is told by its content, or by `docker://` before its name.
"""

from pathlib import Path

REGISTRY = "docker://"
# image-spec 1.1, image-layout.md.
LAYOUT_MARK, LAYOUT_INDEX = "oci-layout", "index.json"


def is_image(path: Path) -> bool:
    """Whether a file or a directory is an image, or an archive that can be nothing else here."""
    if path.is_dir():
        return all((path / name).is_file() for name in (LAYOUT_MARK, LAYOUT_INDEX))
    with path.open("rb") as stream:
        head = stream.read(512)
    return head.startswith(b"\x1f\x8b") or head[257:262] == b"ustar"
