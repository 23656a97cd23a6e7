"""The confidences that are shipped are those that the recordings give."""

from tests.recordings import calibrate

from holdfast.diagnosis.calibration import UNMEASURED_CAP, confidence
from holdfast.model.evidence import Grounds


def test_table_is_current() -> None:
    """A change of a cause that changes how often answers are right changes the table."""
    assert calibrate.TABLE.read_text(encoding="utf-8") == calibrate.module_text(), (
        "run: python -m tests.recordings.calibrate"
    )


def test_page_is_current() -> None:
    """The page shows the numbers that are used."""
    assert calibrate.PAGE.read_text(encoding="utf-8") == calibrate.page_text(), (
        "run: python -m tests.recordings.calibrate"
    )


def test_answers_are_mostly_right() -> None:
    """Better than the best published first-rank result, 0.86 (causes.md 13.3)."""
    answers = list(calibrate.answers())

    assert len(answers) > 100
    assert sum(answer.right for answer in answers) / len(answers) > 0.86


def test_confidence_never_exceeds_the_share() -> None:
    """A kind that was always right does not make a narrow lead sure."""
    for grounds in Grounds:
        for share in (0.5, 0.7, 0.95, 0.9999):
            assert 0 < confidence(grounds, share) <= share


def test_unmeasured_kind_is_capped() -> None:
    """What no recording shows is never called nearly certain."""
    unmeasured = [g for g in Grounds if confidence(g, 0.999) == UNMEASURED_CAP]

    assert all(confidence(grounds, 0.6) <= 0.6 for grounds in unmeasured)
