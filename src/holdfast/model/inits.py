"""Programs that are made to be PID 1: they start one program, forward signals and reap."""

import re

# tini(1), dumb-init(1), catatonit(1), the init of docker run --init, and `holdfast run`.
INITS = frozenset({"tini", "tini-static", "dumb-init", "catatonit", "docker-init", "holdfast"})


def signals_group(name: str, options: tuple[str, ...]) -> bool:
    """Whether an init signals all processes of its child's group, and not its child alone.

    dumb-init does unless it is told otherwise, tini and catatonit do with -g (their READMEs).
    """
    if name == "dumb-init":
        return not {"-c", "--single-child"} & set(options)
    return any(re.fullmatch(r"-\w*g\w*", option) for option in options)
