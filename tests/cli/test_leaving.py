"""A process ends with its code and its whole output, and with what others do at exit."""

import subprocess
import sys

_MAIN = "from holdfast.cli.entry import main; import atexit, sys, threading, time\n"
_FAILS = "sys.argv = ['holdfast', 'check', 'no-such-file.yaml']\n"


def _run(program: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", _MAIN + _FAILS + program]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)


def test_code_and_output() -> None:
    """The code of the command, and what was printed before it failed."""
    ended = _run("print('before', end=''); main()")
    assert (ended.returncode, ended.stdout) == (3, "before")
    assert "no-such-file.yaml" in ended.stderr


def test_nothing_is_freed() -> None:
    """What a long check has read is left where it is."""
    freed = "class Kept:\n    __del__ = lambda self, say=print: say('freed')\nkept = Kept()\n"
    assert _run(freed + "sys.exit(3)").stdout == "freed\n"
    assert _run(freed + "main()").stdout == ""


def test_handlers_of_others_run() -> None:
    """Handlers registered before the command, or by it."""
    before = _run("atexit.register(print, 'tidied'); main()")
    assert (before.returncode, before.stdout) == (3, "tidied\n")
    within = _run(
        "import holdfast.cli.run_command as run\n"
        "run.run_command = lambda *_: atexit.register(print, 'tidied') and 5\n"
        "main()"
    )
    assert (within.returncode, within.stdout) == (5, "tidied\n")


def test_threads_come_to_their_end() -> None:
    """A thread that outlives the command is waited for."""
    ended = _run(
        "def work(): time.sleep(0.2); print('done')\nthreading.Thread(target=work).start(); main()"
    )
    assert (ended.returncode, ended.stdout) == (3, "done\n")


def test_an_error_that_is_none_of_ours_is_shown() -> None:
    """A crash of the entry point itself keeps its traceback and code."""
    ended = _run("import holdfast.cli.run_command as run; run.run_command = None; main()")
    assert ended.returncode == 1
    assert "TypeError" in ended.stderr
