"""The formats for pipes: rows for `awk`, names for `xargs`."""

from tests.reports.diagnoses import DECIDED, HEALTHY, UNDECIDED, diagnosis

from holdfast.reports.options import RenderOptions
from holdfast.reports.render import render


def test_wide_prints_one_row_per_finding() -> None:
    """Columns stand where their heads stand, and an empty cell never shifts the others."""
    findings = diagnosis(DECIDED, UNDECIDED, HEALTHY)

    assert render("wide", findings, RenderOptions(show_quiet=True)) == (
        "NAMESPACE   POD           CONTAINER   STATE      RESTARTS   CAUSE    SURE      SUMMARY\n"
        "shop        api-5d9c-x7   api         Restarts   4          A05      72%       "
        "container api cannot reach db:5432: connection refused\n"
        "shop        worker-1      api         Restarts   2          <none>   unknown   "
        "cannot tell why container api ended: A05 or A01\n"
        "shop        web-1         <none>      Healthy    0          <none>   <none>    healthy\n"
    )


def test_name_prints_each_pod_once() -> None:
    """Two containers of one pod are one name for `kubectl delete`."""
    findings = diagnosis(DECIDED, DECIDED, UNDECIDED, HEALTHY)

    assert render("name", findings, RenderOptions()) == "pod/api-5d9c-x7\npod/worker-1\n"


def test_name_of_nothing_is_nothing() -> None:
    """`xargs` gets no argument when nothing was found."""
    assert render("name", diagnosis(), RenderOptions()) == ""
