"""Fixes: from a verdict to a patch of the object that the user owns.

What belongs here: what to change for which cause, as field paths and as spans of the user's own
text. What does not: reading files, and judging causes. Entry point: `propose.propose`.
"""
