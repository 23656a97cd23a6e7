"""Imports a package that the image does not have."""

import orders_client_not_installed  # noqa: F401
