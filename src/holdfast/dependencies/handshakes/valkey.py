"""Valkey, under its own name: the protocol is that of Redis."""

from holdfast.dependencies.handshakes.redis import SCHEMES, TLS_SCHEMES, converse

__all__ = ["SCHEMES", "TLS_SCHEMES", "converse"]
