"""Which runtime a container holds, as far as its image's name and its command tell.

Rules: a name is a hint and not a fact, so rules that rest on it are never more than likely. Unknown
is an answer.
"""

import re
from enum import StrEnum

from holdfast.lint.pods import ContainerSubject


class Runtime(StrEnum):
    """What executes the program."""

    JVM = "JVM"
    PYTHON = "Python"
    NODE = "Node.js"
    GO = "Go"
    RUBY = "Ruby"
    DOTNET = ".NET"
    PHP = "PHP"
    UNKNOWN = "unknown"


# Names of official images and of those that hold well-known servers (Docker Hub, 2026).
_IMAGES = (
    (
        Runtime.JVM,
        (
            r"(?:eclipse-temurin|openjdk|amazoncorretto|java|jdk|jre|tomcat|jetty|wildfly|spring"
            r"|kafka|zookeeper|elasticsearch|opensearch|logstash|cassandra|keycloak|jenkins|solr)"
        ),
    ),
    (Runtime.PYTHON, r"(?:python|django|flask|uvicorn|gunicorn|fastapi|celery|airflow)"),
    (Runtime.NODE, r"(?:node|nodejs|nextjs|next|nuxt|express)"),
    (Runtime.GO, r"(?:golang|go)"),
    (Runtime.RUBY, r"(?:ruby|rails|puma|sidekiq)"),
    (Runtime.DOTNET, r"(?:dotnet|aspnet)"),
    (Runtime.PHP, r"(?:php|php-fpm|laravel|wordpress)"),
)
_PROGRAMS = (
    (Runtime.JVM, r"java"),
    (Runtime.PYTHON, r"python[\d.]*|gunicorn|uvicorn|hypercorn|granian|celery|flask|daphne"),
    (Runtime.NODE, r"node|npm|npx|yarn|pnpm|next"),
    (Runtime.RUBY, r"ruby|bundle|puma|rails|sidekiq"),
    (Runtime.DOTNET, r"dotnet"),
    (Runtime.PHP, r"php|php-fpm[\d.]*"),
)
_GO_VARIABLES = ("GOMEMLIMIT", "GOGC", "GOMAXPROCS", "GODEBUG", "GIN_MODE")
_JAVA_VARIABLES = ("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "JAVA_OPTS")


def runtime_of(container: ContainerSubject) -> Runtime:
    """The runtime that the command names, else that of a variable, else that of the image."""
    for program in programs_of(container.words):
        for runtime, pattern in _PROGRAMS:
            if re.fullmatch(pattern, program):
                return runtime
    names = {variable.name for variable in container.spec.env or ()}
    if names & set(_GO_VARIABLES):
        return Runtime.GO
    if names & set(_JAVA_VARIABLES):
        return Runtime.JVM
    parts = re.split(r"[-_]", repository_name(container.spec.image))
    for runtime, pattern in _IMAGES:
        if any(re.fullmatch(pattern, part) for part in [*parts, "-".join(parts)]):
            return runtime
    return Runtime.UNKNOWN


def programs_of(words: tuple[str, ...]) -> list[str]:
    """The names of the programs that a command line starts, those of a shell's body as well."""
    if not words:
        return []
    first = words[0].rpartition("/")[2]
    if first not in ("sh", "bash", "ash", "dash"):
        return [first]
    body = " ".join(words[1:])
    starts = re.split(r"&&|\|\||[;|&\n]", body)
    found = []
    for part in starts:
        rest = [w for w in part.split() if "=" not in w and w not in ("-c", "exec", "-ec", "-e")]
        if rest:
            found.append(rest[0].strip("'\"").rpartition("/")[2])
    return found


def repository_name(image: str) -> str:
    """The last part of a reference without tag and digest: "nginx" of "docker.io/nginx:1"."""
    return image.partition("@")[0].rpartition("/")[2].partition(":")[0]
