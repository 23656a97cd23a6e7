"""How long a lifecycle hook takes, as far as it only sleeps."""

from holdfast.model.container import LifecycleHandler
from holdfast.model.regex import regex

_SLEEP = regex(r"(?:^|[;&|\s(])(?:/(?:usr/)?bin/)?sleep\s+(\d+(?:\.\d+)?)([smhd]?)(?=$|[\s;&|)])")
# sleep(1) of coreutils and busybox
_UNIT_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}


def slept_seconds(hook: LifecycleHandler | None) -> float | None:
    """A native sleep, or the sleeps of its command together; None where nothing sleeps."""
    if hook is None:
        return None
    if hook.sleep is not None:
        return float(hook.sleep.seconds)
    command = hook.exec.command if hook.exec is not None else None
    found = _SLEEP.findall(" ".join(command or ()))
    return sum(float(number) * _UNIT_SECONDS[unit] for number, unit in found) if found else None
