"""Settings of a service: how they are read, and the error of one that cannot work.

Rules: a wrong setting stops the start, not the first probe or the first SIGTERM. Every refusal
shows what was given and, where numbers contradict each other, the arithmetic. Imported by the
supervisor before anything else, so C modules only.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Final

GRACE_VARIABLE: "Final" = "HOLDFAST_GRACE_SECONDS"
"""terminationGracePeriodSeconds of the pod; the downward API does not hold it (service.md 8.2)."""
PRE_STOP_VARIABLE: "Final" = "HOLDFAST_PRE_STOP_SECONDS"
"""What a preStop hook spends of it before SIGTERM."""
DRAIN_VARIABLE: "Final" = "HOLDFAST_DRAIN_SECONDS"
"""The drain window: for `holdfast run`, which tells its own to the service, and for a manifest."""
_POD_VARIABLE = "KUBERNETES_SERVICE_HOST"
_LONGEST_SECONDS = 365 * 24 * 3600.0
# Units of Go's time.ParseDuration, as manifests and flags of this field are written.
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


class SettingsError(ValueError):
    """A setting that cannot work, in four parts; it never quotes a secret."""

    def __init__(self, doing: str, where: str, found: str, next_step: str) -> None:
        """Keep the parts: being done, where, found against expected, what to do next."""
        super().__init__(doing, where, found, next_step)
        self.doing = doing
        self.where = where
        self.found = found
        self.next_step = next_step

    def __str__(self) -> str:
        """The parts as people read them."""
        return f"{self.doing}: {self.where}\n  found: {self.found}\n  next: {self.next_step}"


class LifeError(SettingsError):
    """A stop that cannot be planned."""

    def __init__(self, where: str, found: str, next_step: str) -> None:
        """Keep the parts of what was being done: planning the stop."""
        super().__init__("planning the stop", where, found, next_step)


def read_seconds(value: object, where: str, *, above_zero: bool = False) -> float:
    """Seconds from a number or a text such as "500ms", "5s", "1m" or "5".

    Raises LifeError for anything else, for negative and for endless durations.
    """
    seconds = _seconds(value)
    if seconds is None:
        raise LifeError(
            where,
            f"{value!r}; expected seconds as a number, or a text like 500ms, 5s, 1m",
            "write the duration as a number of seconds",
        )
    least = "above 0" if above_zero else "0 or more"
    # A comparison that a NaN fails.
    if not (0 <= seconds <= _LONGEST_SECONDS) or (above_zero and seconds == 0):
        raise LifeError(
            where,
            f"{value!r}; expected {least} and at most a year",
            "give a duration that can pass",
        )
    return seconds


def _seconds(value: object) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value)
    if not isinstance(value, str):
        return None
    text = value.strip()
    number = text.rstrip("hms")
    unit = text[len(number) :] or "s"
    # "1_000" and "1e3" are numbers for Python, but not in a manifest.
    if unit not in _UNITS or not number.replace(".", "", 1).isdecimal() or not number.isascii():
        return None
    return float(number) * _UNITS[unit]


def grace_from(environment: "Mapping[str, str]") -> tuple[float | None, bool]:
    """The pod's grace period in seconds, and whether it was told.

    In a pod that does not tell it, 30 s, the default of the API (core/v1 PodSpec); outside of a pod
    there is none (service.md D6).
    """
    told = environment.get(GRACE_VARIABLE)
    if told is not None:
        return read_seconds(told, GRACE_VARIABLE, above_zero=True), True
    return (30.0, False) if _POD_VARIABLE in environment else (None, False)


def pre_stop_from(environment: "Mapping[str, str]") -> float:
    """Seconds that a preStop hook has spent when SIGTERM arrives."""
    return read_seconds(environment.get(PRE_STOP_VARIABLE, "0"), PRE_STOP_VARIABLE)


def drain_from(environment: "Mapping[str, str]", fallback: float) -> float:
    """Seconds of the drain window, a preStop hook included."""
    return read_seconds(environment.get(DRAIN_VARIABLE, fallback), DRAIN_VARIABLE)
