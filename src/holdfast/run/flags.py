"""The flags of `holdfast run`, as a table: the parser, the help and shell completion read it.

What belongs here: names, meanings and the reading of values. What does not: what they do.
"""

from holdfast.arguments.errors import usage_error
from holdfast.arguments.flags import CommandLine, Flag
from holdfast.run.signals import SIGQUIT, SIGTERM, STOPS, number_of

FLAGS = (
    Flag("-d --drain", "DURATION", "Serve on for this long after SIGTERM (5s)."),
    Flag("--in-flight", "DURATION", "Then wait this long for requests in flight (30s)."),
    Flag("--forced", "DURATION", "Then give what was cancelled this long (10s)."),
    Flag("--release", "DURATION", "Then give the release of resources this long (0s)."),
    Flag(
        "-g --grace",
        "DURATION",
        "The pod's terminationGracePeriodSeconds; else HOLDFAST_GRACE_SECONDS. What was not given "
        "shrinks to fit into it.",
    ),
    Flag(
        "--pre-stop",
        "DURATION",
        "What a preStop hook spends of the grace period; else HOLDFAST_PRE_STOP_SECONDS.",
    ),
    Flag("-s --stop-signal", "SIGNAL", "The signal that asks CMD to stop (TERM)."),
    Flag(
        "--dump-signal",
        "SIGNAL",
        "Sent 2 s before the end to processes that handle it, for the dump of their stacks: the "
        "JVM and Go know QUIT (QUIT). none for no signal.",
    ),
    Flag(
        "--termination-log",
        "FILE",
        "Where the reason of an end that CMD did not choose goes (/dev/termination-log).",
    ),
    Flag("-o --output", "FORMAT", "text or json, one object a line, on standard error."),
    Flag("-q --quiet", "", "Print errors only."),
    Flag("-h --help", "", "Show this message and exit."),
)


class Options:
    """What was asked for; durations in seconds, None where the plan decides."""

    def __init__(self) -> None:
        """The defaults."""
        self.command: list[str] = []
        self.drain: float | None = None
        self.in_flight: float | None = None
        self.forced: float | None = None
        self.release: float | None = None
        self.grace: float | None = None
        self.pre_stop: float | None = None
        self.stop_signal = SIGTERM
        self.dump_signal = SIGQUIT
        self.termination_log = "/dev/termination-log"
        self.output = "text"
        self.quiet = False
        self.help = False


def parse_flags(arguments: "list[str]") -> Options:
    """Read the command line; everything behind "--" is the command. Raises CommandLineError."""
    options = Options()
    words, options.command = CommandLine("holdfast run", FLAGS, {"SIGNAL": _signal}).read(
        arguments, options
    )
    if options.help:
        return options
    if words:
        raise usage_error(
            words[0], "a word before --; expected flags only", "holdfast run [OPTIONS] -- CMD"
        )
    if not options.command:
        raise usage_error("holdfast run", "no command; expected -- CMD", "holdfast run -- CMD")
    if options.stop_signal not in STOPS:
        names = ", ".join(STOPS.values())
        raise usage_error(
            "--stop-signal",
            "a signal that nothing can handle as a stop; expected one of " + names,
            "give the STOPSIGNAL of the image",
        )
    return options


def _signal(name: str, text: str) -> int:
    number = number_of(text)
    if number is None:
        raise usage_error(
            name, f"{text[:20]!r}; expected the name of a signal", "write TERM, SIGTERM or 15"
        )
    return number
