"""The waiter as one file: it runs in any Python image, without anything installed."""

import ast
import json
import re
import sys
from pathlib import Path

import pytest
from tests.dependencies.answers import ANSWERS, NATS_INFO
from tests.dependencies.peers import LOOPBACK, free_port, peer
from tests.wait.waiter import wait

from holdfast.wait.write_single_file import single_file

# `kubectl apply` keeps a copy of the object in an annotation, and all annotations of an object may
# hold 256 KiB (k8s.io/apimachinery, TotalAnnotationSizeLimitB). The rest is for names and labels.
APPLIED_BYTES = 256 * 1024 - 4096
OLDEST_PYTHON = (3, 9)


@pytest.fixture(scope="module", params=["compiled", "source"])
def form(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The file, under an isolated interpreter that sees no installed package.

    Once as for the version that wrote it, and once as for any other.
    """
    file = tmp_path_factory.mktemp("image") / "holdfast-wait.py"
    text = single_file()
    if request.param == "source":
        assert text.count("MAGIC_NUMBER == ") == 1
        text = text.replace("MAGIC_NUMBER == ", "MAGIC_NUMBER != ")
    file.write_text(text, encoding="utf-8")
    return [sys.executable, "-I", "-S", str(file)]


def parts(text: str, kind: str) -> dict[str, str]:
    """Sources, or compiled code in base64, by module, as the index of the file says."""
    numbers = re.findall(r"^(?:FIRST|LENGTH) = (\d+)", text, re.MULTILINE)
    first, length = map(int, numbers)
    held = text.encode()
    found = {}
    for line in held[first : first + length].decode().splitlines():
        name, *numbers = line.split()[2:]
        places = [int(number) for number in numbers][2 * (kind == "compiled") :][:2]
        if places:
            start = first + length + places[0]
            found[name] = held[start : start + places[1]].decode().replace("\n#", "\n")
    return found


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
    """It can be applied as a ConfigMap, and its syntax is that of Python 3.9."""
    text = single_file()
    sources = parts(text, "source")

    assert len(json.dumps(text)) < APPLIED_BYTES
    ast.parse(text, feature_version=OLDEST_PYTHON)
    for source in sources.values():
        ast.parse(source, feature_version=OLDEST_PYTHON)


def test_it_holds_the_waiter_and_no_more() -> None:
    """Checks on clients and of the system belong to services, not to an init container."""
    names = set(parts(single_file(), "source"))

    assert {
        "holdfast.dependencies.handshakes.kafka",
        "holdfast.dependencies.logins.postgres",
    } <= names
    for absent in ("dependencies.clients", "dependencies.system", "dependencies.checks"):
        assert not [name for name in names if name.startswith(f"holdfast.{absent}")]
    assert "holdfast.wait.write_single_file" not in names


def test_what_a_start_needs_is_compiled() -> None:
    """The way to the first attempt, and the greetings; logins are rare, and long."""
    compiled = set(parts(single_file(), "compiled"))

    assert {"holdfast.wait.command", "holdfast.dependencies.handshakes.postgres"} <= compiled
    assert not [name for name in compiled if "logins" in name or "judge_error" in name]


def test_narrow_lines_keep_their_meaning() -> None:
    """No string spans lines, so less indentation changes nothing."""
    for name, source in parts(single_file(), "source").items():
        wide = re.sub(r"^ +", lambda found: 4 * found[0], source, flags=re.MULTILINE)

        assert ast.unparse(ast.parse(source)) == wide.strip("\n"), name


def test_it_is_written_by_a_command(tmp_path: Path) -> None:
    """`make single-file` and people write the same file."""
    file = tmp_path / "wait.py"
    ended = wait(file, form=[sys.executable, "-m", "holdfast.wait.write_single_file"])
    written = file.read_text(encoding="utf-8")

    assert ended.code == 0
    assert parts(written, "source") == parts(single_file(), "source")
    assert parts(written, "compiled").keys() == parts(single_file(), "compiled").keys()
