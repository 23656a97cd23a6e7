"""`python -m orders` serves; `python -m orders migrate` creates the tables, whoever comes first."""

import asyncio
import os
import sys
import time

import uvicorn

from orders.app import create_app
from orders.faults import Faults
from orders.private import serve_private
from orders.settings import Settings, SettingsError
from orders.store import Store


def main(arguments: list[str]) -> int:
    """The exit code."""
    try:
        settings = Settings.read(os.environ)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if arguments == ["migrate"]:
        asyncio.run(Store(settings).migrate())
        return 0
    if arguments:
        sys.stderr.write(f"unknown argument {arguments[0]!r}; expected nothing or migrate\n")
        return 2
    faults = Faults.parse(settings.faults)
    time.sleep(faults.seconds("slow-start"))
    serve_private(settings.private_address, faults)
    uvicorn.run(
        create_app(settings, faults),
        host="0.0.0.0",
        port=settings.port + faults.is_on("wrong-port"),
        access_log=False,
        # Longer than the proxies in front, so that they close idle connections and not we.
        timeout_keep_alive=90,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
