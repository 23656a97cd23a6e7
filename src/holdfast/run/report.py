"""What the supervisor says, on standard error: text or one JSON object a line.

Rules: one write for each line, so that lines of the command and of the supervisor do not mix. A
reader that has gone changes nothing: the stop goes on.
"""

import os
from time import time

_ERROR_DESCRIPTOR = 2


class Report:
    """Writes lines; `step` is a word that programs can search for."""

    def __init__(self, form: str, *, quiet: bool) -> None:
        """`form` is text or json; quiet leaves out what is no error."""
        self._json = form == "json"
        self._quiet = quiet

    def say(self, step: str, text: str, *, error: bool = False, **fields: object) -> None:
        """One line. Fields are numbers or texts, for JSON."""
        if self._quiet and not error:
            return
        line = self._object(step, text, error, fields) if self._json else f"holdfast run: {text}"
        try:
            os.write(_ERROR_DESCRIPTOR, f"{line}\n".encode("utf-8", "replace"))
        except OSError:
            return

    @staticmethod
    def _object(step: str, text: str, error: bool, fields: "dict[str, object]") -> str:
        # Imported where it is asked for: it costs as much as the interpreter.
        import json

        level = "error" if error else "info"
        head = {"time": round(time(), 3), "level": level, "step": step, "message": text}
        return json.dumps({"logger": "holdfast.run", **head, **fields})
