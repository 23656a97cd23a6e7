"""Rewrites what the transcripts expect: `python -m tests.kubelet.rewrite [NAME ...]`.

Look at every difference before you commit it: an expectation that you cannot explain is a defect of
the machine or of the story.
"""

import sys
from pathlib import Path

from tests.kubelet.interpreter import Interpreter
from tests.kubelet.transcript import rewritten

TRANSCRIPTS = Path(__file__).parent / "transcripts"


def main() -> None:
    """Play the named transcripts, or all, and write down what they print."""
    names = sys.argv[1:] or sorted(path.stem for path in TRANSCRIPTS.glob("*.txt"))
    for name in names:
        path = TRANSCRIPTS / f"{name}.txt"
        text = path.read_text(encoding="utf-8")
        path.write_text(rewritten(text, Interpreter().perform), encoding="utf-8")


if __name__ == "__main__":
    main()
