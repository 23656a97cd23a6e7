"""A Celery application for tests. Its worker tells its health on PORT, as docs/service.md shows."""

import os
import time
from typing import Any

from celery import Celery, signals

from holdfast.health import Health, checks

BROKER = os.environ.get("BROKER", "")
app: Any = Celery("tasks", broker=BROKER)
app.conf.broker_connection_retry_on_startup = True
health = Health(refresh="100ms", listen=f"127.0.0.1:{os.environ.get('PORT', '0')}")
sign = checks.Pulse()
pulse = checks.pulse(sign, warn="2s", fail="3s")


@signals.worker_ready.connect  # type: ignore[untyped-decorator]
def begin(**_: object) -> None:
    """In the process that consumes, not in its children."""
    health.add(pulse, on_fail="report", after=1)
    # The heart stands still while there is no broker, too, and a restart mends no broker.
    recovery = checks.own_recovery(pulse, checks.redis(BROKER), after="500ms")
    health.add(recovery, probe="live", after=1)
    health.begin(None)


@signals.heartbeat_sent.connect  # type: ignore[untyped-decorator]
def beat(**_: object) -> None:
    """By the loop that consumes."""
    sign.beat()


@app.task  # type: ignore[untyped-decorator]
def block(seconds: float) -> None:
    """A task that does not end for so long."""
    time.sleep(seconds)
