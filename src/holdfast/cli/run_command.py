"""Runs one command and turns its outcome into an exit code.

Commands are found by name: `holdfast NAME` is the module `commands/NAME.py` with its `command`.
"""

import gc
import importlib
import pkgutil
import sys

import click

from holdfast import __version__
from holdfast.cli import commands
from holdfast.cli.exit_codes import ExitCode
from holdfast.model.errors import HoldfastError, TimeLimitError


class LazyGroup(click.Group):
    """A group that imports a command only when it is called or its help is shown."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every module below commands/, in order of name."""
        del ctx
        return sorted(info.name for info in pkgutil.iter_modules(commands.__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module, or None for a name that nobody has."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"{commands.__name__}.{cmd_name}")
        gc.enable()
        command: click.Command = module.command
        return command


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 clean, 1 findings, 2 usage, 3 nothing examined, 124 time-out, "
    "130 interrupted.",
)
@click.version_option(__version__, prog_name="holdfast", message="%(prog)s %(version)s")
def root() -> None:
    """Find out why Kubernetes pods keep restarting."""


def run_command(program: str, arguments: list[str]) -> int:
    """Run the command line `arguments` and answer its exit code."""
    debug = "--debug" in arguments
    try:
        outcome = root.main(args=arguments, prog_name=program, standalone_mode=False)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except (click.Abort, KeyboardInterrupt):
        return _fail("interrupted", ExitCode.INTERRUPTED, debug)
    except click.ClickException as error:
        error.show()
        return ExitCode.USAGE
    except TimeLimitError as error:
        return _fail(str(error), ExitCode.TIMED_OUT, debug)
    except HoldfastError as error:
        return _fail(str(error), ExitCode.NOTHING_EXAMINED, debug)
    except BrokenPipeError:
        # The reader of our output went away (`| head`): not an error of ours.
        sys.stderr.close()
        return ExitCode.CLEAN
    except Exception as error:  # noqa: BLE001 - the last line of defence
        return _fail(_unexpected(error), ExitCode.NOTHING_EXAMINED, debug)
    return outcome if isinstance(outcome, int) else ExitCode.CLEAN


def _unexpected(error: Exception) -> str:
    return (
        f"this is a defect of holdfast {__version__}: {type(error).__name__}: {error}\n"
        "  next: run the same command with --debug, and report what it prints"
    )


def _fail(message: str, code: ExitCode, debug: bool) -> int:
    if debug:
        import traceback

        traceback.print_exc()
    click.echo(f"holdfast: {message}", err=True)
    return code
