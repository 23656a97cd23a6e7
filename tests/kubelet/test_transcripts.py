"""Plays every story of transcripts/ and compares what it prints."""

from pathlib import Path

import pytest
from tests.kubelet.interpreter import Interpreter
from tests.kubelet.transcript import rewritten, steps

TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))
SCENARIOS = range(1, 23)


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_transcript(path: Path) -> None:
    """The machine tells each story as it is written down; `tests.kubelet.rewrite` writes anew.

    The numbers of SC01 to SC22 are those of docs/specs/kubelet.md section 15.
    """
    interpreter = Interpreter()
    for step in steps(path.read_text(encoding="utf-8")):
        printed = interpreter.perform(step)
        assert printed == step.expected, f"{path.name}:{step.number}: {step.line}"


def test_every_scenario_of_the_specification_has_a_transcript() -> None:
    """No worked scenario is forgotten."""
    told = {path.stem.partition("-")[0] for path in TRANSCRIPTS}
    assert told >= {f"sc{number:02}" for number in SCENARIOS}


def test_rewriting_what_is_right_changes_nothing() -> None:
    """The switch that rewrites expectations keeps commands, prose and empty lines as they are."""
    text = TRANSCRIPTS[0].read_text(encoding="utf-8")
    assert rewritten(text, Interpreter().perform) == text


def test_rewriting_replaces_output_only() -> None:
    """What a command prints takes the place of what was expected, and nothing else moves."""
    text = "# a\n\nrun 1\nmore\n----\nold\nold\n\n# b\nstarts\n----\n"
    assert rewritten(text, lambda step: f"new {step.line}") == (
        "# a\n\nrun 1\nmore\n----\nnew run 1\n\n# b\nstarts\n----\nnew starts\n"
    )


def test_a_command_without_separator_is_refused() -> None:
    """A story that is cut off is an error, not a shorter story."""
    with pytest.raises(ValueError, match="line 2"):
        list(steps("# x\nrun 1\n"))
