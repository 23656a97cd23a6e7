"""A Spring Boot service behind a Service does not say that it stops gracefully.

What happens
------------
Before version 3.4 server.shutdown is immediate by default: SIGTERM closes the connections of
requests in flight. Since 3.4 graceful is the default.

Why it hurts
------------
Requests in flight fail at each rollout and scale-down.

How we know
-----------
The container is a Spring Boot service by its variables, options or probe paths, a Service selects
it, and neither variables, options nor mounted ConfigMaps say server.shutdown.

What else it could be
---------------------
Spring Boot 3.4 or later, or a setting in the application's own properties, which no manifest shows.

Fix
---
SERVER_SHUTDOWN=graceful, and SPRING_LIFECYCLE_TIMEOUT_PER_SHUTDOWN_PHASE within the grace period.

When the fix is wrong
---------------------
Nowhere: from 3.4 on the setting changes nothing.

References
----------
docs/specs/rules.md HF223, docs/specs/causes.md G08; Spring Boot 3.4 release notes, Graceful
Shutdown.
"""

import re
from collections.abc import Iterator

from holdfast.lint.mounts import config_texts
from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.world import World
from holdfast.model.regex import regex
from holdfast.model.rule import Audience, Confidence, Rule, Severity

RULE = Rule(
    "HF223",
    "Spring Boot before 3.4 stops without finishing its requests",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=(
        "G08",
        "G04",
    ),
    audience=Audience.PLATFORM,
)


_SETTING = regex(r"server[._]shutdown|(?m:^\s*shutdown:)", re.IGNORECASE)


def check_container_in(container: ContainerSubject, world: World) -> Iterator[Problem]:
    """A Spring Boot service whose way to stop is not said."""
    if not container.serves or not world.services_of(container.pod) or not _is_spring(container):
        return
    variables = world.environment_of(container)
    told = [
        *container.words,
        *(f"{v.name}={v.value or ''}" for v in variables.values()),
        *(config.text for config in config_texts(container, world)),
    ]
    if any(_SETTING.search(text) for text in told):
        return
    yield container.problem(
        "before Spring Boot 3.4 SIGTERM cuts off the requests in flight",
        fix=Fix("SERVER_SHUTDOWN=graceful; Spring Boot 3.4 and later does so by itself"),
    )


def _is_spring(container: ContainerSubject) -> bool:
    if any(v.name.startswith("SPRING_") for v in container.spec.env or ()):
        return True
    paths = [probe.http_get.path or "" for _, probe in container.probes if probe.http_get]
    return any(p.startswith("/actuator/health") for p in paths) or any(
        "--spring." in word or "-Dspring." in word for word in container.words
    )
