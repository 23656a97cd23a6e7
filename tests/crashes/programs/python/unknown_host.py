"""Asks for a host that does not exist (RFC 6761 reserves .invalid for that)."""

import urllib.request

urllib.request.urlopen("http://orders.invalid/health")
