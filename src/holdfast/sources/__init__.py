"""Bytes to model: reads clusters, dumps, archives and pasted text into one Snapshot.

What belongs here: recognising a format by its content, reading it within fixed bounds, and saying
what could not be read. What does not: opinions about what was read. One file per format below
`formats/`, found by import; formats do not know each other, what they share stands beside them.
"""
