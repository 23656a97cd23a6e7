"""Finds the real programs that tests run: a loud skip where one is missing, a failure under CI."""

import importlib.util
import os
import shutil
from glob import glob
from pathlib import Path

import pytest


def need(program: str, package: str, *places: str) -> str:
    """The path of a program, looked for on PATH and in these places (patterns)."""
    found = shutil.which(program)
    candidates = [found] if found else sorted(p for place in places for p in glob(place))  # noqa: PTH207
    for path in reversed(candidates):
        if os.access(path, os.X_OK):
            return str(Path(path))
    raise _missing(f"no {program} here: apt-get install -y {package}")


def need_tool(program: str, install: str) -> str:
    """The path of a program that no package of Debian holds; `install` is the command for it."""
    found = shutil.which(program)
    if found is None:
        raise _missing(f"no {program} here: {install}")
    return found


def need_driver(name: str) -> None:
    """A Python package that is a development dependency."""
    if importlib.util.find_spec(name) is None:
        raise _missing(f"no package {name} here: pip install --group dev")


def _missing(message: str) -> BaseException:
    if os.environ.get("CI"):
        return pytest.fail.Exception(message)
    return pytest.skip.Exception(message)
