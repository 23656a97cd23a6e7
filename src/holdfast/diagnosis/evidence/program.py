"""What runs inside a container, as far as command, image and log tell; and what SIGTERM does to it.

Rules: a guess says what it rests on. The table of SIGTERM at PID 1 was measured (causes.md 5.3):
PID 1 without a handler ignores the signal, unless its runtime installs one.
"""

import re
from enum import StrEnum

import msgspec

from holdfast.model.container import Container
from holdfast.model.snapshot import Log


class Runtime(StrEnum):
    """Who writes the log and answers the signals."""

    GO = "go"
    JVM = "jvm"
    PYTHON = "python"
    NODE = "node"
    DOTNET = "dotnet"
    RUBY = "ruby"
    PHP = "php"
    RUST = "rust"
    NGINX = "nginx"
    SHELL = "shell"
    UNKNOWN = "unknown"


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

_WORD_OF_COMMAND = (
    (Runtime.JVM, re.compile(r"(^|/)java$|\.jar$")),
    (Runtime.PYTHON, re.compile(r"(^|/)(python[\d.]*|gunicorn|uvicorn|celery|hypercorn)$|\.py$")),
    (Runtime.NODE, re.compile(r"(^|/)(node|npm|yarn|pnpm|npx)$|\.m?js$")),
    (Runtime.DOTNET, re.compile(r"(^|/)dotnet$|\.dll$")),
    (Runtime.RUBY, re.compile(r"(^|/)(ruby|rails|puma|bundle|sidekiq)$|\.rb$")),
    (Runtime.PHP, re.compile(r"(^|/)php(-fpm)?[\d.]*$|\.php$")),
    (Runtime.NGINX, re.compile(r"(^|/)nginx$")),
)
_LINE_OF_LOG = (
    (
        Runtime.GO,
        re.compile(r"^goroutine \d+ \[|^panic: |^fatal error: |^[IWEF]\d{4} \d\d:\d\d:\d\d"),
    ),
    (
        Runtime.JVM,
        re.compile(r"^\s+at [\w.$]+\([\w.]+\.java:\d+\)|^Exception in thread|java\.lang\."),
    ),
    (Runtime.PYTHON, re.compile(r"^Traceback \(most recent call last\)|^  File \".*\", line \d+")),
    (Runtime.NODE, re.compile(r"^\s+at .*\((node:|/.*\.m?js:\d+)|^Node\.js v\d+|^node:internal")),
    (
        Runtime.DOTNET,
        re.compile(r"^Unhandled exception\. System\.|^\s+at [\w.<>]+\(.*\) in .*\.cs:"),
    ),
    (Runtime.RUBY, re.compile(r"\.rb:\d+:in [`']")),
    (Runtime.PHP, re.compile(r"^PHP (Fatal|Parse|Warning)")),
    (Runtime.RUST, re.compile(r"^thread '.*' (\(\d+\) )?panicked at ")),
    (Runtime.NGINX, re.compile(r"\[(emerg|notice|alert)\] \d+#\d+:")),
)
_IMAGE = (
    (Runtime.JVM, re.compile(r"(^|[/-])(openjdk|temurin|jdk|jre|tomcat|jetty|corretto)")),
    (Runtime.PYTHON, re.compile(r"(^|/)python(:|$)")),
    (Runtime.NODE, re.compile(r"(^|/)node(:|$)")),
    (Runtime.NGINX, re.compile(r"(^|/)nginx([-:]|$)")),
)
_SHELLS = ("sh", "bash", "ash", "dash", "zsh")
# "sh -c 'exec prog'" and (bash only) a single simple command hand PID 1 over (causes.md 5.3).
_HANDS_OVER = re.compile(r"(^|[;&]\s*|&&\s*)exec\s+[^;&|]+$")
_SEVERAL_COMMANDS = re.compile(r"[;&|\n]")
_SHELL_PREFIX = 3


def read_program(spec: Container | None, logs: tuple[Log, ...]) -> Program:
    """Recognise the runtime from the command, then the log, then the image."""
    words = (*(spec.command or ()), *(spec.args or ())) if spec else ()
    shell = _shell_at_pid_1(words)
    inner = tuple(words[2].split()) if shell and len(words) >= _SHELL_PREFIX else words
    for word in inner[:6]:
        for runtime, pattern in _WORD_OF_COMMAND:
            if pattern.search(word):
                return Program(runtime, "its command", shell)
    for log in logs:
        for line in log.lines[-200:]:
            for runtime, pattern in _LINE_OF_LOG:
                if pattern.search(line):
                    return Program(runtime, "the form of its log", shell)
    for runtime, pattern in _IMAGE:
        if spec is not None and pattern.search(spec.image.lower()):
            return Program(runtime, "the name of its image", shell)
    if shell:
        return Program(Runtime.SHELL, "its command", shell)
    return Program(Runtime.UNKNOWN, "")


def _shell_at_pid_1(words: tuple[str, ...]) -> str:
    """The name of a shell that stays PID 1 for the whole life, or ""."""
    if len(words) < _SHELL_PREFIX:
        return ""
    name = words[0].rpartition("/")[2]
    if name not in _SHELLS or not words[1].startswith("-") or "c" not in words[1]:
        return ""
    script = words[2].strip()
    if _HANDS_OVER.search(script):
        return ""
    if name == "bash" and not _SEVERAL_COMMANDS.search(script):
        return ""
    return name
