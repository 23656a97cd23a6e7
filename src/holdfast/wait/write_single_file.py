"""Writes the waiter as one Python file: `python -m holdfast.wait.write_single_file [FILE]`.

The file runs in any image with Python 3.9 or newer, without installing anything: it can be mounted
from a ConfigMap. It holds the modules that a wait can reach, and imports them from itself one by
one: only what a target needs is read.

Compiling costs more than all the rest of a start. So what every wait needs, and every greeting, is
there twice: as source, and as what the Python that writes the file has compiled; one of the same
version takes that, and any other the source. Both stand in comments, which the interpreter passes
over without keeping them. The rest is there as source only: what `kubectl apply` is given must not
be longer than 256 KiB.

Rules: the modules are found by following their imports, so that there is no list to edit. Comments,
docstrings and annotations are left out; they cost time at every start.
"""

import ast
import marshal
import re
import sys
from base64 import b64encode
from collections.abc import Iterable, Iterator
from importlib.util import MAGIC_NUMBER, find_spec
from pathlib import Path
from types import CodeType

from holdfast import __version__

_START = "holdfast.wait.command"
# Packages whose modules are found by name at run time, when a target asks for them.
_GREETINGS, _LOGINS = "holdfast.dependencies.handshakes", "holdfast.dependencies.logins"
_ROOT = "holdfast"
# What tracebacks name as the file of a module.
_PLACE = "<holdfast>"
# The interpreter holds one line of a comment at a time.
_COLUMNS = 98

# Words in capitals are replaced below.
_PROGRAM = """\
#!/usr/bin/env python3
# holdfast wait VERSION: waits until every dependency is there, then runs a command.
# Written by `python -m holdfast.wait.write_single_file`. Apache-2.0. Call it with --help.

import gc
import posix
import sys
from _frozen_importlib import ModuleSpec
from _frozen_importlib_external import MAGIC_NUMBER

# Imports make no garbage, and looking for it costs half a millisecond.
gc.disable()
PLACE = "PLACED"
FIRST = 0000
LENGTH = 0
FILE = posix.open(__file__, posix.O_RDONLY | posix.O_CLOEXEC)
# The index behind this program: module or package, its name, where its source begins in bytes after
# the index, and its length; the same of its code, compiled by PYTHON, or nothing.
INDEX = {}
for line in posix.pread(FILE, LENGTH, FIRST).decode().splitlines():
    _, kind, name, *numbers = line.split()
    INDEX[name] = kind == "package", numbers
IS_COMPILED_FOR_US = MAGIC_NUMBER == MAGIC


def read(start, length):
    return posix.pread(FILE, int(length), FIRST + LENGTH + int(start))


class Embedded:
    # Finds and loads the modules below, as an entry of sys.path.

    def __init__(self, path):
        if not path.startswith(PLACE):
            raise ImportError(path)
        self.package = path[len(PLACE) + 1 :]

    def find_spec(self, name, target=None):
        if name not in INDEX:
            return None
        is_package = INDEX[name][0]
        spec = ModuleSpec(name, self, origin=PLACE, is_package=is_package)
        if is_package:
            spec.submodule_search_locations.append(PLACE + "/" + name)
        return spec

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        name = module.__spec__.name
        source, source_length, *code = INDEX[name][1]
        if code and IS_COMPILED_FOR_US:
            import binascii
            import marshal

            compiled = marshal.loads(binascii.a2b_base64(read(*code)))
        else:
            text = read(source, source_length).decode().replace("\\n#", "\\n")
            compiled = compile(text, PLACE, "exec")
        exec(compiled, module.__dict__)

    def iter_modules(self, prefix=""):
        for name, (is_package, _) in INDEX.items():
            package, _, last = name.rpartition(".")
            if package == self.package:
                yield prefix + last, is_package


sys.path_hooks.insert(0, Embedded)
# C modules first: otherwise each of them costs a list of all files of the standard library.
sys.path.sort(key=lambda path: not path.endswith("lib-dynload"))
sys.path.insert(0, PLACE)

if __name__ == "__main__":
    from START import leave, main

    gc.enable()
    leave(main(sys.argv[1:]))

"""


def single_file() -> str:
    """The text of the file."""
    index = data = ""
    soon = _followed([_START, *_inside(_GREETINGS)], everywhere=False)
    for name, path in sorted(_reachable().items()):
        source = _source(path)
        parts = {"source": source.replace("\n", "\n#")}
        if name in soon:
            parts["compiled"] = _compiled(source)
        numbers = []
        for what, text in parts.items():
            data += f"# {what} of {name}\n#"
            numbers += [len(data.encode()), len(text.encode())]
            data += f"{text}\n"
        kind = "package" if path.stem == "__init__" else "module"
        index += f"# {kind} {name} {' '.join(map(str, numbers))}\n"
    program = _PROGRAM.replace("VERSION", __version__).replace("START", _START)
    program = program.replace("PLACED", _PLACE).replace("== MAGIC", f"== {MAGIC_NUMBER!r}")
    program = program.replace("PYTHON", f"Python {sys.version_info.major}.{sys.version_info.minor}")
    program = program.replace("LENGTH = 0", f"LENGTH = {len(index.encode())}")
    # The number takes as many bytes as the one that stands there.
    return program.replace("FIRST = 0000", f"FIRST = {len(program.encode())}") + index + data


def _compiled(source: str) -> str:
    """The code in base64, whose reader passes over what is no letter of it."""
    code = _without_lines(compile(source, _PLACE, "exec", dont_inherit=True))
    text = b64encode(marshal.dumps(code)).decode()
    lines = [text[start : start + _COLUMNS] for start in range(0, len(text), _COLUMNS)]
    return "\n#".join(lines)


def _reachable() -> dict[str, Path]:
    """Every module that a wait may import, with its file."""
    return _followed([_START, *_inside(_GREETINGS), *_inside(_LOGINS)], everywhere=True)


def _inside(package: str) -> list[str]:
    return [f"{package}.{path.stem}" for path in _file(package).parent.glob("*.py")]


def _followed(waiting: list[str], *, everywhere: bool) -> dict[str, Path]:
    """These modules and all that they import: inside of functions too, or when they are loaded."""
    found: dict[str, Path] = {}
    while waiting:
        name = waiting.pop().removesuffix(".__init__")
        if name in found or name.partition(".")[0] != _ROOT or not _exists(name):
            continue
        found[name] = _file(name)
        waiting.append(name.rpartition(".")[0])
        tree = _Lean().visit(ast.parse(found[name].read_text(encoding="utf-8")))
        waiting += _imports(ast.walk(tree) if everywhere else tree.body)
    return found


def _imports(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Names of modules, and of what is taken from them: that may be a module as well."""
    for node in nodes:
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
    text = ast.unparse(ast.fix_missing_locations(tree))
    # No string goes over several lines, so what stands before a line is its depth.
    return re.sub(r"^(?: {4})+", lambda found: " " * (len(found[0]) // 4), text, flags=re.MULTILINE)


def _without_lines(code: CodeType) -> CodeType:
    """The same code, and those inside of it, without the numbers of lines that nobody can see."""
    constants = tuple(
        _without_lines(constant) if isinstance(constant, CodeType) else constant
        for constant in code.co_consts
    )
    return code.replace(co_consts=constants, co_linetable=b"")


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
