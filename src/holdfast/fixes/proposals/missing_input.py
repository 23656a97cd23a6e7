"""What a container waits for and nobody has made: ConfigMaps, Secrets, variables (A02, B04, B06).

Rules: values are never invented: the command shows the shape and the user puts the values in. An
optional reference would start the program without its settings, so it is not proposed.
"""

import shlex

from holdfast.fixes.facts import Facts
from holdfast.fixes.proposal import Proposal
from holdfast.model.edit import Safety
from holdfast.model.regex import regex

CAUSES = ("A02", "B04", "B06")

_ABSENT = r'(?P<kind>configmap|secret) "(?P<name>[a-z0-9.-]+)" not found'
_KEY = (
    r"find key (?P<key>[\w.-]+) in (?P<kind>ConfigMap|Secret) (?:[a-z0-9-]+/)?(?P<name>[a-z0-9.-]+)"
)
_VARIABLE = regex(r"[A-Za-z_][A-Za-z0-9_]*")


def propose(facts: Facts) -> Proposal | None:
    """The command that makes the object, or the entry of the environment."""
    if facts.verdict.cause == "A02":
        return _variable(facts)
    kind, name = facts.text("kind").lower(), facts.text("name")
    if kind in _KINDS and name:
        given = facts.text("key")
        return _add_key(facts, kind, name, given) if given else _create(facts, kind, name)
    key = facts.said(_KEY)
    if key is not None:
        return _add_key(facts, key["kind"].lower(), key["name"], key["key"])
    absent = facts.said(_ABSENT)
    if absent is None:
        return None
    return _create(facts, absent["kind"].lower(), absent["name"])


def _create(facts: Facts, kind: str, name: str) -> Proposal:
    keys = _referenced_keys(facts, kind, name) or ("KEY",)
    literals = " ".join(f"--from-literal={key}=VALUE" for key in keys)
    command = f"kubectl create {_KINDS[kind]} {name} {_where(facts)} {literals}"
    explanation = (
        f"the {kind} {name} does not exist in namespace {facts.finding.subject.namespace}; the "
        "container starts as soon as it does. VALUE stands for what only you know; a misspelt name "
        "is corrected in the reference instead"
    )
    return Proposal(Safety.SKETCH, explanation, command=command)


_KINDS = {"configmap": "configmap", "secret": "secret generic"}
_FIELDS = {"configmap": "data", "secret": "stringData"}


def _add_key(facts: Facts, kind: str, name: str, key: str) -> Proposal:
    body = shlex.quote(f'{{"{_FIELDS[kind]}":{{"{key}":"VALUE"}}}}')
    command = f"kubectl patch {kind}/{name} {_where(facts)} --type=merge -p {body}"
    explanation = (
        f"the {kind} {name} has no key {key}; the container starts as soon as it has. VALUE stands "
        "for its value; a misspelt key is corrected in the reference instead"
    )
    return Proposal(Safety.SKETCH, explanation, command=command)


def _variable(facts: Facts) -> Proposal | None:
    name = facts.text("variable")
    container = facts.container
    if container is None or not _VARIABLE.fullmatch(name):
        return None
    if any(entry.name == name for entry in container.env or ()):
        return None
    explanation = (
        f"{facts.name} ends because {name} is not set; VALUE stands for its value. What is secret "
        "belongs into a Secret and is named with valueFrom"
    )
    return Proposal(Safety.SKETCH, explanation, (facts.set("env", name, {"value": "VALUE"}),))


def _referenced_keys(facts: Facts, kind: str, name: str) -> tuple[str, ...]:
    """The keys that the container takes from the object one by one."""
    keys = []
    for entry in (facts.container.env or ()) if facts.container else ():
        source = entry.value_from
        if source is None:
            continue
        reference = source.config_map_key_ref if kind == "configmap" else source.secret_key_ref
        if reference is not None and reference.name == name and reference.key:
            keys.append(reference.key)
    return tuple(dict.fromkeys(keys))


def _where(facts: Facts) -> str:
    return f"-n {shlex.quote(facts.finding.subject.namespace)}"
