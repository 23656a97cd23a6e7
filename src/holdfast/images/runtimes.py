"""The runtimes that an image holds, with their versions.

Rules: a version is read from what the runtime's own distribution writes: the build info of a Go
program, the file `release` of a JDK, patchlevel.h of CPython, node_version.h of Node.js. A variable
of the image (PYTHON_VERSION, NODE_VERSION, as the official images set) is the second best. "" is an
answer.
"""

from collections.abc import Iterator

from holdfast.images.first_process import program_of, runtime_of_first
from holdfast.images.tree import Node, Tree
from holdfast.model.image import FirstProcess, ImageConfig, ImageRuntime
from holdfast.model.regex import regex
from holdfast.model.runtime import Runtime

_JAVA_VERSION = regex(r'(?m)^JAVA_VERSION="([^"]+)"')
_JAVA_IMAGE = regex(r'(?m)^IMAGE_TYPE="([^"]+)"')
_PYTHON_VERSION = regex(r'(?m)^#define\s+PY_VERSION\s+"([^"]+)"')
_NODE_VERSION = regex(r"(?m)^#define NODE_(MAJOR|MINOR|PATCH)_VERSION (\d+)")
_PYTHON = regex(r"(?:^|/)bin/python3\.(\d+)$")
# Modules that change what follows from a Go version.
MAXPROCS, MEMLIMIT = "go.uber.org/automaxprocs", "github.com/KimMachineGun/automemlimit"
_SETTINGS = ("CGO_ENABLED", "DefaultGODEBUG", "GOARCH")
_MOST = 10


def runtimes(
    config: ImageConfig, tree: Tree, first: FirstProcess
) -> tuple[ImageRuntime | None, tuple[ImageRuntime, ...]]:
    """That of the first process, and the others."""
    found = list(_all(config, tree))
    program = program_of(first.words, config, tree)
    own = None
    if program is not None:
        path = f"/{program.entry.path}"
        own = next((one for one in found if one.path == path), None)
    if own is None:
        named = runtime_of_first(first)
        own = next((one for one in found if one.runtime is named), None)
    # A helper in Go such as gosu, or the Python of a system's tools, is not what is served.
    if own is None and len(found) == 1 and found[0].runtime in (Runtime.JVM, Runtime.NODE):
        own = found[0]
    others = [one for one in found if one is not own]
    return own, tuple(others[:_MOST])


def _all(config: ImageConfig, tree: Tree) -> Iterator[ImageRuntime]:
    python = ""
    for node in tree.files():
        entry = node.entry
        if entry.elf is not None and entry.elf.go is not None and entry.executable:
            yield _go(node)
        elif entry.path.endswith("/release") and entry.text:
            yield from _java(node, tree)
        elif _PYTHON.search(entry.path) and not python:
            python = entry.path
            yield _python(node, config, tree)
    node_ = tree.find("/usr/local/bin/node") or tree.find("/usr/bin/node")
    if node_ is not None:
        yield _node(node_, config, tree)


def _go(node: Node) -> ImageRuntime:
    build = node.entry.elf.go if node.entry.elf is not None else None
    assert build is not None  # noqa: S101 - asked by the caller
    settings = {name: build.settings[name] for name in _SETTINGS if name in build.settings}
    settings |= {
        name: build.modules[name] for name in (MAXPROCS, MEMLIMIT) if name in build.modules
    }
    if build.main:
        settings["main"] = build.main
    return ImageRuntime(Runtime.GO, build.version, f"/{node.entry.path}", settings)


def _java(node: Node, tree: Tree) -> Iterator[ImageRuntime]:
    text = node.entry.text or ""
    version = _JAVA_VERSION.search(text)
    home = node.entry.path.rpartition("/")[0]
    java = tree.find(f"/{home}/bin/java")
    if version is None or java is None:
        return
    kind = _JAVA_IMAGE.search(text)
    settings = {"home": f"/{home}", "IMAGE_TYPE": kind[1] if kind is not None else ""}
    for name in ("lib/server/classes.jsa", "lib/client/classes.jsa"):
        if tree.find(f"/{home}/{name}") is not None:
            settings["class data sharing"] = name
    if not settings["IMAGE_TYPE"] and tree.find(f"/{home}/bin/javac") is not None:
        settings["IMAGE_TYPE"] = "JDK"
    yield ImageRuntime(Runtime.JVM, version[1], f"/{java.entry.path}", settings)


def _python(node: Node, config: ImageConfig, tree: Tree) -> ImageRuntime:
    name = node.entry.path.rpartition("/")[2]
    prefix = node.entry.path.removesuffix(f"bin/{name}")
    header = tree.find(f"/{prefix}include/{name}/patchlevel.h")
    match = _PYTHON_VERSION.search(header.entry.text or "") if header is not None else None
    version = match[1] if match is not None else name.removeprefix("python")
    told = config.environment.get("PYTHON_VERSION", "")
    if match is None and told.startswith(f"{version}."):
        version = told
    return ImageRuntime(Runtime.PYTHON, version, f"/{node.entry.path}")


def _node(node: Node, config: ImageConfig, tree: Tree) -> ImageRuntime:
    prefix = node.entry.path.removesuffix("bin/node")
    header = tree.find(f"/{prefix}include/node/node_version.h")
    numbers = dict(_NODE_VERSION.findall(header.entry.text or "")) if header is not None else {}
    version = ".".join(numbers.get(part, "") for part in ("MAJOR", "MINOR", "PATCH"))
    if len(numbers) < 3:
        version = config.environment.get("NODE_VERSION", "")
    return ImageRuntime(Runtime.NODE, version, f"/{node.entry.path}")
