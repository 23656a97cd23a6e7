"""The service of the matrix for WSGI servers."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from tests.real.zero_loss.services import BODY, HEADERS, HELD, SECONDS, life


def _wsgi(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    time.sleep(SECONDS)
    start_response("200 OK", [(name.decode(), value.decode()) for name, value in HEADERS])
    return [BODY]


wsgi: Any = life().wsgi(_wsgi) if HELD else _wsgi
