"""Frozen values that every other package speaks: pods, events, evidence, findings, edits.

What belongs here: plain data, and arithmetic on it that needs nothing else. What does not: reading
(`sources`), opinions (`diagnosis`), text for people (`reports`), and anything with a clock, a file
or a socket. Field names are those of the Kubernetes API in snake case.
"""
