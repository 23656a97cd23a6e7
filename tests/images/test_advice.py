"""What follows from a runtime and its version, and how both are found."""

from pathlib import Path
from typing import Any

import pytest
from tests.images.building import Item, Layout, configuration, file, layer, link, program
from tests.images.programs import MAGIC, elf, go_program
from tests.images.test_go_build import BEFORE

from holdfast.model.image import Image
from holdfast.sources.images.read_image import read_image


def image_of(root: Path, items: tuple[Item, ...], **run: Any) -> Image:
    """An image of one layer."""
    plain = [layer(*items)]
    layout = Layout(root / "layout")
    layout.add(plain, configuration(plain, **run))
    return read_image(str(layout.root))


def advice(image: Image) -> dict[str, str]:
    """By what it is about."""
    return {one.about: one.words for one in image.advice}


@pytest.mark.parametrize(
    ("item", "run", "memory", "processors"),
    [
        (
            go_program("app", "go1.26.0"),
            {},
            "80 to 90 % of the limit",
            "takes it from the CPU limit",
        ),
        (
            go_program("app", "go1.26.0", "build\tDefaultGODEBUG=containermaxprocs=0,x=1"),
            {},
            "80 to 90 %",
            "go.mod names an older Go",
        ),
        (go_program("app", "go1.24.9"), {}, "80 to 90 %", "counts the processors of the node"),
        (go_program("app", "go1.18.10"), {}, "go1.18.10 does not know it", "counts the processors"),
        (
            go_program(
                "app",
                "go1.24.9",
                "dep\tgo.uber.org/automaxprocs\tv1.6.0\th1:x",
                "dep\tgithub.com/KimMachineGun/automemlimit\tv0.7.1\th1:x",
            ),
            {},
            "automemlimit v0.7.1 is linked in",
            "automaxprocs v1.6.0 is linked in",
        ),
        (
            go_program("app", "go1.24.9", "dep\tgo.uber.org/automaxprocs\tv1.5.0\th1:x"),
            {},
            "80 to 90 %",
            "counts the processors of the node",
        ),
        (
            go_program("app", "go1.24.9"),
            {"Env": ["GOMEMLIMIT=1GiB", "GOMAXPROCS=8"]},
            "set to 1GiB in the image",
            "set to 8 in the image",
        ),
        (
            go_program("app", "devel go1.27-abc Thu"),
            {},
            "80 to 90 %",
            "takes it from the CPU limit",
        ),
        (
            program("app", BEFORE + b"\0" * 64 + MAGIC + b"\x08\x00" + b"\3" * 16),
            {},
            "before go1.18 does not know it",
            "before go1.18 counts the processors",
        ),
    ],
)
def test_go(tmp_path: Path, item: Item, run: dict[str, Any], memory: str, processors: str) -> None:
    """Version, go.mod, linked modules and variables decide together."""
    told = advice(image_of(tmp_path, (item,), Cmd=["/app"], **run))

    assert memory in told["GOMEMLIMIT"]
    assert processors in told["GOMAXPROCS"]


def java(version: str, *more: Item) -> tuple[Item, ...]:
    """A JDK in its usual place."""
    release = f'IMPLEMENTOR="Test"\nJAVA_VERSION="{version}"\nIMAGE_TYPE="JRE"\n'
    home = "opt/java/openjdk"
    return (file(f"{home}/release", release), program(f"{home}/bin/java", elf()),
            link("usr/bin/java", f"/{home}/bin/java"), *more)  # fmt: skip


@pytest.mark.parametrize(
    ("version", "sees"),
    [
        ("1.8.0_362", False), ("1.8.0_372", True), ("11.0.15", False), ("11.0.16", True),
        ("14.0.2", False), ("15", True), ("17.0.2", True), ("21.0.4", True),
    ],
)  # fmt: skip
def test_java_sees_limits_since(tmp_path: Path, version: str, sees: bool) -> None:
    """A JVM that does not see control groups of version 2 takes the node's memory."""
    image = image_of(tmp_path, java(version), Entrypoint=["java", "-jar", "/app.jar"])

    assert image.runtime is not None
    assert image.runtime.version == version
    assert image.runtime.path == "/opt/java/openjdk/bin/java"
    assert ("memory limit" not in advice(image)) is sees


@pytest.mark.parametrize(
    ("words", "variables", "expected"),
    [
        ((), [], "25 % of the memory limit"),
        (("-Xmx2g",), [], "fixes it at 2g (2048 MiB)"),
        ((), ["JAVA_TOOL_OPTIONS=-XX:MaxRAMPercentage=70.0"], "70.0 % of the memory limit"),
    ],
)
def test_java_heap(
    tmp_path: Path, words: tuple[str, ...], variables: list[str], expected: str
) -> None:
    """Flags in the command line and in variables count."""
    run = {"Entrypoint": ["java", *words, "-jar", "/app.jar"], "Env": ["PATH=/usr/bin", *variables]}

    assert expected in advice(image_of(tmp_path, java("21.0.4"), **run))["heap"]


def test_collector_depends_on_the_version(tmp_path: Path) -> None:
    """Up to JDK 26 little memory means the Serial collector; JDK 27 takes G1 everywhere."""
    old = image_of(tmp_path / "old", java("26.0.1"), Entrypoint=["java"])
    new = image_of(tmp_path / "new", java("27"), Entrypoint=["java"])

    assert "Serial" in advice(old)["collector"]
    assert "collector" not in advice(new)


def test_class_data_archive_shortens_starts(tmp_path: Path) -> None:
    """A JVM without one is told, one that has it is not."""
    archive = file("opt/java/openjdk/lib/server/classes.jsa", b"x")
    without = image_of(tmp_path / "a", java("21.0.4"), Entrypoint=["java"])
    having = image_of(tmp_path / "b", java("21.0.4", archive), Entrypoint=["java"])

    assert "classes.jsa" in without.start_notes[0]
    assert having.start_notes == ()


@pytest.mark.parametrize(
    ("version", "expected"),
    [("18.20.4", "does not see limits"), ("20.2.0", "does not see limits"), ("20.3.0", "V8 sizes")],
)
def test_node_sees_limits_since(tmp_path: Path, version: str, expected: str) -> None:
    """The header of the installation tells the version, before any variable."""
    major, minor, patch = version.split(".")
    header = (
        f"#define NODE_MAJOR_VERSION {major}\n#define NODE_MINOR_VERSION {minor}\n"
        f"#define NODE_PATCH_VERSION {patch}\n"
    )
    items = (
        program("usr/local/bin/node", elf()),
        file("usr/local/include/node/node_version.h", header),
    )
    image = image_of(tmp_path, items, Cmd=["node", "server.js"], Env=["NODE_VERSION=1.0.0"])

    assert image.runtime is not None
    assert image.runtime.version == version
    assert expected in advice(image)["heap"]


def test_python_and_its_bytecode(tmp_path: Path) -> None:
    """The version of CPython, and modules that each start compiles anew."""
    site = "usr/local/lib/python3.12/site-packages/pkg"
    items = (
        program("usr/local/bin/python3.12", elf()),
        link("usr/local/bin/python", "python3.12"),
        file("usr/local/include/python3.12/patchlevel.h", '#define PY_VERSION  "3.12.7"\n'),
        file(f"{site}/a.py", b"x" * 100),
        file(f"{site}/__pycache__/a.cpython-312.pyc", b"y"),
        file(f"{site}/b.py", b"x" * 300),
    )
    image = image_of(tmp_path, items, Entrypoint=["python", "-m", "pkg"])

    assert image.runtime is not None
    assert (image.runtime.version, image.runtime.path) == ("3.12.7", "/usr/local/bin/python3.12")
    assert "1 of 2 modules of packages have no bytecode (300 bytes" in image.start_notes[0]
    assert "PYTHONUNBUFFERED" in advice(image)["logs"]


def test_script_that_installs_at_the_start_is_told(tmp_path: Path) -> None:
    """Each start then needs the package index, and minutes."""
    script = "#!/bin/sh\npip install -r requirements.txt\nexec python app.py\n"
    image = image_of(tmp_path, (program("start.sh", script),), Entrypoint=["/start.sh"])

    assert "runs 'pip install'" in image.start_notes[0]


@pytest.mark.parametrize(
    ("last", "found"),
    [('exec "$@"', "/app"), ('exec gosu app "$@"', "/app"), ("exec /app -v", "/app"),
     ("exec /server", None)],
)  # fmt: skip
def test_runtime_behind_a_script_is_found(tmp_path: Path, last: str, found: str | None) -> None:
    """An entrypoint script hands over to its arguments or names the program; gosu is neither."""
    items = (
        go_program("app", "go1.26.0"),
        go_program("bin/gosu", "go1.18.2"),
        program("bin/sh", elf()),
        program("server", elf()),
        program("start.sh", f"#!/bin/sh\nset -e\n{last}\n"),
    )
    image = image_of(tmp_path, items, Entrypoint=["/start.sh"], Cmd=["/app"])

    assert (image.runtime.path if image.runtime is not None else None) == found


def test_helper_is_not_the_runtime(tmp_path: Path) -> None:
    """The only Go program of an image need not be the one that serves."""
    items = (program("bin/postgres", elf()), go_program("bin/gosu", "go1.18.2"))
    image = image_of(tmp_path, items, Cmd=["postgres"])

    assert image.runtime is None
    assert image.other_runtimes[0].version == "go1.18.2"


def test_runtime_behind_a_shell_and_an_init_is_found(tmp_path: Path) -> None:
    """`tini -- sh -c "exec /app"` is the program, and not the shell."""
    items = (go_program("app", "go1.26.0"), program("bin/tini", elf()), program("bin/sh", elf()),
             *java("21.0.4"))  # fmt: skip
    image = image_of(tmp_path, items, Entrypoint=["tini", "--"], Cmd=["sh", "-c", "exec /app -v"])

    assert image.runtime is not None
    assert image.runtime.path == "/app"
    assert [one.runtime.value for one in image.other_runtimes] == ["jvm"]
