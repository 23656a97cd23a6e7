"""The entry points `holdfast` and `kubectl-holdfast`.

Rules: `--version`, `wait` and `run` answer before anything heavy is imported. Errors of every
layer become exit codes here and nowhere else; a traceback is shown with --debug only.
"""

import gc
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
    # What is imported is no garbage, and to look for some all the while is a fortieth of a start.
    # It is looked for again once the command is there.
    gc.disable()
    from holdfast.cli.run_command import run_command

    sys.exit(run_command(program_name(sys.argv[0]), arguments))


def program_name(argv0: str) -> str:
    """ "kubectl holdfast" when called as a kubectl plugin, so that usage texts can be copied."""
    from pathlib import PurePath

    name = PurePath(argv0).name
    return "kubectl holdfast" if name.startswith("kubectl-holdfast") else "holdfast"
