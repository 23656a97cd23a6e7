"""The flags of `holdfast wait`, as a table: the parser here, the help and shell completion read it.

`argparse` and click cost more than the whole wait (docs/specs/service.md 11.5). What belongs here:
names, meanings and the reading of values. What does not: what they do.
"""

from holdfast.wait.errors import USAGE, WaitError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

# Go durations, as Kubernetes writes them.
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_FORMATS = ("text", "json")


class Flag:
    """One flag: its names, the kind of its value ("" for none), and its help."""

    __slots__ = ("help", "metavar", "names", "repeatable")

    def __init__(self, names: str, metavar: str, help: str, *, repeatable: bool = False) -> None:  # noqa: A002
        """`names` as they are written, the long one last: "-t --timeout"."""
        self.names = tuple(names.split())
        self.metavar = metavar
        self.help = help
        self.repeatable = repeatable

    @property
    def key(self) -> str:
        """The long name without its dashes: "attempt_timeout"."""
        return self.names[-1].removeprefix("--").replace("-", "_")


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
    """Read the command line; everything behind "--" is the command. Raises WaitError."""
    options = Options()
    by_name = {name: flag for flag in FLAGS for name in flag.names}
    waiting = list(reversed(arguments))
    while waiting:
        word = waiting.pop()
        if word == "--":
            options.command = waiting[::-1]
            if not options.command:
                raise _usage("--", "nothing; expected a command behind it", "leave the -- out")
            break
        if not word.startswith("-") or word == "-":
            options.urls.append(word)
            continue
        name, value = _split(word)
        flag = by_name.get(name)
        if flag is None:
            raise _usage(name, "a flag that is not known", "see holdfast wait --help")
        _set(options, flag, name, value, waiting)
    return options


def _split(word: str) -> "tuple[str, str | None]":
    """--timeout=5s, -t5s."""
    if word.startswith("--"):
        name, equals, value = word.partition("=")
        return name, value if equals else None
    return word[:2], word[2:].removeprefix("=") or None


def _set(options: Options, flag: Flag, name: str, value: str | None, waiting: "list[str]") -> None:
    if not flag.metavar:
        if value is not None:
            raise _usage(name, "a value behind a flag that takes none", "write the flag alone")
        setattr(options, flag.key, True)
        return
    if value is None:
        if not waiting or waiting[-1] == "--":
            raise _usage(name, f"no value; expected {flag.metavar}", f"write {name} {flag.metavar}")
        value = waiting.pop()
    if flag.repeatable:
        getattr(options, flag.key).append(value)
    else:
        setattr(options, flag.key, _READERS.get(flag.metavar, _as_is)(name, value))


def _duration(name: str, text: str) -> float:
    """Seconds from "90", "1.5s", "1m30s" or "500ms". A bare number is seconds."""
    number, total, digits = "", 0.0, "0123456789."
    rest = text
    while rest:
        length = next((i for i, c in enumerate(rest) if c not in digits), len(rest))
        number, rest = rest[:length], rest[length:]
        unit = next(
            (u for u in _UNITS if rest.startswith(u)), "" if not rest and not total else "?"
        )
        rest = rest[len(unit) :]
        if number.count(".") > 1 or not number.strip(".") or unit == "?":
            break
        total += float(number) * _UNITS[unit or "s"]
    else:
        if text and total < float("inf"):
            return total
    raise _usage(name, f"{text[:20]!r}; expected a duration", "write 30s, 1m30s, 500ms or 30")


def _format(name: str, text: str) -> str:
    if text not in _FORMATS:
        raise _usage(name, f"{text[:20]!r}; expected text or json", "write -o json")
    return text


def _migration(name: str, text: str) -> str:
    tool, equals, what = text.partition("=")
    application, dot, migration = what.partition(".")
    right = (tool == "alembic" and what) or (tool == "django" and application and dot and migration)
    if not equals or not right:
        raise _usage(
            name,
            f"{text[:40]!r}; expected alembic=REVISION or django=APP.NAME",
            "write --until-migrated alembic=ae1027a6acf",
        )
    return text


def _as_is(name: str, text: str) -> str:
    del name
    return text


_READERS: "dict[str, Callable[[str, str], object]]" = {
    "DURATION": _duration,
    "FORMAT": _format,
    "WHAT": _migration,
}


def _usage(where: str, found: str, next_step: str) -> WaitError:
    return WaitError(USAGE, "reading the command line", where, found, next_step)
