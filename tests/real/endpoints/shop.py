"""The service of these tests: its life and its health, the same in front of every framework.

A check fails while a file of its name lies in the directory CONTROL. What it says then holds
everything that must never leave the process. REFRESH is the time between samples; without it the
checks are run when a probe asks.
"""

import asyncio
import os
from pathlib import Path

from holdfast.dependencies.check import Check
from holdfast.dependencies.verdict import FAILING, UP, Verdict
from holdfast.health import Health
from holdfast.life import Life

TOKEN = "open sesame"
WORDS = "postgres://shop:hunter2@db.internal:5432/app, user 'shop', /srv/shop/models.py"
SECRETS = ("hunter2", "db.internal", "shop", "models.py", "Traceback")
BODY = b"the application"
_CONTROL = Path(os.environ.get("CONTROL", "/nonexistent"))

life = Life(drain=os.environ.get("DRAIN", "3"))
health = Health(life, refresh=os.environ.get("REFRESH") or None, stale_after="1m", token=TOKEN)


def _verdict(name: str) -> Verdict:
    return Verdict(FAILING, WORDS) if (_CONTROL / name).exists() else Verdict(UP, "passes")


def _awaited(name: str) -> Check:
    async def asking() -> Verdict:
        await asyncio.sleep(0)
        return _verdict(name)

    return Check(name, "datastore", 5.0, ask=asking)


def _blocking(name: str) -> Check:
    return Check(name, "datastore", 5.0, ask_blocking=lambda: _verdict(name))


health.add(_awaited("database"), on_fail="unready", after=1)
health.add(_blocking("cache"), on_fail="degrade", after=1)
health.add(_awaited("mail"), on_fail="report", after=1)


@health.check(name="recovery", probe="live", own=True, after=1, every="50ms")
def _recovers() -> bool:
    if (_CONTROL / "recovery").exists():
        raise RuntimeError(WORDS)
    return True


@health.check(name="model", probe="startup", every="50ms")
async def _loaded() -> bool:
    health.progress(f"shard 3 of {WORDS}")
    return not (_CONTROL / "model").exists()
