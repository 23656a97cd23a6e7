"""Builds images of the formats that are read, by the standard library alone.

A layer is a list of entries, an image a configuration and layers; writers put them into an OCI
layout or an archive of `docker save`.
"""

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"


class Item(NamedTuple):
    """An entry of a layer; `kind` is a type of `tarfile`."""

    path: str
    content: bytes = b""
    mode: int = 0o644
    kind: bytes = tarfile.REGTYPE
    target: str = ""


def file(path: str, content: bytes | str = b"", mode: int = 0o644) -> Item:
    """A regular file."""
    return Item(path, content.encode() if isinstance(content, str) else content, mode)


def program(path: str, content: bytes | str) -> Item:
    """A file that can be executed."""
    return file(path, content, 0o755)


def link(path: str, target: str) -> Item:
    """A symbolic link."""
    return Item(path, mode=0o777, kind=tarfile.SYMTYPE, target=target)


def hard_link(path: str, target: str) -> Item:
    """A second name."""
    return Item(path, kind=tarfile.LNKTYPE, target=target)


def directory(path: str) -> Item:
    """A directory."""
    return Item(path, mode=0o755, kind=tarfile.DIRTYPE)


def layer(*items: Item) -> bytes:
    """An uncompressed layer."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for item in items:
            info = tarfile.TarInfo(item.path)
            info.size, info.mode, info.type = len(item.content), item.mode, item.kind
            info.linkname = item.target
            archive.addfile(info, io.BytesIO(item.content))
    return out.getvalue()


def packed(plain: bytes) -> bytes:
    """As builders compress it, and always to the same bytes."""
    return gzip.compress(plain, mtime=0)


def digest_of(content: bytes) -> str:
    """Its name in a layout."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def configuration(plain: Sequence[bytes], history: Sequence[str] = (), **run: Any) -> bytes:
    """A configuration; `run` holds Entrypoint, Cmd, Env and so on."""
    document = {
        "os": run.pop("os", "linux"),
        "architecture": run.pop("architecture", "amd64"),
        "created": run.pop("created", "2026-11-01T10:00:00Z"),
        "config": run,
        "rootfs": {"type": "layers", "diff_ids": [digest_of(one) for one in plain]},
        "history": [{"created_by": text} for text in history],
    }
    return json.dumps(document).encode()


class Layout:
    """An OCI layout in a directory."""

    def __init__(self, root: Path) -> None:
        """With nothing in it yet."""
        self.root = root
        self.manifests: list[dict[str, Any]] = []
        (root / "blobs" / "sha256").mkdir(parents=True)
        (root / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
        self._write_index()

    def blob(self, content: bytes) -> str:
        """Store a blob under its digest."""
        digest = digest_of(content)
        self.path(digest).write_bytes(content)
        return digest

    def path(self, digest: str) -> Path:
        """Where a blob is."""
        return self.root / "blobs" / "sha256" / digest.partition(":")[2]

    def add(
        self,
        plain: Sequence[bytes],
        config: bytes | None = None,
        *,
        name: str = "",
        platform: str = "",
        blobs: Sequence[bytes] | None = None,
        media_type: str = f"{LAYER}+gzip",
    ) -> str:
        """Add an image; `blobs` are its layers as stored, compressed with gzip by default."""
        stored = [packed(one) for one in plain] if blobs is None else blobs
        manifest = json.dumps(
            {
                "schemaVersion": 2,
                "mediaType": MANIFEST,
                "config": self.described(config or configuration(plain), CONFIG),
                "layers": [self.described(one, media_type) for one in stored],
            }
        ).encode()
        descriptor = self.described(manifest, MANIFEST)
        if platform:
            names = ("os", "architecture", "variant")
            descriptor["platform"] = dict(zip(names, platform.split("/"), strict=False))
        if name:
            descriptor["annotations"] = {"org.opencontainers.image.ref.name": name}
        self.manifests.append(descriptor)
        self._write_index()
        return str(descriptor["digest"])

    def described(self, content: bytes, media_type: str) -> dict[str, Any]:
        """A blob's descriptor."""
        return {"mediaType": media_type, "digest": self.blob(content), "size": len(content)}

    def _write_index(self) -> None:
        index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": self.manifests}
        (self.root / "index.json").write_text(json.dumps(index))


def tar_of(root: Path, path: Path, mode: str = "w") -> Path:
    """A directory as an archive, its entries in order of name."""
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]  # one of several modes
        for one in sorted(root.rglob("*")):
            if one.is_file():
                archive.add(one, str(one.relative_to(root)))
    return path


def docker_archive(
    path: Path, plain: Sequence[bytes], config: bytes | None = None, tags: Sequence[str] = ()
) -> Path:
    """What `docker save` wrote before it wrote layouts: plain layers in directories."""
    raw = config or configuration(plain)
    names = [f"{digest_of(one)[7:]}/layer.tar" for one in plain]
    name = f"{digest_of(raw)[7:]}.json"
    manifest = json.dumps([{"Config": name, "RepoTags": list(tags), "Layers": names}]).encode()
    members = [(name, raw), *zip(names, plain, strict=True), ("manifest.json", manifest)]
    with tarfile.open(path, "w") as archive:
        for member, content in members:
            info = tarfile.TarInfo(member)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path
