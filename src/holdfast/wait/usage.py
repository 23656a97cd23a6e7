"""The help of `holdfast wait`, written from the table of its flags."""

from holdfast.wait.flags import FLAGS

SUMMARY = "Wait until every dependency is there, then run a command."

_DETAILS = """
  URL is one of postgres:// mysql:// mariadb:// redis:// kafka:// amqp:// nats:// http:// https://
  grpc:// tcp:// tls:// dns:// unix://. All are asked side by side, with the greeting of their
  protocol: no driver, no credentials on the wire unless --login is given.

  Several hosts in one URL: one of them is enough. kafka://k1,k2?min_brokers=2 wants two brokers in
  the metadata. The command replaces this process, so that it receives SIGTERM itself.
"""
EXIT_CODES = (
    "Exit codes: 0 all ready (or that of CMD), 2 usage, 3 an error that waiting does not mend, "
    "124 time-out, 126 CMD cannot be executed, 127 CMD not found, 130 SIGINT, 143 SIGTERM."
)
_COLUMN = 30
_WIDTH = 98


def usage() -> str:
    """The whole text."""
    lines = ["Usage: holdfast wait [OPTIONS] URL... [-- CMD [ARGUMENT]...]", "", f"  {SUMMARY}"]
    lines += [_DETAILS, "Options:"]
    for flag in FLAGS:
        names = ", ".join(flag.names) + (f" {flag.metavar}" if flag.metavar else "")
        wrapped = _wrap(flag.help, _WIDTH - _COLUMN)
        lines.append(f"  {names:{_COLUMN - 2}}{wrapped[0]}")
        lines += [" " * _COLUMN + line for line in wrapped[1:]]
    lines += ["", *("  " + line for line in _wrap(EXIT_CODES, _WIDTH - 2))]
    return "\n".join(lines) + "\n"


def _wrap(text: str, width: int) -> "list[str]":
    """What `textwrap` does for four times the start of this program."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return lines
