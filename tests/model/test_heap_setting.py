"""Heap limits are read from flags and variables in the units of their runtimes."""

import pytest

from holdfast.model.container import Container, EnvVar
from holdfast.model.heap_setting import heap_settings

LIMIT = 2**30
MIB = 2**20


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("JAVA_OPTS", "-Xms64m -Xmx512m", [("-Xmx", 512 * MIB)]),
        ("JAVA_OPTS", "-XX:MaxHeapSize=1073741824", [("-XX:MaxHeapSize", 2**30)]),
        ("JAVA_TOOL_OPTIONS", "-XX:MaxRAMPercentage=75.0", [("-XX:MaxRAMPercentage", 768 * MIB)]),
        ("NODE_OPTIONS", "--max-old-space-size=256", [("--max-old-space-size", 256 * MIB)]),
        ("NODE_OPTIONS", "--max_old_space_size=256", [("--max-old-space-size", 256 * MIB)]),
        ("GOMEMLIMIT", "900MiB", [("GOMEMLIMIT", 900 * MIB)]),
        ("GOMEMLIMIT", "1048576", [("GOMEMLIMIT", MIB)]),
        ("GOMEMLIMIT", "off", []),
        ("GREETING", "say -Xmax to 100m", []),
    ],
)
def test_setting_is_read(name: str, value: str, expected: list[tuple[str, int]]) -> None:
    """Each runtime's own unit becomes bytes; a percentage is of the container's limit."""
    spec = Container(name="app", env=(EnvVar(name, value),))

    assert [(s.flag, s.bytes) for s in heap_settings(spec, LIMIT)] == expected


def test_command_line_counts_too() -> None:
    """Flags stand in the command as often as in the environment."""
    spec = Container(name="app", command=("node", "--max-old-space-size", "512"), args=("a.js",))
    (setting,) = heap_settings(spec, LIMIT)

    assert (setting.place, setting.bytes) == ("command", 512 * MIB)


def test_nothing_is_read_from_nothing() -> None:
    """A pod without its specification has no settings."""
    assert heap_settings(None, LIMIT) == ()
