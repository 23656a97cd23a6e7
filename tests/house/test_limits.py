"""House style as failing tests: each message names the file, the limit and what to do instead."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "holdfast"
SOURCES = sorted(PACKAGE.rglob("*.py"))
TESTS = sorted(p for p in (ROOT / "tests").rglob("test_*.py"))
PROGRAMS = ROOT / "tests" / "crashes" / "programs"
CODE = [
    *SOURCES,
    *sorted(p for p in (ROOT / "tests").rglob("*.py") if PROGRAMS not in p.parents),
    *sorted((ROOT / "benchmarks").rglob("*.py")),
]

LARGEST_FILE_LINES = 400
LARGEST_FUNCTION_LINES = 60
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "base", "misc", "manager", "stuff"}
PURE_PACKAGES = (
    "model", "images", "kubelet", "diagnosis", "fixes", "lint", "tuning", "reports", "tags",
    "blueprints",
)  # fmt: skip
# Call -> what to use instead.
BANNED_IN_PURE = {
    "open": "take the text as an argument; `sources` reads",
    "print": "return the text; `cli` prints",
    "input": "take the answer as an argument",
    "eval": "decode with msgspec",
    "exec": "decode with msgspec",
}
BANNED_MODULES = {
    "time": "take `now` as an argument",
    "random": "ask the driver for a draw",
    "socket": "reading belongs to `sources`",
    "subprocess": "processes belong to `sources` and `rehearsal`",
    "os": "the environment belongs to `cli`",
    "pathlib": "files belong to `sources` and `cli`",
    "threading": "pure code has one thread",
    "asyncio": "pure code does not wait",
}
BANNED_CALLS = {("datetime", "now"): "take `now`", ("date", "today"): "take `now`"}


def parsed(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def ids(paths: list[Path]) -> list[str]:
    """Paths relative to the project, as names of test cases."""
    return [str(path.relative_to(ROOT)) for path in paths]


@pytest.mark.parametrize("path", CODE, ids=ids(CODE))
def test_file_fits_on_some_screens(path: Path) -> None:
    """Files stay small enough to be read whole."""
    lines = len(path.read_text(encoding="utf-8").splitlines())

    assert lines <= LARGEST_FILE_LINES, f"{path}: {lines} lines; split it by concern"


@pytest.mark.parametrize("path", CODE, ids=ids(CODE))
def test_function_fits_on_one_screen(path: Path) -> None:
    """Functions stay small enough to be understood at once."""
    for function in functions(parsed(path)):
        length = (function.end_lineno or function.lineno) - function.lineno + 1
        if ast.get_docstring(function) is not None:
            docstring = function.body[0]
            length -= (docstring.end_lineno or docstring.lineno) - docstring.lineno + 1
        assert length <= LARGEST_FUNCTION_LINES, (
            f"{path}:{function.lineno}: {function.name} has {length} lines; name its parts"
        )


@pytest.mark.parametrize("path", SOURCES, ids=ids(SOURCES))
def test_file_opens_with_its_purpose(path: Path) -> None:
    """A reader learns from the first lines what belongs into a file."""
    docstring = ast.get_docstring(parsed(path))

    assert docstring, f"{path}: open it with a docstring: its purpose and its rules"


@pytest.mark.parametrize("path", SOURCES, ids=ids(SOURCES))
def test_name_says_what_is_inside(path: Path) -> None:
    """No file is called by a name that fits everything."""
    assert path.stem not in VAGUE_NAMES, f"{path}: name it after what it does or holds"


@pytest.mark.parametrize("path", SOURCES, ids=ids(SOURCES))
def test_public_names_are_documented(path: Path) -> None:
    """What others call tells its shapes, units and errors."""
    for node in parsed(path).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{path}:{node.lineno}: {node.name} needs a docstring"


def pure_files() -> list[Path]:
    """Files of the packages that must not touch the outside world."""
    return [p for p in SOURCES if p.relative_to(PACKAGE).parts[0] in PURE_PACKAGES]


@pytest.mark.parametrize("path", pure_files(), ids=ids(pure_files()))
def test_pure_package_touches_nothing(path: Path) -> None:
    """Pure packages have no clock, file, socket, process or chance: results can be repeated."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                module = alias.name.partition(".")[0]
                assert module not in BANNED_MODULES, (
                    f"{path}:{node.lineno}: {BANNED_MODULES[module]}"
                )
        if isinstance(node, ast.ImportFrom) and node.module:
            module = node.module.partition(".")[0]
            assert module not in BANNED_MODULES, f"{path}:{node.lineno}: {BANNED_MODULES[module]}"
        if isinstance(node, ast.Call):
            advice = banned_call(node)
            assert advice is None, f"{path}:{node.lineno}: {advice}"


def banned_call(node: ast.Call) -> str | None:
    """What to use instead of a call that a pure package must not make, or None."""
    if isinstance(node.func, ast.Name):
        return BANNED_IN_PURE.get(node.func.id)
    if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
        return BANNED_CALLS.get((node.func.value.id, node.func.attr))
    return None


def test_patterns_are_compiled_when_they_are_asked() -> None:
    """A command that starts does not compile what it will not need."""
    # The standard library only; and where it is done.
    others = {PACKAGE / "health" / "redact.py", PACKAGE / "model" / "regex.py"}
    found = [
        f"{path}:{node.lineno}: take holdfast.model.regex"
        for path in SOURCES
        if path not in others
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "re.compile"
    ]
    assert not found, found


@pytest.mark.parametrize("path", TESTS, ids=ids(TESTS))
def test_every_test_says_what_it_protects(path: Path) -> None:
    """A failing test tells its reader what was lost."""
    for function in functions(parsed(path)):
        if function.name.startswith("test_"):
            assert ast.get_docstring(function), f"{path}:{function.lineno}: say what it protects"


@pytest.mark.parametrize("path", TESTS, ids=ids(TESTS))
def test_every_test_asserts(path: Path) -> None:
    """A test that asserts nothing cannot fail."""
    for function in functions(parsed(path)):
        if function.name.startswith("test_"):
            calls = {ast.unparse(n.func) for n in ast.walk(function) if isinstance(n, ast.Call)}
            checks = any(isinstance(n, ast.Assert) for n in ast.walk(function)) or any(
                "raises" in call or "assert" in call.lower() or "check" in call for call in calls
            )
            assert checks, f"{path}:{function.lineno}: {function.name} asserts nothing"


def test_no_words_left_for_later() -> None:
    """What is unfinished is finished or filed, not marked in the code."""
    marker = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    this = Path(__file__)
    found = [
        f"{path}:{number}"
        for path in CODE
        if path != this
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if marker.search(line)
    ]

    assert found == []
