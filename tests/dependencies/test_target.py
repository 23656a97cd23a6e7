"""URLs of dependencies: what is understood, what is refused, and that nothing secret is shown."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.dependencies.errors import TargetError
from holdfast.dependencies.handshakes import schemes
from holdfast.dependencies.target import masked, parse_target

SECRET = "hunter2-correct-horse"

UNDERSTOOD = {
    "postgres://db": ((("db", 5432),), ""),
    "postgresql://u:p@db:6432/app?sslmode=require": ((("db", 6432),), "app"),
    "postgresql+asyncpg://db/app": ((("db", 5432),), "app"),
    "jdbc:postgresql://db:5432/app?user=u&password=p": ((("db", 5432),), "app"),
    "mysql://db": ((("db", 3306),), ""),
    "mysql+pymysql://db:3307/app": ((("db", 3307),), "app"),
    "mariadb://db": ((("db", 3306),), ""),
    "redis://cache/2": ((("cache", 6379),), "2"),
    "rediss://cache": ((("cache", 6379),), ""),
    "kafka://k1,k2:9093,k3?min_brokers=2": ((("k1", 9092), ("k2", 9093), ("k3", 9092)), ""),
    "amqp://mq/%2F": ((("mq", 5672),), "/"),
    "amqps://mq": ((("mq", 5671),), ""),
    "nats://token@n": ((("n", 4222),), ""),
    "http://api": ((("api", 80),), ""),
    "https://api/ready?deep=1": ((("api", 443),), "ready"),
    "grpc://svc:50052/shop.Cart": ((("svc", 50052),), "shop.Cart"),
    "tcp://host:1": ((("host", 1),), ""),
    "tcp://[::1]:65535": ((("::1", 65535),), ""),
    "tls://host": ((("host", 443),), ""),
    "dns://db.shop.svc.cluster.local": ((("db.shop.svc.cluster.local", 53),), ""),
    "dns:db": ((("db", 53),), ""),
    "dns://10.96.0.10/db.shop.svc": ((("10.96.0.10", 53),), "db.shop.svc"),
    "unix:///run/app.sock": ((("/run/app.sock", 0),), "run/app.sock"),
    "  redis://cache  ": ((("cache", 6379),), ""),
    "REDIS://cache": ((("cache", 6379),), ""),
}
REFUSED = {
    "": "variable",
    "db:5432": "without a scheme",
    "foo://db": "scheme 'foo'",
    "oracle://db": "scheme 'oracle'",
    "postgres://": "no host",
    "postgres://db:": "colon without a port",
    "postgres://db:0": "port '0'",
    "postgres://db:65536": "port '65536'",
    "postgres://db:five": "no number",
    "postgres://db:٣": "no number",
    "tcp://db": "no port",
    "tcp://::1:80": "more than one colon",
    "tcp://[::g]:80": "no IPv6 address",
    "tcp://[::1:80": "no IPv6 address",
    "redis://a b": "host 'a b'",
    "redis://a..b": "host name",
    "redis://" + "a" * 64: "host name",
    "redis://$(REDIS_HOST):6379": "variable that was not replaced",
    "redis://${REDIS_HOST}": "variable that was not replaced",
    "redis://u:%zz@h": "two hexadecimal digits",
    "redis://u:%ff@h": "no UTF-8",
    "postgres://u:pa/ss@db/app": 'an "@" behind',
    "postgres://u:pa?ss@db/app": 'an "@" behind',
    "kafka://k?min_brokers=0": "min_brokers",
    "kafka://k?min_brokers=two": "min_brokers",
    "kafka://k/topic": "path 'topic'",
    "dns://1.1.1.1/a..b": "DNS cannot hold",
    "dns://1.1.1.1/a?type=XX": "record type",
    "unix://run/app.sock/" + "a" * 120: "a path of",
    "unix://": "a path of",
    "rediss://h?tls_ca=/nonexistent/ca.pem": "tls_ca",
    "kafka://k1,,k2": "no host",
    "nats://u:p@n1,u:p@n2": "credentials in front of several hosts",
}


@pytest.mark.parametrize("url", UNDERSTOOD, ids=str.strip)
def test_url_is_understood(url: str) -> None:
    """The forms that applications already have in their settings work as they are."""
    target = parse_target(url)

    assert (target.hosts, target.path) == UNDERSTOOD[url]


@pytest.mark.parametrize("url", REFUSED, ids=lambda url: url[:30] or "empty")
def test_bad_url_is_refused_in_four_parts(url: str) -> None:
    """A wrong address stops at the start and says what to write instead."""
    with pytest.raises(TargetError) as caught:
        parse_target(url)

    assert REFUSED[url] in str(caught.value)
    assert all((caught.value.doing, caught.value.where, caught.value.found, caught.value.next_step))


@pytest.mark.parametrize(
    "url",
    [
        f"postgres://user:{SECRET}@db/app",
        f"postgres://{SECRET}@db/app",
        f"nats://{SECRET}@n1,n2",
        f"https://h/p?token={SECRET}",
        f"jdbc:mysql://db/app?password={SECRET}",
        f"redis://:{SECRET}@cache/1",
    ],
)
def test_secret_is_never_shown(url: str) -> None:
    """What is printed about a target holds no part of its credentials or query."""
    target = parse_target(url)

    assert SECRET not in str(target)
    assert "user" not in str(target)


@pytest.mark.parametrize(
    "url",
    [
        f"postgres://u:{SECRET}/x@db/app",
        f"postgres://u:x/{SECRET}@db/app",
        f"postgres://u:{SECRET}?@db",
        f"postgres://u:{SECRET}@db:99999",
        f"postgres://u:{SECRET}",
        f"nope://u:{SECRET}@db",
        f"nats://u:{SECRET}@n1,u:{SECRET}@n2",
        f"u:{SECRET}@db",
        f"{SECRET}",
        f"redis://u:{SECRET}%zz@h",
        f"https://u:{SECRET}@h:0/p",
        f"kafka://u:{SECRET}@k?min_brokers=x",
    ],
)
def test_refusal_shows_no_secret(url: str) -> None:
    """An error about a URL does not print the password that makes it wrong."""
    with pytest.raises(TargetError) as caught:
        parse_target(url)

    assert SECRET not in str(caught.value)


def test_password_is_decoded() -> None:
    """What is sent at login is the password, not its form in a URL."""
    target = parse_target("redis://us%40er:p%2Fw%C3%BC@h")

    assert (target.user, target.password) == ("us@er", "p/wü")


def test_query_names_user_and_password() -> None:
    """JDBC URLs carry them as options."""
    target = parse_target("jdbc:postgresql://db/app?user=u&password=p%21")

    assert (target.user, target.password) == ("u", "p!")


def test_every_scheme_is_parsed() -> None:
    """No scheme of the list is refused by its own parser."""
    ports = {"tcp": "tcp://host:1", "unix": "unix:///run/x"}

    for scheme in schemes():
        assert parse_target(ports.get(scheme, f"{scheme}://host")).scheme == scheme


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No input brings anything but a target or the error in four parts."""
    try:
        target = parse_target(text)
    except TargetError as error:
        assert error.next_step
    else:
        assert target.hosts


@given(
    st.sampled_from(["postgres", "redis", "amqp", "mysql", "nats", "kafka"]),
    st.text(string.printable + "äß漢", min_size=4, max_size=30).filter(str.strip),
)
def test_raw_secret_between_colon_and_at_never_leaks(scheme: str, secret: str) -> None:
    """Whatever a password holds, encoded or not, neither target nor error repeats it."""
    url = f"{scheme}://user:Q{secret}Q@host.example:1234"

    try:
        shown = str(parse_target(url))
    except TargetError as error:
        shown = str(error)

    assert f"Q{secret}Q" not in shown


@given(st.text(max_size=60), st.text("abcdefgh0123456789", min_size=8, max_size=20))
def test_masking_hides_what_stands_before_the_last_at(before: str, secret: str) -> None:
    """The mask does not depend on the URL being well formed."""
    assert secret not in masked(f"x://{before}{secret}@host") or secret in "x://***@host"
