"""`holdfast run` from its arguments to its exit code.

Rules: everything that can be wrong is found before the command starts: the command line, a budget
that cannot hold, a command that is not there.
"""

import os
import sys

from holdfast.arguments.errors import USAGE, CommandLineError
from holdfast.arguments.execute import find_command
from holdfast.life.page import VARIABLE, create_page
from holdfast.life.settings import LifeError
from holdfast.run.flags import Options, parse_flags
from holdfast.run.kernel import adopt_orphans
from holdfast.run.plan import make_plan
from holdfast.run.report import Report
from holdfast.run.stale_pages import lock, remove_stale
from holdfast.run.supervisor import Supervisor

_INIT = 1
_ROOT = 0
# Readable and writable for the command that gives up root (gosu, su-exec).
_FOR_EVERYBODY = 0o666


def main(arguments: "list[str]") -> int:
    """Run the command behind "--" to its end. Answers the exit code."""
    try:
        options = parse_flags(arguments)
        if options.help:
            from holdfast.run.usage import usage

            sys.stdout.write(usage())
            return 0
        return _run(options)
    except LifeError as error:
        return _refuse(USAGE, str(error))
    except CommandLineError as error:
        return _refuse(error.code, str(error))


def _run(options: Options) -> int:
    plan = make_plan(options, os.environ)
    path = find_command(options.command[0])
    report = Report(options.output, quiet=options.quiet)
    for note in plan.budget.notes:
        report.say("plan", note)
    if os.getpid() != _INIT and not adopt_orphans():
        report.say("plan", "orphans cannot be adopted here: what leaves the process tree stays")
    page = create_page()
    try:
        lock(page.path)
        remove_stale(os.path.dirname(page.path))
        if os.geteuid() == _ROOT:
            os.chmod(page.path, _FOR_EVERYBODY)
        os.environ.update({VARIABLE: page.path, **plan.variables})
        return Supervisor(plan, options, page, report).run(path, options.command)
    finally:
        os.unlink(page.path)


def _refuse(code: int, message: str) -> int:
    sys.stderr.write(f"holdfast run: {message}\n")
    return code
