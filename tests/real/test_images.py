"""Images made by real builders, read from every format and from a real registry."""

import base64
import json
import platform
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.command import holdfast
from tests.images.building import Layout, configuration, file, layer
from tests.images.test_formats import compared
from tests.real.images.build import Buildah, build_go, run
from tests.real.programs import need
from tests.real.servers import registry
from tests.real.servers.server import SECRET, WRONG_SECRET, Server

from holdfast.images.elf import read_elf
from holdfast.images.go_build import GoScan
from holdfast.model.image import SignalPath, Waste
from holdfast.model.runtime import Runtime
from holdfast.sources.images.errors import ImageError
from holdfast.sources.images.read_image import read_image

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with both stages of one Dockerfile, saved by buildah."""
    root = tmp_path_factory.mktemp("images")
    buildah = Buildah(root)
    for target in ("build", "final"):
        buildah.build(target)
        buildah.save(target, f"oci:{root}/{target}:1.4.2")
        name = f"example.com/{target}:1.4.2"
        buildah.save(target, f"docker-archive:{root}/{target}.tar:{name}")
    return root


def test_build_is_read_as_it_was_written(images: Path) -> None:
    """Layers, whiteouts, the shell and the settings of a Dockerfile arrive as its builder meant."""
    image = read_image(f"{images}/build.tar")
    busybox = (images / "context" / "root" / "bin" / "busybox").stat().st_size
    server = (images / "context" / "server").stat().st_size

    assert image.wasted == {Waste.DELETED: busybox, Waste.TOUCHED: server}
    assert {one.path for one in image.largest_waste} == {"/var/cache/apk/index", "/app/server"}
    assert any("rm -r /var/cache/apk" in one.created_by for one in image.layers)
    assert image.shell == "busybox ash"
    assert image.first.signal is SignalPath.SHELL_STAYS
    assert image.first.command_is_dropped
    assert image.config.stop_signal == "SIGQUIT"
    assert image.runtime is not None
    assert image.runtime.runtime is Runtime.GO


def test_every_producer_writes_the_same_image(images: Path) -> None:
    """buildah and skopeo, as layout and archive, with gzip and zstd and none."""
    skopeo = need("skopeo", "skopeo")
    source = f"oci:{images}/final:1.4.2"
    copies = {
        "oci-archive": f"oci-archive:{images}/final-oci.tar:1.4.2",
        "docker-archive": f"docker-archive:{images}/final-docker.tar:example.com/final:1.4.2",
        "zstd": f"oci:{images}/final-zstd:1.4.2",
    }
    for name, to in copies.items():
        form = ("--dest-compress-format", "zstd", "--dest-compress") if name == "zstd" else ()
        run(skopeo, "copy", "--quiet", *form, source, to)
    expected = read_image(f"{images}/final.tar")
    for path in ("final", "final-oci.tar", "final-docker.tar", "final-zstd"):
        assert compared(read_image(f"{images}/{path}")).bytes == expected.bytes, path
        assert read_image(f"{images}/{path}").first == expected.first, path
    magic = b"\x28\xb5\x2f\xfd"
    blobs = (images / "final-zstd" / "blobs" / "sha256").iterdir()
    assert any(path.read_bytes().startswith(magic) for path in blobs)


def test_stages_are_compared(images: Path) -> None:
    """The command shows what the second stage saves."""
    outcome = holdfast("image", f"{images}/build.tar", f"{images}/final.tar", "-o", "json")
    assert outcome.code == 0, outcome.err
    document = json.loads(outcome.out)
    sizes = {one["about"]: one for one in document["comparison"]["sizes"]}
    settings = {one["about"]: one for one in document["comparison"]["settings"]}

    assert sizes["wasted"]["before"] > 0 == sizes["wasted"]["after"]
    assert sizes["unpacked"]["after"] < sizes["unpacked"]["before"] / 2
    assert settings["user"] == {"about": "user", "before": "root", "after": "65532"}


def test_repacked_bundle_has_whiteouts(images: Path) -> None:
    """What umoci takes out of an image is told as waste."""
    umoci = need("umoci", "umoci")
    layout, bundle = images / "build", images / "bundle"
    run(umoci, "unpack", "--image", f"{layout}:1.4.2", str(bundle))
    (bundle / "rootfs" / "app" / "server").unlink()
    run(umoci, "repack", "--image", f"{layout}:without", str(bundle))
    image = read_image(f"{layout}:without")

    assert any(
        one.path == "/app/server" and one.how is Waste.DELETED and one.by == len(image.layers)
        for one in image.largest_waste
    )
    assert image.first.command_is_dropped


@pytest.mark.parametrize(
    ("line", "flags", "cgo"),
    [
        ("1.21", ("-ldflags=-s -w",), False),
        ("1.25", ("-trimpath",), False),
        ("1.25", ("-buildmode=pie",), False),
        ("1.24", (), True),
    ],
)
def test_build_info_is_that_of_go(
    tmp_path: Path, line: str, flags: tuple[str, ...], cgo: bool
) -> None:
    """Stripped, position independent or with C: what `go version -m` reads is what is read here."""
    if cgo:
        need("gcc", "gcc")
    program = build_go(tmp_path / "app", line, *flags, cgo=cgo)
    scan = GoScan()
    content = program.read_bytes()
    for at in range(0, len(content), 10_007):
        scan.feed(content[at : at + 10_007])
    told = run(need("go", "golang-go", "/usr/local/go/bin/go"), "version", "-m", str(program))
    head, *lines = told.splitlines()
    settings = dict(
        text.partition("build\t")[2].partition("=")[::2] for text in lines if "\tbuild\t" in text
    )

    assert scan.found is not None
    assert head.endswith(f": {scan.found.version}")
    assert scan.found.main == "example.com/app"
    assert scan.found.settings == {name: value.strip('"') for name, value in settings.items()}
    off = "containermaxprocs=0" in scan.found.settings.get("DefaultGODEBUG", "")
    assert off is (line != "1.25")
    elf = read_elf(content[:4096])
    assert elf is not None
    assert elf.machine == scan.found.settings["GOARCH"]
    assert bool(elf.loader) is (cgo or "-buildmode=pie" in flags)


def test_program_that_reads_build_info_is_not_fooled() -> None:
    """The go command itself holds the mark as data, and its own version is found all the same."""
    go = need("go", "golang-go", "/usr/local/go/bin/go")
    scan = GoScan()
    with Path(go).resolve().open("rb") as stream:
        while piece := stream.read(65_536):
            scan.feed(piece)

    assert scan.found is not None
    assert run(go, "version", go).split()[-1] == scan.found.version


def test_installed_runtimes_are_found(tmp_path: Path) -> None:
    """A JDK as its distribution installs it, and the interpreter that runs this test."""
    java = Path(need("java", "default-jdk-headless")).resolve()
    home = java.parent.parent
    python = Path(sys.base_prefix)
    header = python / "include" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    paths = [java, home / "release", Path(sys.executable).resolve()]
    paths += [header / "patchlevel.h"] if (header / "patchlevel.h").exists() else []
    items = [file(str(path)[1:], path.read_bytes(), path.stat().st_mode) for path in paths]
    plain = [layer(*items)]
    layout = Layout(tmp_path / "layout")
    layout.add(plain, configuration(plain, Entrypoint=[str(java), "-jar", "/app.jar"]))
    image = read_image(str(layout.root))
    told = run(str(java), "-XshowSettings:properties", "-version")
    version = re.search(r"java\.version = (\S+)", told)

    assert image.runtime is not None
    assert version is not None
    assert (image.runtime.runtime, image.runtime.version) == (Runtime.JVM, version[1])
    assert image.runtime.path == str(java)
    (other,) = image.other_runtimes
    assert other.runtime is Runtime.PYTHON
    assert platform.python_version().startswith(other.version)


@pytest.fixture(scope="module")
def served(images: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A registry with a login that holds the final stage, and an index of two platforms."""
    skopeo = need("skopeo", "skopeo")
    layout = Layout(tmp_path_factory.mktemp("several") / "layout")
    for wanted in ("linux/amd64", "linux/arm64"):
        architecture = wanted.split("/")[1]
        plain = [layer(file("arch", architecture))]
        layout.add(plain, configuration(plain, architecture=architecture), platform=wanted)
    index = (layout.root / "index.json").read_bytes()
    layout.manifests = [layout.described(index, "application/vnd.oci.image.index.v1+json")]
    (layout.root / "index.json").write_text(json.dumps({"manifests": layout.manifests}))
    with registry.server() as running:
        place = running.url.removeprefix("tcp://")
        for source, name in (
            (f"oci:{images}/final:1.4.2", "team/final:1.4.2"),
            (f"oci:{layout.root}", "several:1"),
        ):
            run(skopeo, "copy", "--all", "--quiet", "--dest-tls-verify=false", "--dest-creds",
                running.login, source, f"docker://{place}/{name}")  # fmt: skip
        yield running


def log_in(home: Path, place: str, secret: str) -> None:
    """Write Docker's login file into a home."""
    auth = base64.b64encode(f"app:{secret}".encode()).decode()
    (home / ".docker").mkdir(exist_ok=True)
    (home / ".docker" / "config.json").write_text(json.dumps({"auths": {place: {"auth": auth}}}))


def test_registry_gives_the_same_image(
    images: Path, served: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By tag and by digest, with the login of Docker's own file; several platforms as in a file."""
    place = served.url.removeprefix("tcp://")
    monkeypatch.setenv("HOME", str(tmp_path))
    log_in(tmp_path, place, SECRET)
    expected = read_image(f"{images}/final")
    image = read_image(f"docker://{place}/team/final:1.4.2")

    assert compared(image) == compared(expected)
    assert image.packed_bytes == expected.packed_bytes
    by_digest = read_image(f"docker://{place}/team/final@{image.digest}")
    assert by_digest.layers == image.layers
    several = f"docker://{place}/several:1"
    assert read_image(several).platforms == ("linux/amd64", "linux/arm64")
    assert read_image(several, "linux/arm64").config.architecture == "arm64"


def test_registry_that_refuses_says_why(
    served: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No login, a wrong one, and a tag that is not there are three answers."""
    place = served.url.removeprefix("tcp://")
    monkeypatch.setenv("HOME", str(tmp_path))
    target = f"docker://{place}/team/final:1.4.2"
    with pytest.raises(ImageError, match="docker login"):
        read_image(target)
    log_in(tmp_path, place, WRONG_SECRET)
    with pytest.raises(ImageError, match="docker login"):
        read_image(target)
    log_in(tmp_path, place, SECRET)
    with pytest.raises(ImageError, match="check the name and the tag"):
        read_image(f"docker://{place}/team/final:9.9.9")
