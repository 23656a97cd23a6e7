"""The error of a command line, and the exit codes of a command that cannot be started."""

USAGE = 2
NOT_EXECUTABLE = 126
NOT_FOUND = 127
SIGNALLED = 128
"""Plus the number of the signal: 130 for SIGINT, 143 for SIGTERM.

2 and 130 are those of every holdfast command (docs/architecture.md), 126 and 127 those of sh(1),
env(1) and timeout(1).
"""


class CommandLineError(Exception):
    """What ends a program before it began, in four parts, with its exit code."""

    def __init__(self, code: int, doing: str, where: str, found: str, next_step: str) -> None:
        """Keep the parts."""
        super().__init__(doing, where, found, next_step)
        self.code = code
        self.parts = (doing, where, found, next_step)

    def __str__(self) -> str:
        """The parts as people read them."""
        doing, where, found, next_step = self.parts
        return f"{doing}: {where}\n  found: {found}\n  next: {next_step}"


def usage_error(where: str, found: str, next_step: str) -> CommandLineError:
    """A flag or an argument that cannot be used."""
    return CommandLineError(USAGE, "reading the command line", where, found, next_step)
