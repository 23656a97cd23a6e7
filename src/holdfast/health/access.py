"""Who may see more of a service's health than one word."""


class Access:
    """The rule for one port: a bearer token, and loopback peers where they are trusted."""

    def __init__(self, token: str | None, *, on_loopback: bool) -> None:
        """Without either, nobody."""
        self._token = token.encode() if token else None
        self._on_loopback = on_loopback

    def allows(self, authorization: bytes, peer: str) -> bool:
        """By the Authorization header and the peer's address."""
        if self._token is not None:
            # Imported here: a service that shows no detail never pays for it.
            import hmac

            scheme, _, given = authorization.partition(b" ")
            if scheme.lower() == b"bearer" and hmac.compare_digest(given.strip(), self._token):
                return True
        return self._on_loopback and _is_loopback(peer)


def _is_loopback(peer: str) -> bool:
    import ipaddress

    try:
        return ipaddress.ip_address(peer.partition("%")[0]).is_loopback
    except ValueError:
        return False
