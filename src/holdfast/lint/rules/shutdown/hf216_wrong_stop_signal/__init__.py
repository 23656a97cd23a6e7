"""The program gets a signal that it understands as something else, or none that it can answer.

What happens
------------
nginx ends at once on SIGTERM and drains on SIGQUIT; httpd drains on SIGWINCH, HAProxy on SIGUSR1;
PostgreSQL waits for its clients on SIGTERM and stops on SIGINT; uWSGI reloads on SIGTERM. SIGKILL
leaves no time for anything.

Why it hurts
------------
Requests in flight are cut off, or the stop takes the whole grace period.

How we know
-----------
lifecycle.stopSignal against the official image by its name, or a command line of uWSGI without
die-on-term.

What else it could be
---------------------
An image of the same name that is built differently, or a configuration file with die-on-term.

Fix
---
The signal that drains, in lifecycle.stopSignal (Kubernetes 1.33 and later) or as STOPSIGNAL of the
image; leave it out where the image sets it.

When the fix is wrong
---------------------
Where requests in flight need not be finished.

References
----------
docs/specs/rules.md HF216, docs/specs/kubelet.md 2.4, docs/specs/causes.md G06; nginx, httpd,
HAProxy, PostgreSQL and uWSGI manuals on signals.
"""

from collections.abc import Iterator

from holdfast.lint.pods import ContainerSubject
from holdfast.lint.problem import Fix, Problem
from holdfast.lint.questions import ignores
from holdfast.model.image_reference import parse_reference
from holdfast.model.regex import regex
from holdfast.model.rule import Confidence, Rule, Severity

RULE = Rule(
    "HF216",
    "the signal of the stop is not the one that this program stops by",
    Severity.MEDIUM,
    Confidence.LIKELY,
    prevents=("G06",),
)


# The STOPSIGNAL of the official images.
_DRAINS = {
    "nginx": "SIGQUIT",
    "httpd": "SIGWINCH",
    "haproxy": "SIGUSR1",
    "postgres": "SIGINT",
    "php": "SIGQUIT",
}
_CONFIGURED = regex(r"die-on-term|--ini|--yaml|--json|--xml|\.ini\b|\.ya?ml\b|unix_signal:15")


def check_command(container: ContainerSubject) -> Iterator[Problem]:
    """uWSGI without die-on-term, which it would stop by."""
    lifecycle = container.spec.lifecycle
    if (lifecycle is None or lifecycle.stop_signal is None) and _reloads(container):
        yield container.problem(
            "uWSGI reloads on SIGTERM instead of stopping, and is killed after "
            f"{container.pod.spec.grace_seconds} s",
            "command" if container.spec.command else "args",
            fix=Fix("--die-on-term"),
            replay=ignores(container),
        )


def check_container(container: ContainerSubject) -> Iterator[Problem]:
    """A stop signal that does not stop, or that stops too hard."""
    lifecycle = container.spec.lifecycle
    given = lifecycle.stop_signal if lifecycle is not None else None
    if given is None:
        return
    right = _DRAINS.get(parse_reference(container.spec.image).name, "")
    if given in ("SIGKILL", "SIGSTOP"):
        words = f"{given} leaves no process time to stop"
    elif right and given != right:
        words = f"{given} does not drain this program, {right} does"
    else:
        return
    yield container.problem(
        words,
        "lifecycle",
        "stopSignal",
        fix=Fix(f"stopSignal {right}" if right else "leave it out"),
    )


def _reloads(container: ContainerSubject) -> bool:
    """Whether uWSGI runs without die-on-term, as far as its command line tells everything."""
    if "uwsgi" not in container.programs or container.spec.env_from:
        return False
    names = {variable.name for variable in container.spec.env or ()}
    settled = any(name.startswith("UWSGI_") for name in names)
    return not settled and not _CONFIGURED.search(" ".join(container.words))
