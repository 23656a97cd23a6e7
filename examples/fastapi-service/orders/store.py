"""Orders in PostgreSQL, and the ones read lately in Redis.

Without Redis it is slower; without PostgreSQL it raises UnavailableError.
"""

import asyncio
import logging

import asyncpg
import redis.asyncio
from pydantic import BaseModel, Field
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from orders.settings import Settings

_QUERY_SECONDS = 2.0
_CACHE_SECONDS = 0.2
_CACHED_FOR_SECONDS = 60
# Any number that all replicas share.
_MIGRATION_LOCK = 7242
_SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    item text NOT NULL,
    quantity integer NOT NULL CHECK (quantity > 0)
)
"""
_LOG = logging.getLogger("orders")


class NewOrder(BaseModel):
    """What a client sends."""

    item: str = Field(min_length=1, max_length=200)
    quantity: int = Field(ge=1, le=1000)


class Order(NewOrder):
    """What a client gets."""

    id: int


class UnavailableError(Exception):
    """PostgreSQL did not answer in time."""


class Store:
    """Both clients. Making one connects to nothing: a dependency may be down at the start."""

    def __init__(self, settings: Settings) -> None:
        """`connect` has to follow, in the loop that serves."""
        self._settings = settings
        self.pool: asyncpg.Pool
        # Retries inside of the client would stretch every deadline around it.
        self.cache = redis.asyncio.from_url(
            settings.redis_url,
            socket_connect_timeout=_CACHE_SECONDS,
            retry=Retry(NoBackoff(), 0),
            decode_responses=True,
        )

    async def connect(self) -> None:
        """Prepare the pool; its first connection is made when it is needed."""
        self.pool = await asyncpg.create_pool(
            self._settings.database_url,
            min_size=0,
            max_size=self._settings.database_pool,
            timeout=_QUERY_SECONDS,
            command_timeout=_QUERY_SECONDS,
        )

    async def migrate(self) -> None:
        """Create the tables. All replicas may come at once: one works, the others wait."""
        connection = await asyncpg.connect(self._settings.database_url)
        try:
            async with connection.transaction():
                await connection.execute("SELECT pg_advisory_xact_lock($1)", _MIGRATION_LOCK)
                await connection.execute(_SCHEMA)
        finally:
            await connection.close()

    async def create(self, order: NewOrder) -> Order:
        """Keep it. Raises UnavailableError."""
        row = await self._row(
            "INSERT INTO orders (item, quantity) VALUES ($1, $2) RETURNING id, item, quantity",
            order.item,
            order.quantity,
        )
        if row is None:
            raise UnavailableError
        return row

    async def find(self, number: int) -> Order | None:
        """The order of this number, or None. Raises UnavailableError."""
        cached = await self._from_cache(number)
        if cached is not None:
            return cached
        order = await self._row("SELECT id, item, quantity FROM orders WHERE id = $1", number)
        if order is not None:
            await self._into_cache(order)
        return order

    async def _row(self, query: str, *values: object) -> Order | None:
        try:
            async with asyncio.timeout(_QUERY_SECONDS):
                row = await self.pool.fetchrow(query, *values)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            _LOG.warning("PostgreSQL did not answer: %s", type(error).__name__)
            raise UnavailableError from error
        return None if row is None else Order(**row)

    async def _from_cache(self, number: int) -> Order | None:
        try:
            async with asyncio.timeout(_CACHE_SECONDS):
                text = await self.cache.get(f"order:{number}")
        except (OSError, TimeoutError, RedisError):
            return None
        return None if text is None else Order.model_validate_json(text)

    async def _into_cache(self, order: Order) -> None:
        try:
            async with asyncio.timeout(_CACHE_SECONDS):
                key = f"order:{order.id}"
                await self.cache.set(key, order.model_dump_json(), ex=_CACHED_FOR_SECONDS)
        except (OSError, TimeoutError, RedisError) as error:
            _LOG.debug("order not cached: %s", type(error).__name__)
