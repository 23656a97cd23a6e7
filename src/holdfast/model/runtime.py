"""Which runtime executes a program, as far as its command line or its image's name tell.

Rules: a name is a hint and not a fact; unknown is an answer.
"""

from collections.abc import Iterable
from enum import StrEnum

from holdfast.model.regex import regex


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
    (Runtime.JVM, regex(r"(^|/)java$|\.jar$")),
    (Runtime.PYTHON, regex(r"(^|/)(python[\d.]*|gunicorn|uvicorn|celery|hypercorn)$|\.py$")),
    (Runtime.NODE, regex(r"(^|/)(node|npm|yarn|pnpm|npx)$|\.m?js$")),
    (Runtime.DOTNET, regex(r"(^|/)dotnet$|\.dll$")),
    (Runtime.RUBY, regex(r"(^|/)(ruby|rails|puma|bundle|sidekiq)$|\.rb$")),
    (Runtime.PHP, regex(r"(^|/)php(-fpm)?[\d.]*$|\.php$")),
    (Runtime.NGINX, regex(r"(^|/)nginx$")),
)
_IMAGE = (
    (Runtime.JVM, regex(r"(^|[/-])(openjdk|temurin|jdk|jre|tomcat|jetty|corretto)")),
    (Runtime.PYTHON, regex(r"(^|/)python(:|$)")),
    (Runtime.NODE, regex(r"(^|/)node(:|$)")),
    (Runtime.NGINX, regex(r"(^|/)nginx([-:]|$)")),
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
