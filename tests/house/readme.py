"""Writes the example of README.md: `python -m tests.house.readme`.

The example is what the command prints for a text in examples/, not what somebody wished it printed.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
_INPUT = ROOT / "examples" / "cluster" / "describe" / "dev-slow-start-loop.txt"
_START = "<!-- example: written by `python -m tests.house.readme` -->\n"
_END = "<!-- end of example -->"


def example() -> str:
    """The command and its output as a fenced block."""
    command = Path(sys.executable).with_name("holdfast")
    with _INPUT.open("rb") as text:
        result = subprocess.run(
            [command, "why", "-"], stdin=text, capture_output=True, check=False, encoding="utf-8"
        )
    shown = f"$ kubectl describe pod {_INPUT.stem} | holdfast why -\n\n{result.stdout}"
    return f"```text\n{shown}```\n"


def with_example(readme: str) -> str:
    """The page with the example between its marks."""
    head, _, rest = readme.partition(_START)
    _, _, tail = rest.partition(_END)
    return f"{head}{_START}{example()}{_END}{tail}"


if __name__ == "__main__":
    README.write_text(with_example(README.read_text(encoding="utf-8")), encoding="utf-8")
