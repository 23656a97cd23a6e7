"""Evidence before the end: the stacks of all threads and tasks on standard error.

SIGKILL leaves nothing behind; these lines are what a diagnosis can read afterwards. Rules: written
with plain system calls, because the process may be in any state; code and line numbers only, never
values.
"""

import asyncio
import faulthandler
import io
import os
import sys

from holdfast.life.sequence import FORCED_EXIT_CODE

MARK = "holdfast: forced exit"
"""How the line with the reason begins, for people and programs that search logs."""
_ERROR_DESCRIPTOR = 2
_MOST_TASKS = 100


def dump_stacks(reason: str, loop: asyncio.AbstractEventLoop | None) -> None:
    """Write the reason, then every thread, then at most 100 tasks of the loop."""
    _write(f"{MARK}: {reason} (exit code {FORCED_EXIT_CODE}); stacks of all threads and tasks:\n")
    try:
        faulthandler.dump_traceback(_ERROR_DESCRIPTOR, all_threads=True)
    except (OSError, ValueError, RuntimeError):
        _write("the stacks of the threads cannot be written\n")
    if loop is not None:
        _write(_tasks(loop))


def flush_streams() -> None:
    """What was printed is not lost; `os._exit` does not do it."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            continue


def _tasks(loop: asyncio.AbstractEventLoop) -> str:
    text = io.StringIO()
    try:
        tasks = asyncio.all_tasks(loop)
        for task in list(tasks)[:_MOST_TASKS]:
            task.print_stack(file=text)
    except RuntimeError as error:
        # The set of tasks changes under our hands: the loop is alive.
        text.write(f"the tasks cannot be listed: {error}\n")
    return text.getvalue()


def _write(text: str) -> None:
    try:
        os.write(_ERROR_DESCRIPTOR, text.encode("utf-8", "replace"))
    except OSError:
        # Nobody reads standard error any more; the exit goes on.
        return
