"""The application: routes, health and life."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, HTTPException

from holdfast.health import Health, checks
from holdfast.life import Life
from orders.faults import Faults
from orders.settings import Settings
from orders.store import NewOrder, Order, Store, UnavailableError

Asgi = Callable[[Any, Any, Any], Awaitable[None]]
_POSTGRES_SECONDS = 1.0
_REDIS_SECONDS = 0.8


def create_app(settings: Settings, faults: Faults) -> Asgi:
    """The service as ASGI application."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    life = Life()
    # A service without a life: nobody in it hears that it is to stop.
    lifeless = faults.is_on("ignore-sigterm")
    health = Health(
        None if lifeless else life,
        refresh=settings.refresh_seconds,
        stale_after=3 * settings.refresh_seconds,
        # A thread of its own: it answers the kubelet while the event loop is busy.
        listen=settings.health_address,
    )
    store = Store(settings)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await store.connect()
        postgres = checks.postgres(pool=store.pool, timeout=_POSTGRES_SECONDS)
        if faults.is_on("crash-without-dependency"):
            await store.pool.execute("SELECT 1")
        health.add(postgres, on_fail="unready", after=3)
        # The cache: slower without it, not useless, and shared by every replica.
        redis = checks.redis(client=store.cache, timeout=_REDIS_SECONDS)
        health.add(redis, on_fail="degrade", after=3)
        life.stop("postgres", store.pool.close, timeout=1)
        life.stop("redis", store.cache.aclose, timeout=1)
        _break(health, store, faults)
        if lifeless:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        yield

    app = FastAPI(title="orders", lifespan=lifespan)
    _add_routes(app, store, faults)
    return health.mount(app) if lifeless else life.asgi(health.mount(app))


def _add_routes(app: FastAPI, store: Store, faults: Faults) -> None:
    @app.post("/orders", status_code=201)
    async def create(order: NewOrder) -> Order:
        await asyncio.sleep(faults.seconds("slow-handler"))
        try:
            return await store.create(order)
        except UnavailableError:
            raise HTTPException(503, "try again later") from None

    @app.get("/orders/{number}")
    async def find(number: int) -> Order:
        await asyncio.sleep(faults.seconds("slow-handler"))
        try:
            order = await store.find(number)
        except UnavailableError:
            raise HTTPException(503, "try again later") from None
        if order is None:
            raise HTTPException(404, "no such order")
        return order


def _break(health: Health, store: Store, faults: Faults) -> None:
    """Teach probes what holdfast.health refuses or leaves out, for the faults of probes."""

    @health.check(name="fault", probe="live", own=True, every=1, after=1)
    async def well() -> bool:
        return not faults.is_due("liveness-503")

    def share(fault: str, **settings: Any) -> None:
        def add() -> None:
            check = checks.redis(client=store.cache, timeout=_REDIS_SECONDS, name=fault)
            health.add(check, every=1, after=1, **settings)

        faults.when(fault, add)

    share("shared-readiness", on_fail="unready")
    # Forced by its name: liveness asks no dependency otherwise.
    share("liveness-on-dependency", probe="live", force="liveness-on-dependency")
    faults.start(asyncio.get_running_loop())
