"""The flags of `holdfast wait`, as a table: the parser, the help and shell completion read it.

What belongs here: names, meanings and the reading of values. What does not: what they do.
"""

from holdfast.arguments.errors import usage_error
from holdfast.arguments.flags import CommandLine, Flag

FLAGS = (
    Flag("-t --timeout", "DURATION", "Give up after this long, 0 for never (60s)."),
    Flag("--attempt-timeout", "DURATION", "Give one attempt this long (2s)."),
    Flag("-i --interval", "DURATION", "Pause between attempts (100ms, growing to 2s)."),
    Flag(
        "--login",
        "",
        "Use the credentials in the URLs: log in, open the database or virtual host. PostgreSQL, "
        "MySQL and Kafka need a driver for it.",
    ),
    Flag(
        "--until-migrated",
        "WHAT",
        "Log in and wait for a migration: alembic=REVISION or django=APP.NAME.",
    ),
    Flag("--invert", "", "Wait until no target is ready."),
    Flag("--keep-trying", "", "Do not stop at errors that waiting does not mend."),
    Flag("--env", "NAME", "Take a URL from this environment variable.", repeatable=True),
    Flag("--file", "FILE", "Take URLs from this file, one a line.", repeatable=True),
    Flag("-o --output", "FORMAT", "text or json, one object a line."),
    Flag("-q --quiet", "", "Print errors only."),
    Flag("-v --verbose", "", "Print every attempt."),
    Flag("-h --help", "", "Show this message and exit."),
)


class Options:
    """What was asked for; durations in seconds."""

    def __init__(self) -> None:
        """The defaults."""
        self.urls: list[str] = []
        self.command: list[str] = []
        self.timeout = 60.0
        self.attempt_timeout = 2.0
        self.interval: float | None = None
        self.login = False
        self.until_migrated = ""
        self.invert = False
        self.keep_trying = False
        self.env: list[str] = []
        self.file: list[str] = []
        self.output = "text"
        self.quiet = False
        self.verbose = False
        self.help = False


def parse_flags(arguments: "list[str]") -> Options:
    """Read the command line; everything behind "--" is the command. Raises CommandLineError."""
    options = Options()
    line = CommandLine("holdfast wait", FLAGS, {"WHAT": _migration})
    options.urls, options.command = line.read(arguments, options)
    return options


def _migration(name: str, text: str) -> str:
    tool, equals, what = text.partition("=")
    application, dot, migration = what.partition(".")
    right = (tool == "alembic" and what) or (tool == "django" and application and dot and migration)
    if not equals or not right:
        raise usage_error(
            name,
            f"{text[:40]!r}; expected alembic=REVISION or django=APP.NAME",
            "write --until-migrated alembic=ae1027a6acf",
        )
    return text
