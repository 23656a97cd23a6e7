"""`holdfast wait` from its arguments to its exit code.

Rules: everything that can be wrong with the command line is found before the first attempt. SIGTERM
and SIGINT end the wait at once, also as PID 1, where the kernel drops signals without a handler.
"""

import _thread
import posix
import sys
from _signal import (  # type: ignore[import-not-found]  # `signal` imports enum
    SIG_IGN,
    SIGHUP,
    SIGINT,
    SIGTERM,
    getsignal,
    signal,
)

from holdfast.arguments.errors import SIGNALLED, USAGE, CommandLineError
from holdfast.dependencies.errors import TargetError
from holdfast.dependencies.target import parse_target
from holdfast.wait.errors import READY
from holdfast.wait.flags import parse_flags
from holdfast.wait.report import Report
from holdfast.wait.wait_for import wait_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from holdfast.dependencies.target import Target
    from holdfast.wait.flags import Options


class _StoppedError(Exception):
    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def main(arguments: "list[str]") -> int:
    """Wait as the arguments say. Answers the exit code, or becomes the command behind "--"."""
    try:
        _listen_to_signals()
        return _run(arguments)
    except _StoppedError as stop:
        return SIGNALLED + stop.number
    except TargetError as error:
        return _refuse(USAGE, str(error))
    except CommandLineError as error:
        return _refuse(error.code, str(error))


def leave(code: int) -> None:
    """End the process with a code, at once where a look-up or a login still hangs on its thread.

    An interpreter that is taken down beside a thread in a C library may crash, and the code of the
    crash would be taken for ours.
    """
    # `threading.active_count` and `os._exit` are these; their modules would be imported for them.
    if _thread._count() == 0:  # noqa: SLF001
        sys.exit(code)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            # Nobody reads any more.
            continue
    posix._exit(code)  # noqa: SLF001


def _run(arguments: "list[str]") -> int:
    options = parse_flags(arguments)
    if options.help:
        from holdfast.wait.usage import usage

        sys.stdout.write(usage())
        return READY
    targets = _targets(options)
    command = _command(options)
    report = Report(
        options.output,
        quiet=options.quiet,
        verbose=options.verbose,
        command_follows=bool(command),
    )
    code = wait_for(targets, options, report)
    if code == READY and command:
        from holdfast.arguments.execute import execute

        execute(command, options.command)
    return code


def _command(options: "Options") -> str:
    if not options.command:
        return ""
    from holdfast.arguments.execute import find_command

    return find_command(options.command[0])


def _targets(options: "Options") -> "list[Target]":
    urls = options.urls
    if options.env or options.file:
        from holdfast.wait.url_sources import from_environment, from_files

        urls = urls + from_environment(options.env) + from_files(options.file)
    if not urls:
        raise CommandLineError(
            USAGE,
            "reading the command line",
            "holdfast wait",
            "nothing to wait for; expected at least one URL",
            "holdfast wait postgres://db:5432/app redis://cache -- CMD",
        )
    login = options.login or bool(options.until_migrated)
    targets = [parse_target(url, login=login) for url in urls]
    if login:
        from holdfast.dependencies.log_in import check_driver

        for target in targets:
            check_driver(target, options.until_migrated)
    return targets


def _listen_to_signals() -> None:
    def stop(number: int, frame: object) -> None:
        del frame
        raise _StoppedError(number)

    for number in (SIGTERM, SIGINT, SIGHUP):
        if getsignal(number) is not SIG_IGN:
            # What was ignored on purpose (nohup) stays ignored.
            signal(number, stop)


def _refuse(code: int, message: str) -> int:
    sys.stderr.write(f"holdfast wait: {message}\n")
    return code
