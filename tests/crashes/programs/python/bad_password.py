"""Connects to a real PostgreSQL with a password it does not accept."""

import sys

import psycopg

psycopg.connect(f"host=127.0.0.1 port={sys.argv[1]} dbname=postgres user=postgres password=wrong")
