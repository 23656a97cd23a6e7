"""Environments by name: whole words, also those that say what a place is not."""

import pytest

from holdfast.model.environment import (
    Stage,
    environment_of_path,
    environment_of_place,
    environment_of_tag,
)


@pytest.mark.parametrize(
    ("name", "stage"),
    [
        ("shop-prod", Stage.PRODUCTION),
        ("production", Stage.PRODUCTION),
        ("prod-eu1", Stage.PRODUCTION),
        ("shop-prod2", Stage.PRODUCTION),
        ("live", Stage.PRODUCTION),
        ("shop-non-prod", Stage.DEVELOPMENT),
        ("nonprod", Stage.DEVELOPMENT),
        ("pre-prod", Stage.STAGING),
        ("shop-staging", Stage.STAGING),
        ("SHOP-UAT", Stage.STAGING),
        ("qa", Stage.TEST),
        ("dev.shop", Stage.DEVELOPMENT),
        ("products", None),
        ("livestream", None),
        ("latest", None),
        ("", None),
    ],
)
def test_place(name: str, stage: Stage | None) -> None:
    """A namespace or a label is what its whole words say."""
    found = environment_of_place(name)

    assert (found.stage if found else None) == stage


@pytest.mark.parametrize(
    ("path", "stage"),
    [
        ("deploy/overlays/prod/kustomization.yaml", Stage.PRODUCTION),
        ("overlays\\staging\\patch.yaml", Stage.STAGING),
        ("environments/shop-dev/api.yaml", Stage.DEVELOPMENT),
        ("prod/api.yaml", None),
        ("/home/dev/overlays.yaml", None),
        ("overlays/eu/api.yaml", None),
    ],
)
def test_path(path: str, stage: Stage | None) -> None:
    """Only the directory of an overlay counts: others are called dev or live by chance."""
    found = environment_of_path(path)

    assert (found.stage if found else None) == stage


@pytest.mark.parametrize(
    ("tag", "stage"),
    [
        ("dev-v1.2.0", Stage.DEVELOPMENT),
        ("1.2.3-SNAPSHOT", Stage.DEVELOPMENT),
        ("1.2.3-rc1", Stage.STAGING),
        ("v1.2.3-rc.1", Stage.STAGING),
        ("1.2.3-beta2", Stage.STAGING),
        ("prod-v1.2.0", Stage.PRODUCTION),
        ("1.2.3-alpine", None),
        ("developer-portal", None),
    ],
)
def test_tag(tag: str, stage: Stage | None) -> None:
    """Pre-releases are for trying out before production."""
    found = environment_of_tag(tag)

    assert (found.stage if found else None) == stage
