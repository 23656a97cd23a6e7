"""What a service pays for importing the library: the standard library, and nothing to spare."""

import subprocess
import sys

import pytest

PROGRAM = """
import sys
before = set(sys.modules)
{}
print("\\n".join(sorted(set(sys.modules) - before)))
"""
# Dear modules of the standard library that no part of this needs at the start: measured with
# -X importtime, each costs 2 to 20 ms.
NOT_NEEDED = {
    "ctypes", "dataclasses", "datetime", "email", "hmac", "http.client", "http.server",
    "ipaddress", "json", "multiprocessing", "pydoc", "random", "sqlite3", "unittest",
    "urllib.request", "xml", "zoneinfo",
}  # fmt: skip


def imported(statement: str) -> set[str]:
    """Modules that a statement brings into a fresh interpreter that has asyncio."""
    program = PROGRAM.format(statement).replace("import sys\n", "import sys, asyncio\n", 1)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "statement",
    ["import holdfast.health", "from holdfast import Health, Life, checks",
     "from holdfast.health import Health; Health().mount(); Health().add",
     "from holdfast.life import Life; Life().asgi(None)"],
)  # fmt: skip
def test_standard_library_only(statement: str) -> None:
    """A13: no framework, no driver, none of the doctor's packages."""
    modules = imported(statement)
    roots = {module.partition(".")[0] for module in modules} - {"holdfast"}

    assert roots <= set(sys.stdlib_module_names)
    assert {m for m in modules if m.startswith("holdfast.")} <= {
        m for m in modules if m.split(".")[1:2] in (["dependencies"], ["health"], ["life"])
    }
    if "checks" not in statement:
        assert not modules & NOT_NEEDED


def test_package_itself_is_free() -> None:
    """`holdfast --version` does not pay for the runtime library."""
    assert imported("import holdfast") <= {"holdfast"}


def test_supervisor_pays_for_little() -> None:
    """What `holdfast run` shares with the library must not bring asyncio or typing."""
    program = """
import sys
import holdfast.life.page, holdfast.life.budget, holdfast.life.sequence
print(sorted({"asyncio", "typing", "re", "logging", "socket"} & set(sys.modules)))
"""
    command = [
        sys.executable,
        "-I",
        "-S",
        "-c",
        f"import sys; sys.path[:0] = {sys.path!r}{program}",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
