"""Secrets go, what decides a cause stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.model.redaction import redact

HIDDEN = {
    "url": ("postgres://app:s3cret@db:5432/x", "postgres://app:[redacted]@db:5432/x"),
    "url without user": ("redis://:s3cret@cache:6379/0", "redis://:[redacted]@cache:6379/0"),
    "url with at sign": ("amqp://u:p@ss@mq:5672", "amqp://u:[redacted]@mq:5672"),
    "url with slash": ("mysql://u:p/ss@db/x", "mysql://u:[redacted]@db/x"),
    "go mysql": ("app:s3cret@tcp(db:3306)/x", "app:[redacted]@tcp(db:3306)/x"),
    "variable": ("DB_PASSWORD=s3cret x", "DB_PASSWORD=[redacted] x"),
    "colon": ("client_secret: s3cret", "client_secret: [redacted]"),
    "json": ('{"apiKey":"s3cret","n":1}', '{"apiKey":[redacted],"n":1}'),
    "escaped json": (r"{\"password\":\"s3cret\"}", r"{\"password\":[redacted]}"),
    "quoted": ("token='s3 cret' next", "token=[redacted] next"),
    "flag": ("--db-password s3cret --port 1", "--db-password [redacted] --port 1"),
    "bearer": ("Authorization: Bearer abc.def-123", "Authorization: Bearer [redacted]"),
    "bearer alone": ("sent bearer abc123.def", "sent bearer [redacted]"),
    "basic": ("Basic dXNlcjpwYXNz", "Basic [redacted]"),
    "cookie": ("Set-Cookie: sid=abc; Path=/", "Set-Cookie: [redacted]"),
    "jwt": ("x eyJhbGciOi.eyJzdWIi.c2ln y", "x [redacted] y"),
    "aws": ("AKIAIOSFODNN7EXAMPLE denied", "[redacted] denied"),
    "github": ("ghp_" + "a" * 36, "[redacted]"),
    "slack": ("xoxb-123456789012-abc", "[redacted]"),
    "variable in yaml": (
        "- name: DB_PASSWORD\n  value: s3cret",
        "- name: DB_PASSWORD\n  value: [redacted]",
    ),
    "pem": (
        "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\nnext",
        "[redacted PEM block]\nnext",
    ),
    "pem cut off": ("-----BEGIN RSA PRIVATE KEY-----\nMIIE", "[redacted PEM block]"),
}
KEPT = (
    "dial tcp 10.0.0.1:5432: connect: connection refused",
    "Access denied for user 'app'@'10.0.0.7' (using password: YES)",
    'password authentication failed for user "app"',
    "token expired",
    "token: expired",
    "http://db:8080/health: HTTP 500",
    "image registry.local/app:1.2@sha256:0123456789abcdef not found",
    "the secret db-credentials does not exist in namespace shop",
    "kubectl logs --previous -n shop api-1 -c api",
    "basic authentication is disabled",
    "passed=3 failed=1",
    "user@example.org signed in",
)


@pytest.mark.parametrize(("text", "expected"), HIDDEN.values(), ids=HIDDEN.keys())
def test_secret_is_replaced(text: str, expected: str) -> None:
    """Each way in which a log spells a secret."""
    assert redact(text) == expected


@pytest.mark.parametrize("text", KEPT)
def test_ordinary_text_stays(text: str) -> None:
    """Names, hosts and reasons decide a cause; a report without them is worthless."""
    assert redact(text) == text


@pytest.mark.parametrize(("text", "expected"), HIDDEN.values(), ids=HIDDEN.keys())
def test_known_secret_is_redacted_once(text: str, expected: str) -> None:
    """A second gate leaves the marks of the first alone."""
    assert redact(redact(text)) == expected


@given(
    st.lists(
        st.sampled_from(
            ["password", "token", "://", ":", "=", "@", "a1B2", " ", '"', "'", "\\", "/", "Bearer",
             "[redacted]", "\n", "--", "eyJ", "name", "value", ",", "{", "}"]
        ),
        max_size=12,
    ).map("".join)
)  # fmt: skip
def test_redacting_twice_is_redacting_once(text: str) -> None:
    """Whatever comes, the result is stable."""
    assert redact(redact(text)) == redact(text)


@pytest.mark.parametrize("piece", ["--", "--a", "://", "://a:b/", "password", "name: ", "\\", "a:"])
def test_long_line_is_read_through_once(piece: str) -> None:
    """A ruler of dashes once took minutes: it was tried from each of its characters to its end."""
    line = piece * 5000

    assert redact(line) == line
