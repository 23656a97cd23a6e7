"""The flags with which kubectl reaches a cluster, passed through to it as they are.

Source: `kubectl options` of 1.36. Tokens and passwords stay out: kubectl reads them from the
kubeconfig, and a command line is visible to every user of the machine.
"""

from collections.abc import Callable
from typing import Any

import click

CONNECTION_FLAGS: dict[str, str] = {
    "context": "NAME",
    "kubeconfig": "FILE",
    "cluster": "NAME",
    "user": "NAME",
    "server": "URL",
    "as": "USER",
    "as-group": "GROUP",
    "as-uid": "UID",
    "certificate-authority": "FILE",
    "client-certificate": "FILE",
    "client-key": "FILE",
    "tls-server-name": "NAME",
    "request-timeout": "DURATION",
    "cache-dir": "DIR",
    "insecure-skip-tls-verify": "",
    "disable-compression": "",
}
_REPEATABLE = frozenset({"as-group"})
_SHOWN = frozenset({"context", "kubeconfig"})


def connection_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add every connection flag to a command; --help shows the two that people type."""
    for flag, metavar in reversed(CONNECTION_FLAGS.items()):
        option = click.option(
            f"--{flag}",
            flag.replace("-", "_"),
            metavar=metavar or None,
            is_flag=not metavar,
            multiple=flag in _REPEATABLE,
            hidden=flag not in _SHOWN,
            help="As in kubectl; the other connection flags of kubectl work too."
            if flag == "context"
            else "As in kubectl.",
        )
        function = option(function)
    return function
