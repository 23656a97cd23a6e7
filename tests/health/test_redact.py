"""What never leaves the process."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.health.redact import redact


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        ("cannot reach postgres://shop:hunter2@db.shop.svc:5432/app?sslmode=off",
         ("shop", "hunter2", "db", "5432", "app")),
        ('password authentication failed for user "shop"', ("shop",)),
        ("Access denied for user 'bob'@'10.0.0.1' (using password: YES)", ("bob", "10.0.0.1")),
        ("password=hunter2 PASSWD: 'two words' api_key=abc", ("hunter2", "two", "words", "abc")),
        ("Authorization: Bearer eyJhbGciOi.abc", ("eyJhbGciOi", "abc")),
        ('Traceback: File "/srv/app/main.py", line 12, in connect', ("srv", "main", "connect")),
        ("cannot open /var/run/secrets/token", ("var", "secrets", "token")),
        ("10.2.3.4:6379: connection refused", ("10.2.3.4", "6379")),
        ("[fe80::1]:6379 refused, ::1 too", ("fe80", "6379", "::1")),
        ("getaddrinfo failed for redis-0.redis.shop.svc.cluster.local", ("redis", "cluster")),
        ("redis-0:6379 refused", ("redis-0", "6379")),
        ("mail admin@shop.example", ("admin", "shop.example")),
    ],
)  # fmt: skip
def test_names_addresses_and_secrets_are_gone(text: str, secrets: tuple[str, ...]) -> None:
    """What a driver says may name hosts, users, files and worse (service.md 12.8)."""
    shown = redact(text)

    assert "[redacted]" in shown
    for secret in secrets:
        assert secret not in shown.replace("[redacted]", "")


@pytest.mark.parametrize(
    "text", ["12 of 30 open files (40%)", "valid until 2027-01-01, 30 days", "loading model 3/10"]
)
def test_numbers_stay(text: str) -> None:
    """What helps and harms nobody is shown."""
    assert redact(text) == text


@given(st.text(max_size=2000))
def test_result_is_one_bounded_line(text: str) -> None:
    """No text of a dependency breaks a log, a terminal or a header."""
    shown = redact(text)

    assert len(shown) <= 200
    assert shown.isprintable() or not shown
