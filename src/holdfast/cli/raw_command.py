"""A command that reads its own command line, as the group, shell completion and documents see it.

`holdfast wait` and `holdfast run` start before click is imported: it costs more than all they do.
"""

from collections.abc import Callable

import click

from holdfast.arguments.flags import Flag

_RAW = f"{__name__}.arguments"


class RawCommand(click.Command):
    """A command that leaves its arguments as they are."""

    def __init__(
        self,
        name: str,
        main: Callable[[list[str]], int],
        usage: Callable[[], str],
        flags: tuple[Flag, ...],
        summary: str,
    ) -> None:
        """`main` takes the arguments and answers the exit code; `usage` is the whole help."""
        # click adds a --help of its own.
        options: list[click.Parameter] = [_option(flag) for flag in flags if flag.key != "help"]
        super().__init__(name, help=summary, params=options)
        self._main = main
        self._usage = usage

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep them, "--" included."""
        ctx.meta[_RAW] = list(args)
        return []

    def get_help(self, ctx: click.Context) -> str:
        """The program's own text."""
        del ctx
        return self._usage()

    def invoke(self, ctx: click.Context) -> int:
        """Run it; the exit code, unless the process became another command."""
        return self._main(ctx.meta[_RAW])


def _option(flag: Flag) -> click.Option:
    return click.Option(
        list(flag.names),
        help=flag.help,
        is_flag=not flag.metavar,
        metavar=flag.metavar or None,
        multiple=flag.repeatable,
    )
