"""Input that is broken, hostile or strange gives a clear error or a clear partial result."""

import gzip
import io
import json
import tarfile
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from tests.sources.inputs import pod_list, pod_list_bytes, pod_object, read_bytes, read_path

from holdfast.model.snapshot import GapKind, Snapshot
from holdfast.sources.read import SourceError


def kinds(snapshot: Snapshot) -> set[GapKind]:
    """The kinds of gaps that were told."""
    return {gap.kind for gap in snapshot.gaps}


def archive(**members: bytes) -> bytes:
    """A gzip compressed tar with these members."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return out.getvalue()


def test_truncated_json_keeps_complete_items() -> None:
    """A transfer that broke off costs the objects after the break and no others."""
    whole = pod_list_bytes("a", "b", "c")
    snapshot = read_bytes(whole[: whole.rindex(b'"c"')])

    assert {pod.metadata.name for pod in snapshot.pods} == {"a", "b"}
    assert GapKind.TRUNCATED in kinds(snapshot)


def test_truncated_yaml_keeps_complete_documents() -> None:
    """Documents before the broken one count, and the place of the break is told."""
    good = json.dumps(pod_object("a"))
    snapshot = read_bytes(
        f"---\n{good}\n---\napiVersion: v1\nkind: Pod\nmetadata: {{name: [b\n".encode()
    )

    assert [pod.metadata.name for pod in snapshot.pods] == ["a"]
    assert GapKind.BROKEN in kinds(snapshot)


def test_yaml_alias_bomb_is_bounded() -> None:
    """Aliases that would unfold to billions of nodes cost neither time nor memory."""
    lines = ["apiVersion: v1", "kind: Pod", 'a0: &a0 ["x", "x"]']
    lines += [f"a{level}: &a{level} [*a{level - 1}, *a{level - 1}]" for level in range(1, 40)]
    bomb = "\n".join([*lines, "metadata: {name: a}", ""]).encode()
    tracemalloc.start()
    try:
        read_bytes(bomb)
    except SourceError as error:
        assert "alias" in str(error)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 50_000_000


def test_huge_single_line_log_is_bounded(tmp_path: Path) -> None:
    """A 100 MB line is read in pieces and cut."""
    path = tmp_path / "app.log"
    with path.open("wb") as file:
        for _ in range(100):
            file.write(b"x" * 1024 * 1024)
        file.write(b"\npanic: after the line\n")
    tracemalloc.start()
    snapshot = read_path(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert snapshot.logs[0].lines[-1] == "panic: after the line"
    assert len(snapshot.logs[0].lines[0]) <= 4096
    assert peak < 20_000_000


def test_long_log_keeps_both_ends(tmp_path: Path) -> None:
    """The start and the end stay; what lies between is counted."""
    path = tmp_path / "app.log"
    path.write_text("".join(f"line {number}\n" for number in range(50_000)))
    first, last = read_path(path).logs

    assert first.lines[0] == "line 0"
    assert last.lines[-1] == "line 49999"
    assert last.first_line + len(last.lines) == 50_001
    assert first.following == 50_000 - len(first.lines)


def test_binary_is_refused() -> None:
    """Bytes that are no text are no log."""
    with pytest.raises(SourceError, match="no format that is known"):
        read_bytes(bytes(range(256)) * 100)


@pytest.mark.parametrize(
    "encoded",
    [
        b"\xef\xbb\xbf" + pod_list_bytes("a"),
        pod_list_bytes("a").replace(b"\n", b"\r\n"),
        pod_list_bytes("a").decode().encode("utf-16"),
        pod_list_bytes("a").decode().encode("utf-16-le").join([b"\xff\xfe", b""]),
    ],
    ids=["bom", "crlf", "utf-16", "utf-16-le"],
)
def test_encodings_of_other_systems(encoded: bytes) -> None:
    """What Windows shells write when output is redirected is read like any other."""
    assert read_bytes(encoded).pods[0].metadata.name == "a"


def test_nul_bytes_in_a_log() -> None:
    """A file system that lost power leaves NULs; the lines around them stay."""
    snapshot = read_bytes(
        b"starting\nstill \x00\x00\x00 here and going on for a while\npanic: end\n"
    )

    assert snapshot.logs[0].lines[-1] == "panic: end"
    assert "\x00" not in "".join(snapshot.logs[0].lines)


def test_latin_1_log() -> None:
    """Bytes that are no UTF-8 do not lose the line they stand in."""
    log = read_bytes("Verbindung zurückgewiesen\npanic: end\n".encode("latin-1")).logs[0]

    assert log.lines[0].startswith("Verbindung zur")


@pytest.mark.parametrize("name", ["../outside.json", "/etc/outside.json", "a/../../outside.json"])
def test_members_that_leave_the_archive(name: str) -> None:
    """Such members are refused and told; the others are read."""
    data = archive(**{name: pod_list_bytes("evil"), "pods.json": pod_list_bytes("good")})
    snapshot = read_bytes(data)

    assert [pod.metadata.name for pod in snapshot.pods] == ["good"]
    assert GapKind.REFUSED in kinds(snapshot)


def test_links_in_archives_are_not_followed() -> None:
    """A link to a file of this machine gives nothing of that file."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        link = tarfile.TarInfo("pods.json")
        link.type = tarfile.SYMTYPE
        link.linkname = "/etc/passwd"
        tar.addfile(link)
        content = pod_list_bytes("good")
        info = tarfile.TarInfo("more/pods.json")
        info.size = len(content)
        tar.addfile(info, io.BytesIO(content))
    snapshot = read_bytes(out.getvalue())

    assert [pod.metadata.name for pod in snapshot.pods] == ["good"]
    assert GapKind.REFUSED in kinds(snapshot)


def test_gzip_bomb_is_refused() -> None:
    """Half a gigabyte of zeros in half a megabyte is not unpacked to its end."""
    bomb = io.BytesIO()
    with gzip.GzipFile(fileobj=bomb, mode="wb") as out:
        for _ in range(512):
            out.write(b"\x00" * 1024 * 1024)

    with pytest.raises(SourceError, match="unpack"):
        read_bytes(bomb.getvalue())


def test_truncated_archive_keeps_its_beginning() -> None:
    """A download that broke off still holds its first members."""
    filler = json.dumps(pod_list(*(f"b{n}" for n in range(3000)))).encode()
    data = archive(**{"a.json": pod_list_bytes("a"), "z.json": filler})
    snapshot = read_bytes(data[: len(data) * 2 // 3])

    assert "a" in {pod.metadata.name for pod in snapshot.pods}
    assert GapKind.TRUNCATED in kinds(snapshot)


def test_zip_is_read() -> None:
    """Windows users zip what they collect."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("dump/pods.json", pod_list_bytes("a"))

    assert read_bytes(out.getvalue()).pods[0].metadata.name == "a"


def test_unknown_kinds_are_named_in_the_error() -> None:
    """Nothing to diagnose is an error that says what was there instead."""
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "api"}}
    with pytest.raises(SourceError, match="1 Service"):
        read_bytes(json.dumps(service).encode())


def test_unknown_version_is_told() -> None:
    """A pod of a version that does not exist yet is read as far as it fits, and that is said."""
    snapshot = read_bytes(json.dumps({**pod_object("a"), "apiVersion": "v7"}).encode())

    assert snapshot.pods[0].metadata.name == "a"
    assert GapKind.UNKNOWN_KIND in kinds(snapshot)


def test_one_bad_object_does_not_hide_the_others() -> None:
    """A field of a wrong type costs its own object."""
    bad = pod_object("bad")
    bad["status"]["containerStatuses"][0]["restartCount"] = "many"
    listed = {"kind": "PodList", "apiVersion": "v1", "items": [pod_object("good"), bad]}
    snapshot = read_bytes(json.dumps(listed).encode())

    assert [pod.metadata.name for pod in snapshot.pods] == ["good"]
    assert GapKind.BROKEN in kinds(snapshot)


def test_deeply_nested_json_is_survived() -> None:
    """Nesting beyond every real object ends in an error of ours."""
    with pytest.raises(SourceError):
        read_bytes(b'{"kind": "Pod", "metadata": ' + b"[" * 100_000)


def test_clock_that_ran_backwards() -> None:
    """A life that ended before it began has no uptime, and everything else is still read."""
    pod = pod_object("a")
    end = pod["status"]["containerStatuses"][0]["lastState"]["terminated"]
    end["startedAt"], end["finishedAt"] = "2026-11-23T09:00:00Z", "1970-01-01T00:00:00Z"
    snapshot = read_bytes(json.dumps(pod).encode())
    status = next(snapshot.pods[0].members()).status

    assert status is not None
    assert status.last_state.terminated is not None
    assert status.last_state.terminated.finished is None


def test_empty_input_is_no_health() -> None:
    """An empty file does not mean that nothing happened."""
    with pytest.raises(SourceError, match="empty file"):
        read_bytes(b"")


def test_missing_file_says_what_to_do() -> None:
    """A wrong path is told with its name."""
    with pytest.raises(SourceError, match="no-such-file"):
        read_path(Path("no-such-file.json"))


def test_empty_events_file_is_a_gap(tmp_path: Path) -> None:
    """A bundle with an empty events file has not shown that there were no events."""
    (tmp_path / "pods.json").write_bytes(pod_list_bytes("a"))
    (tmp_path / "events.json").write_bytes(b"")
    snapshot = read_path(tmp_path)

    assert GapKind.ABSENT in kinds(snapshot)
    assert not snapshot.events_read


def test_json_that_is_no_utf8_keeps_everything_else() -> None:
    """A stray byte in one name costs that name a character, and no object."""
    broken = pod_list_bytes("a", "b", "c").replace(b'"b"', b'"b\xff"')

    assert {pod.metadata.name for pod in read_bytes(broken).pods} == {"a", "b\ufffd", "c"}


@pytest.mark.parametrize("text", ["[]", "{}", "null", "[" * 100_000, "[ [ 1 ] ]"])
def test_json_without_a_message_is_no_log(text: str) -> None:
    """What holds no object and no line of a log is an error, and not a log that tells nothing."""
    with pytest.raises(SourceError, match=r"no format that is known|nothing in it"):
        read_bytes(text.encode())
