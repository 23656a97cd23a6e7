"""A service that needs 5 ms of CPU for each request, with its side listener on SIDE_PORT."""

import os
from time import process_time
from typing import Any

from holdfast.health import Health

_BUSY_SECONDS = 0.005


async def _app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    end = process_time() + _BUSY_SECONDS
    while process_time() < end:
        pass
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


app: Any = Health(listen=f"127.0.0.1:{os.environ.get('SIDE_PORT', '0')}").mount(_app)
