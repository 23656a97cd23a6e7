"""What a container itself can run out of."""

import datetime as dt
import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.dependencies.tls import authority, serving

from holdfast.dependencies import checks
from holdfast.dependencies.system.certificate import end_of_validity

MEBIBYTE = 1 << 20


def cgroup(directory: Path, limit: str, used: int, inactive: int, *, version: int = 2) -> None:
    """The files of one level."""
    directory.mkdir(parents=True, exist_ok=True)
    names = ("max", "current") if version == 2 else ("limit_in_bytes", "usage_in_bytes")
    (directory / f"memory.{names[0]}").write_text(f"{limit}\n")
    (directory / f"memory.{names[1]}").write_text(f"{used}\n")
    key = "inactive_file" if version == 2 else "total_inactive_file"
    (directory / "memory.stat").write_text(f"anon 1\n{key} {inactive}\n")


def memory_of(root: Path, membership: str) -> tuple[str, str]:
    """State and detail of the check on these files."""
    file = root / "membership"
    file.write_text(membership)
    check = checks.memory(root=str(root), membership=str(file))
    verdict = check.ask_blocking()
    return verdict.state, verdict.detail


@pytest.mark.parametrize(
    ("used", "inactive", "state"),
    [(500, 0, "up"), (950, 0, "low"), (990, 0, "exhausted"), (990, 300, "up")],
)
def test_memory_is_the_working_set_of_the_cgroup(
    tmp_path: Path, used: int, inactive: int, state: str
) -> None:
    """Cache that the kernel gives back is no reason to warn; what is left over is."""
    cgroup(tmp_path, str(1000 * MEBIBYTE), used * MEBIBYTE, inactive * MEBIBYTE)

    found, detail = memory_of(tmp_path, "0::/\n")

    assert found == state
    assert f"{used - inactive} of 1000 MiB" in detail


def test_memory_of_the_tightest_level(tmp_path: Path) -> None:
    """The limit of the pod counts when it is nearer than that of the container."""
    cgroup(tmp_path, str(1000 * MEBIBYTE), 950 * MEBIBYTE, 0)
    cgroup(tmp_path / "pod" / "app", "max", 100, 0)

    assert memory_of(tmp_path, "0::/pod/app\n")[0] == "low"


def test_memory_without_a_limit(tmp_path: Path) -> None:
    """No limit and no cgroup are no trouble of this container."""
    cgroup(tmp_path, "max", 100, 0)

    assert memory_of(tmp_path, "0::/\n") == ("up", "no memory limit")
    assert checks.memory(root="/nonexistent", membership="/nonexistent").ask_blocking().up


def test_memory_of_cgroup_version_1(tmp_path: Path) -> None:
    """Older nodes keep the numbers elsewhere, and write no limit as a huge one."""
    own = tmp_path / "memory" / "kubepods" / "app"
    cgroup(own, str(100 * MEBIBYTE), 95 * MEBIBYTE, 0, version=1)
    cgroup(tmp_path / "memory", "9223372036854771712", 95 * MEBIBYTE, 0, version=1)

    state, detail = memory_of(tmp_path, "3:cpu,cpuacct:/x\n4:memory:/kubepods/app\n")

    assert (state, "95 of 100 MiB" in detail) == ("low", True)


def test_disk_counts_what_is_scarcer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A volume without inodes is as full as one without bytes."""

    def volume(blocks: int, inodes: int) -> object:
        # f_bsize, f_frsize, f_blocks, f_bfree, f_bavail, f_files, f_ffree, f_favail, f_flag,
        # f_namemax
        numbers = (4096, 4096, 100, blocks, blocks, 100, inodes, inodes, 0, 255)
        return lambda _path: os.statvfs_result(numbers)

    for blocks, inodes, state in (
        (50, 50, "up"),
        (8, 50, "low"),
        (50, 7, "low"),
        (50, 1, "exhausted"),
    ):
        monkeypatch.setattr(os, "statvfs", volume(blocks, inodes))
        assert checks.disk("/data").ask_blocking().state == state


def test_disk_of_a_missing_volume(tmp_path: Path) -> None:
    """A path that is not there is an error, not a full disk."""
    assert checks.disk(str(tmp_path / "none")).ask_blocking().state == "refused"
    assert checks.disk("/").ask_blocking().state in ("up", "low", "exhausted")


def test_file_descriptors() -> None:
    """The own limit, not that of the node."""
    verdict = checks.file_descriptors().ask_blocking()
    assert verdict.up
    assert "open files" in verdict.detail
    assert checks.file_descriptors(warn=0.0, fail=1.0).ask_blocking().state == "low"


def test_saturation() -> None:
    """A full pool warns; it fails only where that was asked for."""
    assert checks.saturation(usage=lambda: (5, 10)).ask_blocking().state == "up"
    assert checks.saturation(usage=lambda: (10, 10)).ask_blocking().state == "low"
    assert checks.saturation(usage=lambda: (10, 10), fail=1.0).ask_blocking().state == "exhausted"
    assert checks.saturation(usage=lambda: (5, 0)).ask_blocking().state == "up"
    with pytest.raises(ValueError, match="pool that is known"):
        checks.saturation(object())
    with pytest.raises(ValueError, match="either a pool or"):
        checks.saturation()

    def broken() -> tuple[int, int]:
        raise RuntimeError("closed")

    assert checks.saturation(usage=broken).ask_blocking().state == "failing"


@pytest.mark.parametrize(
    "make",
    [
        lambda: checks.disk("/", warn=0.05, fail=0.10),
        lambda: checks.memory(warn=0.99, fail=0.90),
        lambda: checks.certificate("h:1", warn_days=1, fail_days=2),
        lambda: checks.saturation(usage=lambda: (0, 1), warn=0.9, fail=0.5),
    ],
)
def test_contradictory_marks_are_refused(make: object) -> None:
    """Marks in the wrong order are shown with their numbers."""
    with pytest.raises(ValueError, match=r"warn at .* fail at"):
        make()  # type: ignore[operator]


def test_certificate_of_a_file_and_of_a_server(tmp_path: Path) -> None:
    """Days are counted for what is mounted and for what a server shows, trusted or not."""
    files = authority(tmp_path, days=10)
    both = tmp_path / "chain.pem"
    both.write_text(files.certificate.read_text() + files.authority.read_text())

    verdict = checks.certificate(file=str(both)).ask_blocking()
    assert verdict.state == "low", verdict
    assert checks.certificate(file=str(both), warn_days=5).ask_blocking().up
    with serving(files) as port:
        shown = checks.certificate(f"localhost:{port}").ask_blocking()
    assert (shown.state, shown.detail) == (verdict.state, verdict.detail)


def test_certificate_that_is_none(tmp_path: Path) -> None:
    """A key, a cut file or no file at all is told as such."""
    file = tmp_path / "tls.crt"
    assert checks.certificate(file=str(file)).ask_blocking().state == "refused"
    for text in (
        "",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\n!\n",
    ):
        file.write_text(text)
        assert checks.certificate(file=str(file)).ask_blocking().state == "failing"
    with pytest.raises(ValueError, match="without TLS"):
        checks.certificate("redis://h")
    with pytest.raises(ValueError, match="either an address or"):
        checks.certificate()


@given(st.binary(max_size=200))
def test_any_bytes_are_a_certificate_or_not(data: bytes) -> None:
    """Damaged DER ends in ValueError, never in another exception."""
    try:
        assert end_of_validity(data) > 0
    except ValueError as error:
        assert str(error)


def test_end_of_validity_is_that_of_openssl(tmp_path: Path) -> None:
    """The date is the one that openssl reads, in both forms of time that DER has."""
    for days in (100, 40000):
        files = authority(tmp_path, days=days)
        end = subprocess.run(
            ["openssl", "x509", "-in", files.certificate, "-noout", "-enddate"],
            capture_output=True, check=True, text=True,
        ).stdout.strip().partition("=")[2]  # fmt: skip
        der = subprocess.run(
            ["openssl", "x509", "-in", files.certificate, "-outform", "DER"],
            capture_output=True, check=True,
        ).stdout  # fmt: skip
        expected = dt.datetime.strptime(end, "%b %d %H:%M:%S %Y GMT")  # noqa: DTZ007
        assert end_of_validity(der) == expected.replace(tzinfo=dt.UTC).timestamp()
