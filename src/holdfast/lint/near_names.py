"""Slips of a name: which of those that exist it probably means."""

from collections.abc import Collection


def nearest(name: str, known: Collection[str], cutoff: float = 0.6) -> str:
    """The known name most like this one; "" where none is. `cutoff` is as in `difflib`."""
    if not known:
        return ""
    import difflib

    close = difflib.get_close_matches(name, known, 1, cutoff)
    return close[0] if close else ""
