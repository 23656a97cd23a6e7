"""The command line of the waiter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.arguments.errors import USAGE, CommandLineError
from holdfast.wait.flags import FLAGS, parse_flags


def test_defaults_stand_in_the_help() -> None:
    """What --help says about a default is what happens."""
    options = parse_flags(["tcp://h:1"])
    texts = {flag.key: flag.help for flag in FLAGS}

    assert (options.timeout, "(60s)" in texts["timeout"]) == (60.0, True)
    assert (options.attempt_timeout, "(2s)" in texts["attempt_timeout"]) == (2.0, True)
    assert options.interval is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90), ("1.5s", 1.5), ("1m30s", 90), ("500ms", 0.5), ("2h", 7200), ("0", 0), ("0s", 0)],
)
def test_durations(text: str, seconds: float) -> None:
    """Durations as Kubernetes writes them, and bare seconds as other waiters take them."""
    for arguments in (["-t", text], [f"-t{text}"], ["--timeout", text], [f"--timeout={text}"]):
        assert parse_flags([*arguments, "tcp://h:1"]).timeout == seconds


@given(st.text(max_size=12))
def test_any_duration_is_read_or_refused(text: str) -> None:
    """No value ends in anything but a number of seconds or the error."""
    try:
        assert parse_flags([f"--timeout={text}"]).timeout >= 0
    except CommandLineError as error:
        assert error.code == USAGE


@given(st.lists(st.text(max_size=8), max_size=6))
def test_any_command_line_is_read_or_refused(arguments: list[str]) -> None:
    """No command line ends in a traceback."""
    try:
        parse_flags(arguments)
    except CommandLineError as error:
        assert error.code == USAGE


def test_large_durations_are_kept() -> None:
    """A month of patience is no error; the rest between attempts is cut into hours elsewhere."""
    assert parse_flags(["-i", "800h", "tcp://h:1"]).interval == 800 * 3600


def test_everything_behind_the_dashes_is_the_command() -> None:
    """Flags of the command are not flags of the waiter."""
    options = parse_flags(["tcp://h:1", "-v", "--", "serve", "--timeout", "x", "--", "y"])

    assert options.urls == ["tcp://h:1"]
    assert options.command == ["serve", "--timeout", "x", "--", "y"]
    assert options.verbose


def test_repeated_flags_add_up() -> None:
    """Several variables and files can be named."""
    options = parse_flags(["--env", "A", "--env=B", "--file", "x"])

    assert (options.env, options.file) == (["A", "B"], ["x"])
