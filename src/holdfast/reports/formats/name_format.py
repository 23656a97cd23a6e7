"""Names of the pods that were found, as `kubectl get -o name` prints them, for `xargs`."""

from holdfast.model.finding import Diagnosis
from holdfast.reports.options import RenderOptions

NAME = "name"


def render(diagnosis: Diagnosis, options: RenderOptions) -> str:
    """One "pod/NAME" per line, worst first, each pod once."""
    del options
    pods = dict.fromkeys(
        (f.subject.namespace, f.subject.pod) for f in diagnosis.findings if f.subject.namespace
    )
    return "".join(f"pod/{pod}\n" for _, pod in pods)
