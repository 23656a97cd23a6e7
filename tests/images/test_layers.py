"""Layers laid over one another: what a container sees, and what was pulled for nothing."""

from pathlib import Path

import pytest
from tests.images.building import (
    Item,
    Layout,
    configuration,
    directory,
    file,
    hard_link,
    layer,
    link,
    program,
)

from holdfast.model.image import Image, Waste
from holdfast.sources.images.read_image import read_image


def image_of(root: Path, *layers: tuple[Item, ...], **run: object) -> Image:
    """An image of these layers, written and read."""
    plain = [layer(*items) for items in layers]
    layout = Layout(root / "layout")
    layout.add(plain, configuration(plain, [f"step {i}" for i in range(len(plain))], **run))
    return read_image(str(layout.root))


def test_replaced_touched_and_deleted_files_are_waste(tmp_path: Path) -> None:
    """A later layer hides bytes that every node still pulls; each way is counted apart."""
    image = image_of(
        tmp_path,
        (file("a", b"x" * 1000), file("b", b"y" * 2000), file("c/d", b"z" * 4000)),
        (file("a", b"w" * 10), file("b", b"y" * 2000, 0o755), Item("c/.wh.d")),
    )

    assert image.wasted == {Waste.REPLACED: 1000, Waste.TOUCHED: 2000, Waste.DELETED: 4000}
    assert (image.files, image.bytes) == (2, 2010)
    assert [one.path for one in image.largest_waste] == ["/c/d", "/b", "/a"]
    assert image.layers[0].wasted_bytes == image.layers[1].hides_bytes == 7000
    assert image.layers[1].created_by == "step 1"


def test_whiteout_hides_lower_layers_only(tmp_path: Path) -> None:
    """A directory that is emptied and filled again in one layer keeps what that layer brings."""
    image = image_of(
        tmp_path,
        (file("data/old", b"1" * 100),),
        (file("data/new", b"2" * 50), Item("data/.wh..wh..opq")),
    )

    assert (image.files, image.bytes) == (1, 50)
    assert image.wasted == {Waste.DELETED: 100}


def test_directory_and_file_replace_each_other(tmp_path: Path) -> None:
    """A file in the place of a directory hides everything below it, and the other way round."""
    image = image_of(
        tmp_path,
        (file("x/one", b"1" * 10), file("x/two", b"2" * 20), file("y", b"3" * 30)),
        (file("x", b"4"), directory("y"), file("y/z", b"5")),
    )

    assert (image.files, image.bytes) == (2, 2)
    assert image.wasted_bytes == 60


def test_hard_links_cost_nothing_and_copies_do(tmp_path: Path) -> None:
    """A second name of a file is no duplicate; a second copy is."""
    image = image_of(
        tmp_path,
        (
            file("one", b"a" * 50_000),
            hard_link("two", "one"),
            file("three", b"a" * 50_000),
        ),
    )

    assert image.bytes == 100_000
    assert image.duplicate_bytes == 50_000
    assert image.duplicates[0].paths == ("/one", "/three")


def test_links_are_followed_inside_the_image_only(tmp_path: Path) -> None:
    """/bin as a link, links in a circle and links out of the root end where the kernel ends."""
    image = image_of(
        tmp_path,
        (
            link("bin", "usr/bin"),
            program("usr/bin/dash", "ELF"),
            link("usr/bin/sh", "../../../../bin/dash"),
            link("loop", "loop"),
        ),
        (program("bin/tool", "#!/bin/sh\nexec tool\n"),),
        Entrypoint=["/bin/tool"],
    )

    assert image.shell == "dash"
    assert image.first.path == "/usr/bin/tool"
    assert image.first.fault is None


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "./a/../../etc/passwd"])
def test_names_that_leave_the_root_stay_in_it(tmp_path: Path, name: str) -> None:
    """Nothing is ever written, and a name that climbs means what it means to a runtime."""
    image = image_of(tmp_path, (file(name, b"root"),))

    assert list(image.directories) == ["/etc"]
    assert bool(image.notes) is (".." in name)
    assert list(tmp_path.iterdir()) == [tmp_path / "layout"]


def test_later_entry_of_one_layer_wins(tmp_path: Path) -> None:
    """An archive may hold a path twice: the last one counts and the first is waste."""
    image = image_of(tmp_path, (file("a", b"1" * 10), file("a", b"2" * 5)))

    assert (image.files, image.bytes) == (1, 5)
    assert image.wasted_bytes == 10


def test_leftovers_are_told_by_kind_and_layer(tmp_path: Path) -> None:
    """Caches, compilers, tests and version control are found where tools keep them."""
    blob = b"\0" * 70_000
    paths = {
        "var/lib/apt/lists/deb.debian.org_Packages": "caches of the system's package manager",
        "root/.cache/pip/http/x": "caches of a language's package manager",
        "go/pkg/mod/cache/download/y": "caches of a language's package manager",
        "usr/lib/gcc/x86_64-linux-gnu/12/cc1": "compilers, headers and static libraries",
        "app/node_modules/typescript/lib/tsc.js": "development dependencies",
        "app/.git/objects/pack/p.pack": "version control",
        "usr/lib/python3/dist-packages/numpy/core/tests/data.npy": "tests",
        "usr/lib/python3/dist-packages/numpy/__pycache__/a.cpython-311.pyc": "bytecode",
        "usr/share/doc/libc6/changelog.gz": "documentation and translations",
        "var/log/dpkg.log": "logs, dumps and temporary files",
    }
    image = image_of(
        tmp_path, tuple(file(path, blob + path.encode()) for path in paths), (file("app/main.py"),)
    )

    assert {one.kind.value for one in image.leftovers} == set(paths.values())
    assert image.leftover_bytes == sum(len(blob) + len(path) for path in paths)
    assert all(one.layer == 1 for one in image.leftovers)
    assert image.leftovers[0].files == 2


def test_ordinary_files_are_no_leftovers(tmp_path: Path) -> None:
    """What a program needs at run time is not taken for something that a build left."""
    blob = b"\1" * 70_000
    paths = (
        "usr/lib/x86_64-linux-gnu/libssl.so.3", "usr/local/lib/python3.12/site-packages/a/b.py",
        "app/contest/data", "usr/lib/jvm/jdk/lib/modules", "app/node_modules/express/lib/a.js",
        "usr/bin/git", "usr/local/bin/node", "app/docs/manual.pdf",
    )  # fmt: skip
    image = image_of(tmp_path, tuple(file(path, blob + path.encode()) for path in paths))

    assert image.leftovers == ()
