"""Writes the waiter as one Python file: `python -m holdfast.wait.write_single_file [FILE]`.

The file runs in any image with Python 3.9 or newer, without installing anything: it can be mounted
from a ConfigMap. It holds the sources of the modules that a wait can reach, and imports them from
itself one by one: only what a target needs is compiled.

Rules: the modules are found by following their imports, so that there is no list to edit. Comments,
docstrings and annotations are left out; they cost time at every start.
"""

import ast
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from holdfast import __version__

_START = "holdfast.wait.command"
# Packages whose modules are found by name at run time.
_FOUND_BY_NAME = ("holdfast.dependencies.handshakes", "holdfast.dependencies.logins")
_ROOT = "holdfast"
# What separates the modules, and what ends the string that holds them.
_MARK = "#: "
_QUOTES = "'" * 3

# Words in capitals are replaced below.
_PROGRAM = """\
#!/usr/bin/env python3
# holdfast wait VERSION: waits until every dependency is there, then runs a command.
# Written by `python -m holdfast.wait.write_single_file`. Apache-2.0. Call it with --help.

import gc
import sys
from _frozen_importlib import ModuleSpec

# Compiling makes no garbage, and looking for it costs half a millisecond.
gc.disable()
PLACE = "<holdfast>"
# One raw string: the interpreter reads it in a tenth of the time that a dictionary would take.
TEXT = rQUOTES
MODULES
QUOTES
SOURCES = {}
for part in TEXT.split("\\nMARK")[1:]:
    head, _, source = part.partition("\\n")
    name, _, kind = head.partition(" ")
    SOURCES[name] = source, kind == "package"


class Embedded:
    # Finds and loads the modules above, as an entry of sys.path.

    def __init__(self, path):
        if not path.startswith(PLACE):
            raise ImportError(path)
        self.package = path[len(PLACE) + 1 :]

    def find_spec(self, name, target=None):
        if name not in SOURCES:
            return None
        is_package = SOURCES[name][1]
        spec = ModuleSpec(name, self, origin=PLACE, is_package=is_package)
        if is_package:
            spec.submodule_search_locations.append(PLACE + "/" + name)
        return spec

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        name = module.__spec__.name
        exec(compile(SOURCES[name][0], PLACE + "/" + name, "exec"), module.__dict__)

    def iter_modules(self, prefix=""):
        for name, (_, is_package) in SOURCES.items():
            package, _, last = name.rpartition(".")
            if package == self.package:
                yield prefix + last, is_package


sys.path_hooks.insert(0, Embedded)
sys.path.insert(0, PLACE)

if __name__ == "__main__":
    from START import leave, main

    gc.enable()
    leave(main(sys.argv[1:]))
"""


def single_file() -> str:
    """The text of the file."""
    sources = ""
    for name, path in sorted(_reachable().items()):
        kind = "package" if path.name == "__init__.py" else "module"
        sources += f"\n{_MARK}{name} {kind}\n{_source(path)}"
    program = _PROGRAM.replace("VERSION", __version__).replace("START", _START)
    program = program.replace("QUOTES", _QUOTES).replace("MARK", _MARK)
    return program.replace("MODULES", sources)


def _reachable() -> dict[str, Path]:
    """Every module that a wait may import, with its file."""
    found: dict[str, Path] = {}
    waiting = [_START]
    for package in _FOUND_BY_NAME:
        directory = _file(package).parent
        waiting += [f"{package}.{path.stem}" for path in directory.glob("*.py")]
    while waiting:
        name = waiting.pop().removesuffix(".__init__")
        if name in found or name.partition(".")[0] != _ROOT or not _exists(name):
            continue
        found[name] = _file(name)
        waiting.append(name.rpartition(".")[0])
        waiting += _imports(ast.parse(found[name].read_text(encoding="utf-8")))
    return found


def _imports(tree: ast.Module) -> Iterator[str]:
    """Names of modules, and of what is taken from them: that may be a module as well."""
    for node in ast.walk(_Lean().visit(tree)):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def _exists(name: str) -> bool:
    try:
        return bool(name) and find_spec(name) is not None
    except ModuleNotFoundError:
        # A name that was taken from a module, and is no module itself.
        return False


def _file(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"the source of {name}")
    return Path(spec.origin)


def _source(path: Path) -> str:
    tree = _Lean().visit(ast.parse(path.read_text(encoding="utf-8")))
    source = ast.unparse(ast.fix_missing_locations(tree))
    if _QUOTES in source or _MARK in source or source.endswith("\\"):
        raise ValueError(f"{path} cannot stand in a raw string: it holds {_QUOTES} or {_MARK!r}")
    return source


class _Lean(ast.NodeTransformer):
    """Leaves out what does nothing at run time."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        everything = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
        for argument in (*everything, node.args.vararg, node.args.kwarg):
            if argument is not None:
                argument.annotation = None
        return self._without_docstring(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._without_docstring(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return self._without_docstring(node)

    def visit_Module(self, node: ast.Module) -> ast.AST:
        return self._without_docstring(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        if node.value is None:
            return None
        return ast.Assign(targets=[node.target], value=node.value)

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        """Strings that stand alone are documentation."""
        return None if isinstance(node.value, ast.Constant) else self.generic_visit(node)

    def visit_If(self, node: ast.If) -> ast.AST | None:
        if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            return None
        return self.generic_visit(node)

    def _without_docstring(
        self, node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    ) -> ast.AST:
        self.generic_visit(node)
        if not node.body and not isinstance(node, ast.Module):
            node.body = [ast.Pass()]
        return node


if __name__ == "__main__":
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(single_file(), encoding="utf-8")
    else:
        sys.stdout.write(single_file())
