"""What the waiter says: one line for each change, as text or as JSON.

Rules: text goes to standard error. JSON goes to standard output, unless a command follows: that
belongs to the command then. Everything is a field of an event first, so both say the same. Nothing
here holds a secret: targets print themselves masked, and details come from verdicts.
"""

import posix
import time

from holdfast.dependencies.words import json_string

TYPE_CHECKING = False
if TYPE_CHECKING:
    from holdfast.dependencies.target import Target
    from holdfast.dependencies.verdict import Verdict

_OUT, _ERR = 1, 2


class Report:
    """Writes events. `quiet` keeps failures only, `verbose` adds every attempt."""

    def __init__(self, output: str, *, quiet: bool, verbose: bool, command_follows: bool) -> None:
        """`output` is text or json."""
        self._json = output == "json"
        self._quiet = quiet
        self._verbose = verbose
        self._descriptor = _OUT if self._json and not command_follows else _ERR

    def attempt(
        self, target: "Target", verdict: "Verdict", number: int, elapsed: float, *, changed: bool
    ) -> None:
        """One attempt ended; `changed` when its state is another than that of the one before."""
        if self._quiet or not (changed or self._verbose):
            return
        if self._json:
            self._write_json(
                event="changed" if changed else "attempt",
                target=str(target),
                state=verdict.state,
                detail=verdict.detail,
                permanent=verdict.permanent,
                attempt=number,
                attempt_seconds=round(verdict.seconds, 4),
                elapsed_seconds=round(elapsed, 3),
            )
        else:
            tries = f"attempt {number}, {elapsed:.1f} s"
            self._write(f"{target}  {verdict.state}  {verdict.detail}  ({tries})")

    def ready(self, count: int, elapsed: float, *, invert: bool) -> None:
        """Everything is as it was wanted."""
        if self._quiet:
            return
        if self._json:
            self._write_json(event="ready", code=0, elapsed_seconds=round(elapsed, 3))
        else:
            what = "no target is ready any more" if invert else f"all {count} ready"
            self._write(f"{what} after {elapsed:.1f} s" if count > 1 or invert else (
                f"ready after {elapsed:.1f} s"
            ))  # fmt: skip

    def failed(self, code: int, message: str, elapsed: float) -> None:
        """The wait is over, and not as it was wanted. `message` has four parts."""
        if self._json:
            self._write_json(
                event="failed", code=code, message=message, elapsed_seconds=round(elapsed, 3)
            )
        else:
            self._write(message)

    def _write(self, text: str) -> None:
        self._put(f"holdfast wait: {text}\n")

    def _write_json(self, **fields: object) -> None:
        head = {"apiVersion": "holdfast/v1", "kind": "WaitEvent", "time": _now()}
        pairs = (f"{json_string(name)}:{_json(value)}" for name, value in (head | fields).items())
        self._put("{" + ",".join(pairs) + "}\n")

    def _put(self, text: str) -> None:
        """Without a buffer: nothing is left to be written when the process becomes the command."""
        data = text.encode("utf-8", "backslashreplace")
        try:
            while data:
                data = data[posix.write(self._descriptor, data) :]
        except OSError:
            # The reader went away; the wait itself is what counts.
            return


def _json(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return json_string(value) if isinstance(value, str) else str(value)


def _now() -> str:
    now = time.time()
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now % 1 * 1000):03}Z"
