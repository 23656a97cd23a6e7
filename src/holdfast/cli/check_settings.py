"""holdfast.toml and baseline files of `holdfast check`.

    [check]
    audience = "platform"
    fail-on = "high"
    without = ["HF319"]
    baseline = "holdfast-baseline.json"

    [[check.ignore]]
    rule = "HF203"
    path = "legacy/*"
    reason = "drained by the mesh"

    [[check.build]]
    dockerfile = "build/Dockerfile"
    image = "registry.example.com/team/api"
    target = "release"

Rules: a file that cannot be used is an error and not left out; an ignore needs a reason.
"""

import json
from pathlib import Path
from typing import Any

import msgspec

from holdfast.cli.accept_hazards import Accepted
from holdfast.cli.builds import Build
from holdfast.model.errors import HoldfastError
from holdfast.model.hazard import Inspection
from holdfast.model.rule import Audience, Severity

FILE = "holdfast.toml"
_NEVER = "never"


class SettingsError(HoldfastError):
    """A configuration that cannot be used."""


class _Ignore(msgspec.Struct, forbid_unknown_fields=True):
    rule: str
    reason: str
    path: str = "*"


class _Check(msgspec.Struct, forbid_unknown_fields=True, rename="kebab"):
    audience: str = Audience.EVERYBODY.value
    fail_on: str = Severity.MEDIUM.value
    without: tuple[str, ...] = ()
    baseline: str = ""
    ignore: tuple[_Ignore, ...] = ()
    build: tuple[Build, ...] = ()


class _File(msgspec.Struct):
    check: _Check = msgspec.field(default_factory=_Check)


class Settings(msgspec.Struct, frozen=True):
    """What a configuration says; flags of the command line come before it."""

    audience: str
    fail_on: str
    without: tuple[str, ...]
    baseline: str
    accepted: tuple[Accepted, ...]
    builds: tuple[Build, ...]


def read_settings(given: str | None) -> Settings:
    """The file that was named, else holdfast.toml of this directory or the next one above."""
    path = Path(given) if given else _nearest()
    if path is None:
        return _settings(_Check(), FILE)
    import tomllib

    try:
        value = tomllib.loads(path.read_text(encoding="utf-8"))
        check = msgspec.convert(value, _File).check
    except OSError as error:
        raise _unusable(str(path), error.strerror or str(error)) from error
    except (ValueError, msgspec.ValidationError) as error:
        raise _unusable(str(path), str(error)) from error
    return _settings(check, str(path))


def read_baseline(path: str) -> frozenset[str]:
    """The fingerprints of a baseline file; none for no path."""
    if not path:
        return frozenset()
    try:
        value: Any = json.loads(Path(path).read_text(encoding="utf-8"))
        return frozenset(str(one["fingerprint"]) for one in value["hazards"])
    except OSError as error:
        raise _unusable(path, error.strerror or str(error)) from error
    except (ValueError, KeyError, TypeError) as error:
        found = f"no baseline ({error})"
        raise _unusable(path, found, "write one anew with --write-baseline FILE") from error


def baseline_text(inspection: Inspection) -> str:
    """A baseline of all hazards of an inspection, in an order that makes small diffs."""
    hazards = sorted(
        (h.fingerprint, h.rule.id, f"{h.kind}/{h.name}" if h.kind else h.place.file, h.place.path)
        for h in inspection.hazards
    )
    entries = [
        {"fingerprint": fingerprint, "rule": rule, "object": name, "field": path}
        for fingerprint, rule, name, path in hazards
    ]
    return json.dumps({"apiVersion": "holdfast/v1", "hazards": entries}, indent=2) + "\n"


def _nearest() -> Path | None:
    here = Path.cwd()
    for directory in (here, *here.parents):
        if (directory / FILE).is_file():
            return directory / FILE
        if (directory / ".git").exists():
            return None
    return None


def _settings(check: _Check, path: str) -> Settings:
    audiences = [audience.value for audience in Audience]
    if check.audience not in audiences:
        raise _unusable(path, f"audience {check.audience!r}; known are {', '.join(audiences)}")
    levels = [*(severity.value for severity in Severity), _NEVER]
    if check.fail_on not in levels:
        raise _unusable(path, f"fail-on {check.fail_on!r}; known are {', '.join(levels)}")
    for ignore in check.ignore:
        if not ignore.reason.strip():
            raise _unusable(path, f"an ignore of {ignore.rule} without a reason")
    accepted = tuple(Accepted(i.rule, i.path, i.reason) for i in check.ignore)
    builds = []
    for build in check.build:
        if not build.dockerfile:
            raise _unusable(path, "a build without a dockerfile")
        dockerfile = str(Path(path).parent / build.dockerfile)
        builds.append(Build(dockerfile, build.image, build.target))
    return Settings(
        audience=check.audience,
        fail_on=check.fail_on,
        without=check.without,
        baseline=check.baseline,
        accepted=accepted,
        builds=tuple(builds),
    )


def _unusable(where: str, found: str, advice: str = "") -> SettingsError:
    return SettingsError(
        "reading the configuration",
        where,
        f"{found}; expected a configuration of holdfast check",
        advice or "see docs/check.md, or name another file with --config",
    )
