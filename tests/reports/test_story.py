"""Where a text ends and a line for a shell begins, and what a section leaves out."""

import msgspec
import pytest
from tests.reports.diagnoses import DECIDED, PATCH, REFUSED, UNDECIDED

from holdfast.reports.story import Part, split_command, story

LINES = [
    ("the log: kubectl logs -p x -c y", ("the log", "kubectl logs -p x -c y")),
    (
        "its words are missing; get them with: kubectl logs x",
        ("its words are missing", "kubectl logs x"),
    ),
    ("its body (kubectl exec x -- curl :80)", ("its body", "kubectl exec x -- curl :80")),
    ("how full it is: kubectl exec into it, df -h", None),
    ("its body (kubectl exec -n default x)", None),
    ("kubectl get pvc data", ("", "kubectl get pvc data")),
    ("kubectl get pods -o json, or kubectl describe pod", None),
    (
        "only the current one; get the other one with: kubectl logs -p x",
        ("only the current one", "kubectl logs -p x"),
    ),
    ("nothing to run", None),
]


@pytest.mark.parametrize(("text", "expected"), LINES)
def test_only_a_whole_command_is_offered_for_copying(
    text: str, expected: tuple[str, str] | None
) -> None:
    """What stands alone in a box is pasted into a shell; advice in words stays a sentence."""
    assert split_command(text) == (expected or (text, ""))


def test_sections_follow_the_reading_order() -> None:
    """Every format takes its order from here."""
    assert [section.part for section in story(DECIDED)] == list(Part)


def test_fact_of_two_candidates_is_told_once() -> None:
    """Where causes compete, a shared fact names both instead of standing there twice."""
    (facts, *_) = story(UNDECIDED)

    assert [item.text for item in facts.items] == [
        "A05: the log says: dial tcp db:5432: connect: connection refused",
        "A05, A01: it ends with exit code 1",
    ]


def test_hazard_alone_shows_why() -> None:
    """Where nobody asks for a cause, the facts are those of what stands beside."""
    hazard = msgspec.structs.replace(DECIDED, decided=False, verdicts=(), beside=(REFUSED,))

    sections = {section.part: section for section in story(hazard)}

    assert sections[Part.FOR].items[0].text == REFUSED.evidence_for[0].text
    assert Part.SURE not in sections


def test_sure_answer_asks_for_nothing() -> None:
    """At three in the morning nobody wants homework on a settled case."""
    sure = msgspec.structs.replace(REFUSED, confidence=0.97)
    parts = [s.part for s in story(msgspec.structs.replace(DECIDED, verdicts=(sure,)))]

    assert Part.ASK not in parts


def test_unread_command_is_not_asked_for_again() -> None:
    """What stands under "could not be read" is not repeated under what would tell more."""
    log = "the log: kubectl logs --previous -n shop api-5d9c-x7 -c api"
    repeated = msgspec.structs.replace(REFUSED, would_decide=(log,))
    parts = [s.part for s in story(msgspec.structs.replace(DECIDED, verdicts=(repeated,)))]

    assert Part.UNREAD in parts
    assert Part.ASK not in parts


def test_patch_without_a_diff_is_a_command() -> None:
    """Without a manifest the fix is a kubectl line, which names its target itself."""
    patch = msgspec.structs.replace(PATCH, diff="")
    section = next(
        s for s in story(msgspec.structs.replace(DECIDED, patch=patch)) if s.part is Part.PATCH
    )

    assert (section.code, section.language) == (PATCH.command, "sh")
    assert section.items[0].text == "wait for db in an init container"
