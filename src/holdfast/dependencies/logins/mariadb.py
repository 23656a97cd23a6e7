"""MariaDB, under its own name."""

from holdfast.dependencies.logins.mysql import DRIVERS, EXTRA, SQL, log_in

__all__ = ["DRIVERS", "EXTRA", "SQL", "log_in"]
