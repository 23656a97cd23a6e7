"""`holdfast why`: from a restarting pod to cause, patch and report.

Rules: results on standard output, progress on standard error and only on a terminal; `-o json`
prints JSON and nothing else. Nothing examined is an error of its own, never "healthy".
"""

import gc
import sys

import click

from holdfast import __version__
from holdfast.cli.conclude import conclude
from holdfast.cli.connection import CONNECTION_FLAGS, connection_options
from holdfast.cli.exit_codes import ExitCode
from holdfast.cli.progress import Progress
from holdfast.cli.targets import Filter, Target, parse_selector, parse_targets
from holdfast.cli.terminal import wants_color, width
from holdfast.cli.time_limit import time_limit
from holdfast.diagnosis.diagnose import diagnose
from holdfast.model.errors import HoldfastError
from holdfast.model.finding import TROUBLED, Diagnosis, State
from holdfast.model.snapshot import Snapshot
from holdfast.reports.options import RenderOptions
from holdfast.reports.render import formats, render
from holdfast.sources.cluster import ClusterRequest, read_cluster
from holdfast.sources.read import read_inputs

# What could not be told is never clean.
_UNTOLD = frozenset({State.UNKNOWN})
_FAIL_ON = {
    "restarts": TROUBLED | _UNTOLD,
    "trouble": TROUBLED | _UNTOLD | {State.EVICTED, State.PENDING, State.FAILED, State.NOT_READY},
    "hazard": frozenset(State) - {State.HEALTHY, State.COMPLETED, State.STOPPED},
    "never": frozenset[State](),
}


@click.command("why")
@click.argument("targets", nargs=-1, metavar="[POD | KIND/NAME | KIND NAME | -]...")
@click.option(
    "-f", "--filename", "filenames", multiple=True, metavar="FILE|DIR|-",
    help="Read this instead of a cluster: kubectl output (json, yaml, describe, get), a "
    "cluster-info dump, a support bundle, a must-gather, /var/log/pods, an archive of these, "
    "or your own manifest to get the patch as an edit of it. Repeatable.",
)  # fmt: skip
@connection_options
@click.option("-n", "--namespace", metavar="NS", help="Only this namespace.")
@click.option("-A", "--all-namespaces", is_flag=True, help="All namespaces of the cluster.")
@click.option("-l", "--selector", default="", metavar="LABELS", help="Only pods with these labels.")
@click.option(
    "-o", "--output", type=click.Choice(formats()), default="text", show_default=True,
    help="How to print the answer.",
)  # fmt: skip
@click.option("--all", "show_quiet", is_flag=True, help="Show pods without any trouble as well.")
@click.option(
    "--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True,
    help="Colour on terminals (auto follows NO_COLOR and FORCE_COLOR).",
)  # fmt: skip
@click.option(
    "--fail-on", type=click.Choice(list(_FAIL_ON)), default="restarts", show_default=True,
    help="Exit with 1 when something at least this bad is found.",
)  # fmt: skip
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever is found.")
@click.option(
    "--replays", type=click.IntRange(min=0), default=40, show_default=True, metavar="N",
    help="Test claims and prove patches of at most N findings by replay, the worst first; 0 for "
    "none.",
)  # fmt: skip
@click.option("--timeout", type=click.FloatRange(min=0.1), metavar="SECONDS", help="Give up then.")
@click.option("--debug", is_flag=True, help="Show tracebacks.")
def command(
    targets: tuple[str, ...],
    filenames: tuple[str, ...],
    namespace: str | None,
    all_namespaces: bool,
    selector: str,
    output: str,
    show_quiet: bool,
    color: str,
    fail_on: str,
    exit_zero: bool,
    replays: int,
    timeout: float | None,
    debug: bool,
    **connection: object,
) -> int:
    """Say why pods restart: ranked causes, evidence, a patch.

    Without a target it ranks everything in the namespace.

    \b
    holdfast why                          the current namespace of the current cluster
    holdfast why deploy/api -n shop       one workload
    kubectl describe pod x | holdfast why -
    holdfast why -f must-gather.tar.gz -A -o html > report.html
    """
    del debug
    # A snapshot is frozen values without cycles, and the process ends with it: looking for garbage
    # in 5,000 pods costs a fifth of all CPU time and frees nothing (benchmarks/).
    gc.disable()
    inputs = (*filenames, *(target for target in targets if target == "-"))
    wanted = parse_targets([target for target in targets if target != "-"])
    if namespace and all_namespaces:
        raise click.UsageError("--namespace and --all-namespaces exclude each other")
    with time_limit(timeout), Progress() as progress:
        if inputs:
            snapshot = read_inputs(inputs, stdin=sys.stdin.buffer)
            chosen = Filter(snapshot, wanted, namespace, parse_selector(selector))
        else:
            flags = tuple(connection_arguments(connection))
            progress.say("reading the cluster")
            snapshot = read_cluster(
                ClusterRequest(flags, namespace, all_namespaces, selector, wanted)
            )
            chosen = Filter(snapshot, wanted, None, {})
        diagnosis = diagnose(snapshot, chosen, progress.advance)
        _refuse_nothing(diagnosis, snapshot, wanted)
        diagnosis = conclude(diagnosis, snapshot, inputs, replays, progress.say)
    options = RenderOptions(
        width=width(),
        color=wants_color(color) and output in ("text", "wide"),
        show_quiet=show_quiet,
        version=__version__,
    )
    click.echo(render(output, diagnosis, options), nl=False, color=options.color)
    bad = any(finding.state in _FAIL_ON[fail_on] for finding in diagnosis.findings)
    return ExitCode.FINDINGS if bad and not exit_zero else ExitCode.CLEAN


def connection_arguments(given: dict[str, object]) -> list[str]:
    """The connection flags as kubectl spells them, in a fixed order."""
    arguments: list[str] = []
    for flag in CONNECTION_FLAGS:
        value = given.get(flag.replace("-", "_"))
        if value is True:
            arguments.append(f"--{flag}")
        elif isinstance(value, tuple):
            arguments.extend(f"--{flag}={item}" for item in value)
        elif value:
            arguments.append(f"--{flag}={value}")
    return arguments


def _refuse_nothing(diagnosis: Diagnosis, snapshot: Snapshot, wanted: tuple[Target, ...]) -> None:
    if diagnosis.findings:
        return
    asked = ", ".join(str(target) for target in wanted) or "any pod"
    where = ", ".join(snapshot.sources) or "the cluster"
    seen = f"{len(snapshot.pods)} pods"
    if snapshot.pods:
        seen += " such as " + ", ".join(str(pod.key.name) for pod in snapshot.pods[:3])
    raise HoldfastError(
        f"looking for {asked}",
        where,
        f"{seen}, none of which was asked for",
        "check the name, the namespace (-n, -A) and the selector (-l)",
    )
