"""Logins by a driver: one file per protocol, see log_in.py for what it holds."""
