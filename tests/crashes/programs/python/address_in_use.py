"""Listens twice on the same port."""

import socket

first = socket.create_server(("127.0.0.1", 0))
socket.create_server(first.getsockname())
