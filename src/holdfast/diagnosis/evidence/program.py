"""What runs inside a container, as far as command, image and log tell; and what SIGTERM does to it.

Rules: a guess says what it rests on. The table of SIGTERM at PID 1 was measured (causes.md 5.3):
PID 1 without a handler ignores the signal, unless its runtime installs one.
"""

import msgspec

from holdfast.model.container import Container
from holdfast.model.regex import regex
from holdfast.model.runtime import Runtime, runtime_of_image, runtime_of_words
from holdfast.model.shell_call import Form, Shell, form_of, shell_call, stays
from holdfast.model.snapshot import Log


class Program(msgspec.Struct, frozen=True):
    """The runtime, what it was recognised by, and whether a shell is PID 1.

    `shell` is the shell's name when the command starts one that stays PID 1 ("sh -c 'a; b'"), ""
    otherwise or where the command is in the image and was not read.
    """

    runtime: Runtime
    because: str
    shell: str = ""


# What PID 1 without an own handler does on SIGTERM: the possible exit codes, or () when the signal
# is ignored until SIGKILL. Measured, docs/specs/causes.md 5.3.
SIGTERM_EXIT_CODES: dict[Runtime, tuple[int, ...]] = {
    Runtime.GO: (2, 143),
    Runtime.JVM: (143,),
    Runtime.PYTHON: (),
    Runtime.NODE: (),
    Runtime.SHELL: (),
}

_LINE_OF_LOG = (
    (
        Runtime.GO,
        regex(r"^goroutine \d+ \[|^panic: |^fatal error: |^[IWEF]\d{4} \d\d:\d\d:\d\d"),
    ),
    (
        Runtime.JVM,
        regex(r"^\s+at [\w.$]+\([\w.]+\.java:\d+\)|^Exception in thread|java\.lang\."),
    ),
    (Runtime.PYTHON, regex(r"^Traceback \(most recent call last\)|^  File \".*\", line \d+")),
    (Runtime.NODE, regex(r"^\s+at .*\((node:|/.*\.m?js:\d+)|^Node\.js v\d+|^node:internal")),
    (
        Runtime.DOTNET,
        regex(r"^Unhandled exception\. System\.|^\s+at [\w.<>]+\(.*\) in .*\.cs:"),
    ),
    (Runtime.RUBY, regex(r"\.rb:\d+:in [`']")),
    (Runtime.PHP, regex(r"^PHP (Fatal|Parse|Warning)")),
    (Runtime.RUST, regex(r"^thread '.*' (\(\d+\) )?panicked at ")),
    (Runtime.NGINX, regex(r"\[(emerg|notice|alert)\] \d+#\d+:")),
)


def read_program(spec: Container | None, logs: tuple[Log, ...]) -> Program:
    """Recognise the runtime from the command, then the log, then the image."""
    words = (*(spec.command or ()), *(spec.args or ())) if spec else ()
    shell = _shell_at_pid_1(words, spec.image if spec is not None else "")
    inner = tuple(words[2].split()) if shell else words
    named = runtime_of_words(inner)
    if named is not Runtime.UNKNOWN:
        return Program(named, "its command", shell)
    for log in logs:
        for line in log.lines[-200:]:
            for runtime, pattern in _LINE_OF_LOG:
                if pattern.search(line):
                    return Program(runtime, "the form of its log", shell)
    told = runtime_of_image(spec.image) if spec is not None else Runtime.UNKNOWN
    if told is not Runtime.UNKNOWN:
        return Program(told, "the name of its image", shell)
    if shell:
        return Program(Runtime.SHELL, "its command", shell)
    return Program(Runtime.UNKNOWN, "")


def _shell_at_pid_1(words: tuple[str, ...], image: str) -> str:
    """The name of a shell that stays PID 1 for the whole life, or ""."""
    call = shell_call(words, image)
    if call is None:
        return ""
    form = form_of(call.body)
    # A shell of which nothing is known may be the one that stays most.
    shell = Shell.DASH if call.shell is Shell.UNKNOWN else call.shell
    remains = form in (Form.TRAP, Form.BACKGROUND) or stays(shell, form)
    return call.named if remains else ""
