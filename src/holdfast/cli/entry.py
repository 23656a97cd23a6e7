"""The entry points `holdfast` and `kubectl-holdfast`.

Rules: `--version`, `wait` and `run` answer before anything heavy is imported. Errors of every
layer become exit codes here and nowhere else; a traceback is shown with --debug only.
"""

import atexit
import gc
import os
import sys

from holdfast import __version__


def main() -> None:
    """Run the command line of this process and exit with its code."""
    arguments = sys.argv[1:]
    if arguments in (["--version"], ["version"]):
        sys.stdout.write(f"holdfast {__version__}\n")
        return
    if arguments[:1] == ["wait"]:
        # Standard library only, and less of it than click needs (docs/specs/service.md 11.5).
        from holdfast.wait.command import leave
        from holdfast.wait.command import main as wait

        leave(wait(arguments[1:]))
    if arguments[:1] == ["run"]:
        from holdfast.run.command import main as run

        sys.exit(run(arguments[1:]))
    ended: list[int] = []
    if not atexit._ncallbacks():  # noqa: SLF001 - none that came first, and would never be called
        atexit.register(_leave, ended)
    # What is imported is no garbage, and to look for some all the while is a fortieth of a start.
    # It is looked for again once the command is there.
    gc.disable()
    from holdfast.cli.run_command import run_command

    ended.append(run_command(program_name(sys.argv[0]), arguments))
    sys.exit(ended[0])


def program_name(argv0: str) -> str:
    """ "kubectl holdfast" when called as a kubectl plugin, so that usage texts can be copied."""
    from pathlib import PurePath

    name = PurePath(argv0).name
    return "kubectl holdfast" if name.startswith("kubectl-holdfast") else "holdfast"


def _leave(ended: list[int]) -> None:
    """End the process with the code in `ended`, without freeing one by one all that was read.

    That took a twentieth of a long check. What is registered first is called last: threads have
    ended by now, and every other handler has run.
    """
    if not ended:
        return
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        # Closed, or nobody reads any more: the interpreter knows what to say.
        return
    os._exit(ended[0])
