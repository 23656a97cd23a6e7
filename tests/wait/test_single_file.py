"""The waiter as one file: it runs in any Python image, without anything installed."""

import ast
import sys
from pathlib import Path

import pytest
from tests.dependencies.answers import ANSWERS, NATS_INFO
from tests.dependencies.peers import LOOPBACK, free_port, peer
from tests.wait.waiter import wait

from holdfast.wait.write_single_file import single_file

# A ConfigMap holds at most 1 MiB (Kubernetes documentation, "ConfigMaps").
CONFIG_MAP_BYTES = 1024 * 1024
OLDEST_PYTHON = (3, 9)


@pytest.fixture(scope="module")
def form(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The file, under an isolated interpreter that sees no installed package."""
    file = tmp_path_factory.mktemp("image") / "holdfast-wait.py"
    file.write_text(single_file(), encoding="utf-8")
    return [sys.executable, "-I", "-S", str(file)]


def test_it_waits_and_hands_over(form: list[str]) -> None:
    """The whole way, from URL to command."""
    with peer(b"+PONG\r\n") as redis, peer(NATS_INFO, b"PONG\r\n") as nats:
        urls = [f"redis://{LOOPBACK}:{redis}", f"nats://localhost:{nats}"]
        ended = wait(*urls, "--", "echo", "handed over", form=form)

    assert (ended.code, ended.out) == (0, "handed over\n")


def test_every_protocol_is_inside(form: list[str]) -> None:
    """No module was left behind: each protocol gets as far as a refused connection."""
    schemes = {answer.url.partition(":")[0] for answer in ANSWERS}
    schemes |= {"tcp", "https", "rediss", "mariadb", "valkey", "postgresql"}
    for scheme in sorted(schemes):
        ended = wait(f"{scheme}://{LOOPBACK}:{free_port()}", "-t", "100ms", form=form)
        assert (ended.code, "refused" in ended.err) == (124, True), f"{scheme}: {ended.err}"


def test_errors_and_help_work_without_the_package(form: list[str]) -> None:
    """Paths that are imported late are inside as well."""
    unknown = wait("foo://h", form=form)
    login = wait("postgres://u:p@h/d", "--login", form=form)

    assert "expected one of amqp, amqps, dns" in unknown.err
    assert "no driver for a login" in login.err
    assert wait("--help", form=form).out.startswith("Usage: holdfast wait")
    assert wait("--file", "/nonexistent", form=form).code == 2


def test_it_fits_into_a_config_map_and_old_images() -> None:
    """It is small enough to be mounted, and its syntax is that of Python 3.9."""
    text = single_file()
    tree = ast.parse(text, feature_version=OLDEST_PYTHON)
    modules = next(
        node.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id == "TEXT"
        and isinstance(node.value, ast.Constant)
    )

    assert len(text.encode()) < CONFIG_MAP_BYTES
    assert isinstance(modules, str)
    for part in modules.split("\n#: ")[1:]:
        ast.parse(part.partition("\n")[2], feature_version=OLDEST_PYTHON)


def test_it_holds_the_waiter_and_no_more() -> None:
    """Checks on clients and of the system belong to services, not to an init container."""
    text = single_file()

    assert "#: holdfast.dependencies.handshakes.kafka module" in text
    assert "#: holdfast.dependencies.logins.postgres module" in text
    for absent in ("dependencies.clients", "dependencies.system", "dependencies.checks"):
        assert f"#: holdfast.{absent}" not in text
    assert "write_single_file module" not in text


def test_it_is_written_by_a_command(tmp_path: Path) -> None:
    """`make single-file` and people write the same bytes."""
    file = tmp_path / "wait.py"
    ended = wait(file, form=[sys.executable, "-m", "holdfast.wait.write_single_file"])

    assert ended.code == 0
    assert file.read_text(encoding="utf-8") == single_file()
