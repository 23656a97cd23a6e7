"""Regular expressions that are compiled when they are first asked.

Rules: modules define theirs with `regex`, not with `re.compile`. A small file needs 48 of the 249
that `holdfast check` imports, and compiling all of them was an eighth of its time.
"""

import re
from typing import Any, cast


def regex(text: str, flags: int = 0) -> re.Pattern[str]:
    """What `re.compile` answers."""
    return cast("re.Pattern[str]", _Regex(text, flags))


class _Regex:
    """Stands for a compiled pattern."""

    def __init__(self, text: str, flags: int) -> None:
        self._source = text, flags

    def __getattr__(self, name: str) -> Any:
        """An attribute of the pattern, kept here: the next one who asks finds it at once."""
        value = getattr(re.compile(*self._source), name)
        setattr(self, name, value)
        return value
