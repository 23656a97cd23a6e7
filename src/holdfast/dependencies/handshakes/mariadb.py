"""MariaDB, under its own name: the protocol is that of MySQL."""

from holdfast.dependencies.handshakes.mysql import SCHEMES, TLS_SCHEMES, converse

__all__ = ["SCHEMES", "TLS_SCHEMES", "converse"]
