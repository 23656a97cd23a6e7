"""Flags as a table, and how a command line is read by it.

Rules: a flag's value has one kind, which its metavar names; READERS holds the common kinds. What
stands behind "--" is a command and is left alone.
"""

from holdfast.arguments.errors import usage_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Reader = Callable[[str, str], object]
    """From a flag's name and its text to its value. Raises CommandLineError."""

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


class CommandLine:
    """Reads command lines of one program."""

    def __init__(self, program: str, flags: "tuple[Flag, ...]", readers: "Mapping[str, Reader]"):
        """`program` as people type it; `readers` by metavar, beside those of READERS."""
        self._program = program
        self._flags = {name: flag for flag in flags for name in flag.names}
        self._readers = {**READERS, **readers}

    def read(self, arguments: "list[str]", options: object) -> "tuple[list[str], list[str]]":
        """Set the flags on `options` by their keys; answers the other words and the command.

        Raises CommandLineError.
        """
        words: list[str] = []
        waiting = list(reversed(arguments))
        while waiting:
            word = waiting.pop()
            if word == "--":
                if not waiting:
                    raise usage_error(
                        "--", "nothing; expected a command behind it", "leave the -- out"
                    )
                return words, waiting[::-1]
            if word.startswith("-") and word != "-":
                self._set(options, word, waiting)
            else:
                words.append(word)
        return words, []

    def _set(self, options: object, word: str, waiting: "list[str]") -> None:
        name, value = _split(word)
        flag = self._flags.get(name)
        if flag is None:
            raise usage_error(name, "a flag that is not known", f"see {self._program} --help")
        if not flag.metavar:
            if value is not None:
                raise usage_error(
                    name, "a value behind a flag that takes none", "write the flag alone"
                )
            setattr(options, flag.key, True)
            return
        if value is None:
            if not waiting or waiting[-1] == "--":
                raise usage_error(
                    name, f"no value; expected {flag.metavar}", f"write {name} {flag.metavar}"
                )
            value = waiting.pop()
        if flag.repeatable:
            getattr(options, flag.key).append(value)
        else:
            setattr(options, flag.key, self._readers.get(flag.metavar, _as_is)(name, value))


def _split(word: str) -> "tuple[str, str | None]":
    """--timeout=5s, -t5s."""
    if word.startswith("--"):
        name, equals, value = word.partition("=")
        return name, value if equals else None
    return word[:2], word[2:].removeprefix("=") or None


def read_duration(name: str, text: str) -> float:
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
    raise usage_error(name, f"{text[:20]!r}; expected a duration", "write 30s, 1m30s, 500ms or 30")


def _read_format(name: str, text: str) -> str:
    if text not in _FORMATS:
        raise usage_error(name, f"{text[:20]!r}; expected text or json", "write -o json")
    return text


def _as_is(name: str, text: str) -> str:
    del name
    return text


READERS: "Mapping[str, Reader]" = {"DURATION": read_duration, "FORMAT": _read_format}
