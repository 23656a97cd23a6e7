"""The help of a program, written from the table of its flags."""

from holdfast.arguments.flags import Flag

_COLUMN = 30
_WIDTH = 98


def usage(synopsis: str, summary: str, details: str, flags: "tuple[Flag, ...]", codes: str) -> str:
    """The whole text. `details` is a paragraph or more, indented; `codes` the exit codes."""
    lines = [f"Usage: {synopsis}", "", f"  {summary}", details, "Options:"]
    for flag in flags:
        names = ", ".join(flag.names) + (f" {flag.metavar}" if flag.metavar else "")
        wrapped = _wrap(flag.help, _WIDTH - _COLUMN)
        lines.append(f"  {names:{_COLUMN - 2}}{wrapped[0]}")
        lines += [" " * _COLUMN + line for line in wrapped[1:]]
    lines += ["", *("  " + line for line in _wrap(codes, _WIDTH - 2))]
    return "\n".join(lines) + "\n"


def _wrap(text: str, width: int) -> "list[str]":
    """What `textwrap` does for four times the start of such a program."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return lines
