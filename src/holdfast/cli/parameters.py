"""Kinds of values that flags of several commands take."""

from typing import Any

import click

from holdfast.kubelet.behaviour import Behaviour, behaviour_of
from holdfast.model.duration import Duration
from holdfast.model.node import parse_version

_LONGEST_SECONDS = 366 * 86400.0


class Length(click.ParamType[float]):
    """A duration such as 24h or 90s, above zero."""

    name = "duration"

    def convert(self, value: Any, param: Any, ctx: Any) -> float:
        """Seconds."""
        if isinstance(value, float):
            return value
        try:
            seconds = Duration.parse(value).seconds
        except ValueError as error:
            self.fail(str(error), param, ctx)
        if not 0 < seconds <= _LONGEST_SECONDS:
            self.fail(f"{value!r}; expected more than 0s and at most 366d", param, ctx)
        return seconds


class Version(click.ParamType[Behaviour]):
    """A version of Kubernetes such as 1.36."""

    name = "version"

    def convert(self, value: Any, param: Any, ctx: Any) -> Behaviour:
        """What the kubelet of that version does."""
        if isinstance(value, Behaviour):
            return value
        version = parse_version(value)
        if version is None or version.major != 1:
            self.fail(f"{value!r} is not a version of Kubernetes such as 1.36", param, ctx)
        return behaviour_of(version)
