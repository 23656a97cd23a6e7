"""TLS: the handshake and the certificate, whatever is spoken inside."""

from holdfast.dependencies.handshakes.tcp import converse

__all__ = ["SCHEMES", "TLS_SCHEMES", "converse"]

SCHEMES = {"tls": 443}
TLS_SCHEMES = frozenset(("tls",))
