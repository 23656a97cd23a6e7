"""What ordinary manifests hear, and that a rule which fires on many of them has a reason."""

import pytest
from tests.house.noise_page import JUSTIFIED, OFTEN, PAGE, Noise, page

from holdfast.lint.catalogue import catalogue
from holdfast.model.rule import Audience

# docs/specs/rules.md 2.5: kube-linter's defaults on ordinary manifests.
PEERS_FINDINGS_PER_WORKLOAD = 4.2


@pytest.fixture(scope="module")
def noise() -> Noise:
    """The corpus, checked once."""
    return Noise()


def test_page_of_the_noise_is_current(noise: Noise) -> None:
    """What the page says is what the rules find today."""
    assert PAGE.read_text(encoding="utf-8") == page(noise), "run: python -m tests.house.noise_page"


def test_corpus_is_read_whole(noise: Noise) -> None:
    """A manifest that is not examined would be silent for the wrong reason."""
    assert noise.examined.files == len(noise.files) >= 60
    assert noise.holding >= 50


def test_frequent_rules_are_justified_or_pedantic(noise: Noise) -> None:
    """A rule that fires on a third of ordinary manifests is either worth it, or not for all."""
    often = {
        entry.rule.id
        for entry in catalogue()
        if entry.rule.audience is not Audience.PEDANTIC and noise.share_of(entry.rule) > OFTEN
    }

    assert often == set(JUSTIFIED)


def test_defaults_say_less_than_the_peers(noise: Noise) -> None:
    """Findings for everybody stay below what other linters report (rules.md 2.5)."""
    heard = noise.heard_by({Audience.EVERYBODY})
    count = sum(1 + len(hazard.also_at) for hazard in heard)

    assert count / noise.examined.workloads < PEERS_FINDINGS_PER_WORKLOAD
