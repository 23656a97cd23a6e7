"""How long a server says that it drains, wherever a manifest says so.

Rules: only what is written counts; a default of the server is no promise (service.md 9.6).
"""

from collections.abc import Iterator
from itertools import zip_longest

import msgspec

from holdfast.lint.options import Option, command_options, variable_options
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.world import World
from holdfast.model.regex import regex

# gunicorn and hypercorn; uvicorn; granian; cloud-sql-proxy 2. Envoy's --drain-time-s is none of
# them: on SIGTERM Envoy ends at once.
_FLAGS = regex(
    r"--(?P<flag>graceful-timeout|timeout-graceful-shutdown|workers-kill-timeout|"
    r"max-sigterm-delay)(?:[= ]+)(?P<seconds>\d+)s?\b"
)
_SPRING = regex(r"(?:spring\.lifecycle\.timeout-per-shutdown-phase=)?(?P<seconds>\d+)(?P<unit>s|m)")
_SPRING_FLAG = regex(r"spring\.lifecycle\.timeout-per-shutdown-phase=\d+[sm]\b")
_FLAG = regex(r"--[\w-]+")
_SPRING_VARIABLE = "SPRING_LIFECYCLE_TIMEOUT_PER_SHUTDOWN_PHASE"
_VARIABLES = ("GUNICORN_CMD_ARGS", "JAVA_TOOL_OPTIONS", "JAVA_OPTS", _SPRING_VARIABLE)
_UNIT_SECONDS = {"s": 1, "m": 60}


class Drain(msgspec.Struct, frozen=True):
    """Seconds of a drain, the option that says so, and where it stands."""

    seconds: int
    flag: str
    option: Option


def declared_drain(container: ContainerSubject, world: World) -> Drain | None:
    """The longest drain that the command line or the environment of a container declares."""
    return max(_drains(container, world), key=lambda drain: drain.seconds, default=None)


def _drains(container: ContainerSubject, world: World) -> Iterator[Drain]:
    text = " ".join(container.words)
    told = _FLAGS.search(text) or _SPRING_FLAG.search(text)
    words = list(command_options(container)) if told else []
    for option, following in zip_longest(words, words[1:]):
        # A flag and its number may be two words; both in one text find themselves.
        text = option.text
        if following is not None and _FLAG.fullmatch(text):
            text = f"{text} {following.text}"
        yield from _in_text(text, option)
    for option in variable_options(world.environment_of(container), _VARIABLES):
        yield from _in_text(option.text, option)


def _in_text(text: str, option: Option) -> Iterator[Drain]:
    for match in _FLAGS.finditer(text):
        yield Drain(int(match["seconds"]), f"--{match['flag']}", option)
    spring = text if option.name == _SPRING_VARIABLE else ""
    for flag in _SPRING_FLAG.findall(text) or [spring]:
        found = _SPRING.fullmatch(flag)
        if found is not None:
            seconds = int(found["seconds"]) * _UNIT_SECONDS[found["unit"]]
            yield Drain(seconds, "timeout-per-shutdown-phase", option)
