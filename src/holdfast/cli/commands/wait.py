"""`holdfast wait`, as the group, shell completion and the documents see it.

The waiter reads its own command line, and `entry` calls it before click is imported: click costs
more than the whole wait. This file keeps no flag of its own.
"""

import click

from holdfast.wait.command import main
from holdfast.wait.flags import FLAGS
from holdfast.wait.usage import SUMMARY, usage

_RAW = f"{__name__}.arguments"


class WaitCommand(click.Command):
    """A command that leaves its arguments as they are."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep them, "--" included."""
        ctx.meta[_RAW] = list(args)
        return []

    def get_help(self, ctx: click.Context) -> str:
        """The waiter's own text."""
        del ctx
        return usage()

    def invoke(self, ctx: click.Context) -> int:
        """Wait; the exit code, unless the process became another command."""
        return main(ctx.meta[_RAW])


command = WaitCommand(
    "wait",
    help=SUMMARY,
    params=[
        click.Option(
            list(flag.names),
            help=flag.help,
            is_flag=not flag.metavar,
            metavar=flag.metavar or None,
            multiple=flag.repeatable,
        )
        for flag in FLAGS
        if flag.key != "help"
    ],
)
