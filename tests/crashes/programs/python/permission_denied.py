"""Writes where its user may not."""

import sys

with open(sys.argv[1], "w", encoding="utf-8") as state:
    state.write("started")
