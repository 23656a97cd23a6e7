"""ConfigMaps and Secrets of a rehearsal: from manifests, directories and files."""

from pathlib import Path
from typing import Any

import pytest

from holdfast.rehearsal.container_runtime import RehearsalError
from holdfast.rehearsal.given_data import Given, data_of_object, data_of_path


def test_config_map_of_a_manifest() -> None:
    """`data` is text, `binaryData` base64."""
    value = {"kind": "ConfigMap", "metadata": {"name": "settings"},
             "data": {"mode": "schnell ü"}, "binaryData": {"key": "/wA="}}  # fmt: skip

    assert data_of_object(value) == (
        Given("ConfigMap", "settings"),
        {"mode": "schnell ü".encode(), "key": b"\xff\x00"},
    )


def test_secret_of_a_manifest() -> None:
    """`data` is base64, and `stringData` wins, as the API server merges them."""
    value = {"kind": "Secret", "metadata": {"name": "keys"},
             "data": {"one": "MQ==", "two": "Mg=="}, "stringData": {"two": "zwei"}}  # fmt: skip

    assert data_of_object(value) == (Given("Secret", "keys"), {"one": b"1", "two": b"zwei"})


def test_other_objects_hold_no_values() -> None:
    """A Service with `data` is none of them."""
    assert data_of_object({"kind": "Service", "data": {"a": "b"}}) is None
    assert data_of_object({}) is None


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"kind": "ConfigMap", "data": {"port": 80}}, "data.port is no text"),
        ({"kind": "Secret", "data": {"key": "a"}}, "no base64"),
        ({"kind": "ConfigMap", "binaryData": {"key": None}}, "binaryData.key is no text"),
    ],
)
def test_values_that_the_api_server_refuses(value: dict[str, Any], message: str) -> None:
    """An unquoted number is the usual mistake."""
    with pytest.raises(ValueError, match=message):
        data_of_object(value)


def test_directory_has_a_file_for_each_key(tmp_path: Path) -> None:
    """As `kubectl create configmap --from-file`: bytes as they are, directories left out."""
    (tmp_path / "app.yaml").write_bytes(b"\xff\n")
    (tmp_path / "empty").touch()
    (tmp_path / "more").mkdir()

    assert data_of_path(tmp_path) == {"app.yaml": b"\xff\n", "empty": b""}


def test_lines_of_a_file(tmp_path: Path) -> None:
    """As `--from-env-file`: comments and empty lines are none, only the first "=" counts."""
    file = tmp_path / "values"
    file.write_text("# settings\n\nMODE=fast\n URL=http://x?a=b\nEMPTY=\n", encoding="utf-8")

    assert data_of_path(file) == {"MODE": b"fast", "URL": b"http://x?a=b", "EMPTY": b""}


@pytest.mark.parametrize("content", [b"MODE fast\n", b"=fast\n", b"\xff\xfe"])
def test_file_that_is_neither(tmp_path: Path, content: bytes) -> None:
    """The error names the file and says what is expected, never a value."""
    file = tmp_path / "values"
    file.write_bytes(content)

    with pytest.raises(RehearsalError, match="expected a manifest, a directory") as error:
        data_of_path(file)

    assert str(file) in str(error.value)
    assert "fast" not in str(error.value)


def test_path_that_is_not_there(tmp_path: Path) -> None:
    """With the system's own words."""
    with pytest.raises(RehearsalError, match="No such file"):
        data_of_path(tmp_path / "none")
