"""Options of runtimes, wherever a manifest hands them over: words, variables, ConfigMaps."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Path
from holdfast.lint.subject import Subject
from holdfast.lint.world import Variable, World
from holdfast.model.hazard import Place
from holdfast.model.regex import regex

# In the order in which a JVM and the usual start scripts read them (java(1); Tomcat catalina.sh).
JAVA_VARIABLES = (
    "JAVA_TOOL_OPTIONS",
    "JDK_JAVA_OPTIONS",
    "_JAVA_OPTIONS",
    "JAVA_OPTS",
    "JAVA_ARGS",
    "CATALINA_OPTS",
)

_OF_JAVA = regex(r"-(?:X|agentlib:)")


class Option(msgspec.Struct, frozen=True):
    """A text that holds options, and where it stands. `name` is that of its variable, or ""."""

    text: str
    subject: Subject
    path: Path
    name: str = ""

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.subject.at(*self.path)


def command_options(container: ContainerSubject) -> Iterator[Option]:
    """The words of command and args."""
    for field, words in (("command", container.spec.command), ("args", container.spec.args)):
        for index, word in enumerate(words or ()):
            yield Option(word, container, (field, index))


def image_options(container: ContainerSubject, world: World) -> Iterator[Option]:
    """The words of the image that the manifest leaves in place."""
    known = world.images.of(container)
    if known is None or container.spec.command:
        return
    config = known.image.config
    words = config.entrypoint if container.spec.args else config.words
    for word in words:
        yield Option(word, container, ("image",))


def variable_options(variables: Mapping[str, Variable], names: Iterable[str]) -> Iterator[Option]:
    """The values of variables, in the order of the names; unknown ones are left out."""
    for name in names:
        variable = variables.get(name)
        if variable is not None and variable.value is not None:
            yield Option(variable.value, variable.source.subject, variable.source.path, name)


def java_options(container: ContainerSubject, world: World) -> list[Option]:
    """Everything that a JVM in the container is told; empty where that is no option of a JVM."""
    beside = [
        *image_options(container, world),
        *variable_options(world.environment_of(container), JAVA_VARIABLES),
    ]
    texts = (*container.words, *(option.text for option in beside))
    if not any(_OF_JAVA.search(text) for text in texts):
        return []
    return [*command_options(container), *beside]
