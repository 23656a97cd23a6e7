"""Reads a variable that nobody set."""

import os

print("connecting to", os.environ["DATABASE_URL"])
