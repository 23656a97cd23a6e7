"""Answers that can be a service, and those that are refused in words."""

import msgspec
import pytest

from holdfast.blueprints.answers import DEPENDENCIES, Answers, Framework, problem_of, values_of
from holdfast.dependencies.target import parse_target

GOOD = Answers(Framework.GIN, "api", 8080, "ghcr.io/shop", ("postgres", "redis"))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": "Api"}, "name 'Api'; expected at most 50 small letters"),
        ({"name": "1api"}, "a letter first"),
        ({"name": "api-"}, "name 'api-'"),
        ({"name": "a" * 51}, "at most 50"),
        ({"name": ""}, "name ''"),
        ({"port": 80}, "port 80; expected 1024 to 65535"),
        ({"port": 8086}, "where health answers"),
        ({"registry": "ghcr.io/Shop"}, "registry 'ghcr.io/Shop'"),
        ({"registry": "https://ghcr.io"}, "registry 'https://ghcr.io'"),
        ({"registry": ""}, "registry ''"),
        ({"dependencies": ("mongo",)}, "dependency 'mongo'; known are postgres, mysql"),
    ],
)
def test_refused(changed: dict[str, object], words: str) -> None:
    """A name that Kubernetes, a registry or a kernel would refuse later is refused now."""
    assert words in problem_of(msgspec.structs.replace(GOOD, **changed))


@pytest.mark.parametrize("registry", ["localhost:5000", "registry.example.com/a/b-c", "shop"])
def test_accepted(registry: str) -> None:
    """Ports and paths belong to a registry."""
    assert problem_of(msgspec.structs.replace(GOOD, registry=registry)) == ""


@pytest.mark.parametrize("name", list(DEPENDENCIES))
def test_addresses_can_be_waited_for(name: str) -> None:
    """What the Secret begins with is what `holdfast wait` understands."""
    values = values_of(msgspec.structs.replace(GOOD, dependencies=(name, name)), "1.0.0")
    (item,) = msgspec.convert(values["dependencies"], list[dict[str, str]])

    assert parse_target(item["address"]).scheme
