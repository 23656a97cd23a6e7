"""Which runtime executes a program, as far as its command line or its image's name tell.

Rules: a name is a hint and not a fact; unknown is an answer.
"""

import re
from collections.abc import Iterable
from enum import StrEnum


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

    @property
    def full_name(self) -> str:
        """As its makers write it, with the article that it needs."""
        return _NAMES.get(self, self.value.capitalize())


_NAMES = {
    Runtime.JVM: "the JVM",
    Runtime.NODE: "Node.js",
    Runtime.DOTNET: ".NET",
    Runtime.PHP: "PHP",
    Runtime.NGINX: "nginx",
    Runtime.SHELL: "a shell",
    Runtime.UNKNOWN: "a program",
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
_IMAGE = (
    (Runtime.JVM, re.compile(r"(^|[/-])(openjdk|temurin|jdk|jre|tomcat|jetty|corretto)")),
    (Runtime.PYTHON, re.compile(r"(^|/)python(:|$)")),
    (Runtime.NODE, re.compile(r"(^|/)node(:|$)")),
    (Runtime.NGINX, re.compile(r"(^|/)nginx([-:]|$)")),
)
# Wrappers and options stand before what tells the runtime, but not many.
_FIRST_WORDS = 6


def runtime_of_words(words: Iterable[str]) -> Runtime:
    """The runtime that one of the first words of a command line names."""
    for _, word in zip(range(_FIRST_WORDS), words, strict=False):
        for runtime, pattern in _WORD_OF_COMMAND:
            if pattern.search(word):
                return runtime
    return Runtime.UNKNOWN


def runtime_of_image(image: str) -> Runtime:
    """The runtime that the name of an image tells."""
    for runtime, pattern in _IMAGE:
        if pattern.search(image.lower()):
            return runtime
    return Runtime.UNKNOWN
