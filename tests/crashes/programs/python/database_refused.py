"""Connects to a PostgreSQL that does not listen, with the usual driver."""

import psycopg

psycopg.connect("host=127.0.0.1 port=1 dbname=orders user=app connect_timeout=2")
