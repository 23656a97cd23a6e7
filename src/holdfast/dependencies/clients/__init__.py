"""Questions to clients that applications already have: one file per library, named like it.

What a module holds is described in ask_client.py.
"""
