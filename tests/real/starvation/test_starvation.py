"""A service that is only busy must not look dead (service.md F4, T4).

`python -m benchmarks.starvation` measures how late probes are; here only their order counts.
"""

import pytest
from tests.real.starvation.load import Probes, busy, probe

pytestmark = pytest.mark.real

# The loop admits one client each turn: the last of them, the probe, after about 24 * 24 / 2 * 5 ms.
_CONNECTIONS = 24


def test_side_listener_answers_while_the_loop_is_saturated() -> None:
    """Probes of its thread come and go while the first one of the loop still waits."""
    with busy("uvloop", _CONNECTIONS) as service:
        side = Probes(service.side_port, pause=0.01)
        on_loop = probe(service.port, timeout=120)
        side.stop()

    assert None not in side.seconds
    assert len(side.seconds) > 10
    assert on_loop is not None
    assert sorted(filter(None, side.seconds))[len(side.seconds) // 2] < on_loop
