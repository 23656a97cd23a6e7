"""References of images: ports are no tags, and tags are as firm as they are (rules.md 18.2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.model.image_reference import Firmness, parse_reference

_DIGEST = "sha256:" + "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("text", "tag", "firmness"),
    [
        ("nginx", "", Firmness.UNTAGGED),
        ("localhost:5000/web", "", Firmness.UNTAGGED),
        ("nginx:latest", "latest", Firmness.LATEST),
        ("localhost:5000/web:latest", "latest", Firmness.LATEST),
        (f"nginx@{_DIGEST}", "", Firmness.DIGEST),
        (f"nginx:latest@{_DIGEST}", "latest", Firmness.DIGEST),
        (f"nginx@{_DIGEST[:-1]}", "", Firmness.INVALID),
        ("nginx:LATEST", "LATEST", Firmness.FLOATING),
        ("nginx:1", "1", Firmness.FLOATING),
        ("nginx:1.27", "1.27", Firmness.FLOATING),
        ("nginx:1.27-alpine", "1.27-alpine", Firmness.FLOATING),
        ("nginx:alpine", "alpine", Firmness.FLOATING),
        ("nginx:stable-alpine", "stable-alpine", Firmness.FLOATING),
        ("ghcr.io/a/b:main", "main", Firmness.FLOATING),
        ("a/b:1.2.3", "1.2.3", Firmness.VERSION),
        ("a/b:v1.2.3-rc.1", "v1.2.3-rc.1", Firmness.VERSION),
        ("eclipse-temurin:21.0.4_7-jre", "21.0.4_7-jre", Firmness.VERSION),
        ("a/b:2024.05.1", "2024.05.1", Firmness.VERSION),
        (
            "minio/minio:RELEASE.2022-11-17T23-20-09Z",
            "RELEASE.2022-11-17T23-20-09Z",
            Firmness.VERSION,
        ),
        ("minio/minio:RELEASE", "RELEASE", Firmness.FLOATING),
        ("a/b:20240501", "20240501", Firmness.VERSION),
        ("a/b:3f2a91c", "3f2a91c", Firmness.BUILD),
        ("a/b:main-3f2a91c-1700000000", "main-3f2a91c-1700000000", Firmness.BUILD),
        ("a/b:dev-v1.2.3", "dev-v1.2.3", Firmness.VERSION),
        ("a/b:dev-1.2", "dev-1.2", Firmness.FLOATING),
        ("a/b:$TAG", "", Firmness.UNRENDERED),
        ("a/b:{{ .Values.tag }}", "", Firmness.UNRENDERED),
        ("nginx:", "", Firmness.INVALID),
        ("Nginx:1.0.0", "", Firmness.INVALID),
        ("my image:1", "", Firmness.INVALID),
    ],
)
def test_firmness(text: str, tag: str, firmness: Firmness) -> None:
    """The table of the specification, and the references that other tools get wrong."""
    reference = parse_reference(text)

    assert (reference.tag, reference.firmness) == (tag, firmness)


@given(st.text(max_size=60))
def test_any_text_is_answered(text: str) -> None:
    """No text is an error of ours, and what was written is kept."""
    assert parse_reference(text).text == text


@pytest.mark.parametrize(
    ("text", "registry"),
    [
        ("nginx", ""),
        ("library/nginx:1.27.3", ""),
        ("ghcr.io/a/b:1.0.0", "ghcr.io"),
        ("localhost/web", "localhost"),
        ("localhost:5000/web:1.0.0", "localhost:5000"),
    ],
)
def test_registry(text: str, registry: str) -> None:
    """A host is told from a directory of Docker Hub as the engines do it."""
    assert parse_reference(text).registry == registry
