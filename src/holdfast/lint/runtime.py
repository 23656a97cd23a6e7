"""Which runtime a container holds, and which programs its command line starts.

Rules: a name is a hint and not a fact, so rules that rest on it are never more than likely.
"""

import re

from holdfast.model.container import Container
from holdfast.model.runtime import Runtime, runtime_of_image, runtime_of_words

# Variables that only one runtime reads.
_VARIABLES = {
    **dict.fromkeys(("GOMEMLIMIT", "GOGC", "GOMAXPROCS", "GODEBUG", "GIN_MODE"), Runtime.GO),
    **dict.fromkeys(("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"), Runtime.JVM),
    "NODE_OPTIONS": Runtime.NODE,
}


def runtime_of(spec: Container) -> Runtime:
    """The runtime that the command names, else a variable, else the image."""
    named = runtime_of_words(" ".join((*(spec.command or ()), *(spec.args or ()))).split())
    if named is not Runtime.UNKNOWN:
        return named
    for variable in spec.env or ():
        if variable.name in _VARIABLES:
            return _VARIABLES[variable.name]
    return runtime_of_image(spec.image)


def programs_of(words: tuple[str, ...]) -> tuple[str, ...]:
    """The names of the programs that a command line starts, those of a shell's body as well."""
    if not words:
        return ()
    first = words[0].rpartition("/")[2]
    if first not in ("sh", "bash", "ash", "dash"):
        return (first,)
    body = " ".join(words[1:])
    starts = re.split(r"&&|\|\||[;|&\n]", body)
    found = []
    for part in starts:
        rest = [w for w in part.split() if "=" not in w and w not in ("-c", "exec", "-ec", "-e")]
        if rest:
            found.append(rest[0].strip("'\"").rpartition("/")[2])
    return tuple(found)
