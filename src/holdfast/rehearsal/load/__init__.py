"""Requests that keep coming while a pod is rehearsed, above all while it is stopped.

Files: `plan.py` what is sent, `client.py` sends it, `tally.py` counts, `generate.py` is the process
that does both, `generator.py` is holdfast's end of it, `summarize.py` tells people.
"""
