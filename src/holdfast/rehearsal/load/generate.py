"""The load generator as a process of its own: `python -m holdfast.rehearsal.load.generate PLAN`.

A process of its own because sending takes time that probes must not wait for. It reads one word a
line: a phase, or "stop"; then it prints what it counted, as JSON. The end of its input stops it.
"""

import asyncio
import json
import sys

from holdfast.rehearsal.load.client import Clients
from holdfast.rehearsal.load.plan import LoadPlan
from holdfast.rehearsal.load.tally import Phase, tallies_to_plain

_STOP = "stop"


async def _generate(plan: LoadPlan) -> None:
    clients = Clients(plan)
    sending = asyncio.ensure_future(clients.run())
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    while (word := (await reader.readline()).decode().strip()) != _STOP:
        if not word:
            # holdfast is gone.
            return
        clients.phase = Phase(word)
    sending.cancel()
    await clients.finish()
    sys.stdout.write(json.dumps(tallies_to_plain(clients.tallies)))


if __name__ == "__main__":
    asyncio.run(_generate(LoadPlan(**json.loads(sys.argv[1]))))
