"""IntOrString fields that hold a number of pods or a percentage of them.

Source: k8s.io/apimachinery pkg/util/intstr, GetScaledValueFromIntOrPercent.
"""


def share_of(given: object, count: int, *, up: bool) -> int | None:
    """An int-or-percent of `count`, rounded as the API says; None for anything else."""
    if isinstance(given, bool):
        return None
    if isinstance(given, int):
        return given
    if isinstance(given, str) and given.endswith("%") and given[:-1].isdecimal():
        whole = int(given[:-1]) * count
        return -(-whole // 100) if up else whole // 100
    return None
