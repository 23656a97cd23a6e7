"""`holdfast rehearse`: one pod under a real kubelet's rules on this computer, with a diagnosis.

Rules: the report is on standard output, what happens meanwhile on standard error; what this
computer cannot promise is said before the pod starts and again in the report.
"""

import os
import sys
from pathlib import Path
from typing import Any

import click

from holdfast import __version__
from holdfast.cli.conclude import conclude
from holdfast.cli.exit_codes import ExitCode
from holdfast.cli.parameters import Length
from holdfast.cli.progress import Progress
from holdfast.cli.rehearsal_input import read_commands, read_data, read_pod
from holdfast.cli.rehearsal_output import check_place, measured_workload, told, write_measurements
from holdfast.cli.terminal import wants_color, width
from holdfast.diagnosis.diagnose import diagnose
from holdfast.kubelet.behaviour import NEWEST, behaviour_of
from holdfast.model.finding import TROUBLED
from holdfast.model.node import parse_version
from holdfast.rehearsal.commands import choose_commands
from holdfast.rehearsal.load.plan import parse_load
from holdfast.rehearsal.plain_log import PlainLog
from holdfast.rehearsal.rehearse import Audience, Exercise, rehearse
from holdfast.rehearsal.stage import Plan
from holdfast.reports.options import RenderOptions
from holdfast.reports.render import formats, render


@click.command("rehearse")
@click.argument("command", nargs=-1, type=click.UNPROCESSED, metavar="[-- CMD...]")
@click.option("-f", "--filename", "filenames", multiple=True, required=True, metavar="FILE|-",
              help="The manifest: a Pod or anything with a pod template, and the ConfigMaps and "
              "Secrets beside it. Repeatable.")  # fmt: skip
@click.option("--target", default="", metavar="KIND/NAME", help="The object, where the manifest "
              "has several with pods.")  # fmt: skip
@click.option("--container", metavar="NAME", help="The container that CMD is for, where the pod "
              "has several.")  # fmt: skip
@click.option("--commands", "commands_file", metavar="FILE", help="A YAML file with one command "
              "for each container: `app: ./server`.")  # fmt: skip
@click.option("--config-map", "config_maps", multiple=True, metavar="NAME=PATH", help="Values of "
              "a ConfigMap: a directory, KEY=VALUE lines in a file, or its manifest.")  # fmt: skip
@click.option("--secret", "secrets", multiple=True, metavar="NAME=PATH", help="Values of a "
              "Secret, given in the same way. Repeatable.")  # fmt: skip
@click.option("--for", "length", type=Length(), default="10m", show_default=True,
              help="How long to rehearse.")  # fmt: skip
@click.option("--starts", type=click.IntRange(0, 1000), default=0, metavar="N", help="Start each "
              "container so many times more in the end, to measure its start.")  # fmt: skip
@click.option("--load", metavar="URL,RATE", help="Send requests to the pod in the second half of "
              "the time, such as http://localhost:8080/orders,50 for 50 a second.")  # fmt: skip
@click.option("--slow", type=Length(), default="1s", show_default=True,
              help="Answers that take longer are counted as slow.")  # fmt: skip
@click.option("--rollout", is_flag=True, help="Stop the pod in the end as a rolling update does, "
              "and count what its clients lose.")  # fmt: skip
@click.option("--endpoint-lag", type=Length(), default="1s", show_default=True,
              help="How long clients still find the pod when it is being stopped.")  # fmt: skip
@click.option("--write-workload", metavar="FILE", help="Write what was measured as a workload "
              "(docs/workloads.md) that `simulate` reads.")  # fmt: skip
@click.option("--kubernetes", default=str(NEWEST), show_default=True, metavar="VERSION",
              help="The version of the kubelet, 1.25 to 1.36.")  # fmt: skip
@click.option("--network", type=click.Choice(["shared", "own"]), default="shared",
              show_default=True, help="Share this computer's network, or give the pod its own "
              "(as root; it reaches this computer only).")  # fmt: skip
@click.option("--seed", type=click.IntRange(0, 2**53), default=1, show_default=True,
              help="Where the kubelet's chance (its jitter) begins.")  # fmt: skip
@click.option("-o", "--output", type=click.Choice(formats()), default="text", show_default=True,
              help="How to print the report.")  # fmt: skip
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto",
              show_default=True, help="Colour on terminals.")  # fmt: skip
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever is found.")
@click.option("--replays", type=click.IntRange(min=0), default=40, show_default=True, metavar="N",
              help="Test claims and prove patches of at most N findings by replay; 0 for "
              "none.")  # fmt: skip
@click.option("--debug", is_flag=True, help="Show tracebacks.")
def command(command: tuple[str, ...], debug: bool, **given: Any) -> int:
    """Run a program under the rules of its manifest, with no cluster.

    Real processes, probes, limits, signals and back-off, driven by the model of the kubelet; in the
    end the report of `why`. Ctrl-C deletes the pod as kubectl would, a second one ends it at once.

    \b
    holdfast rehearse -f pod.yaml -- ./server
    holdfast rehearse -f deploy.yaml --config-map app=./config --for 2m -- python -m app
    holdfast rehearse -f pod.yaml --commands commands.yaml --network own
    """
    del debug
    version = parse_version(given["kubernetes"])
    if version is None or version.major != 1:
        raise click.BadParameter(f"{given['kubernetes']!r} is no version such as 1.36")
    behaviour = behaviour_of(version)
    manifest = read_pod(given["filenames"], given["target"], behaviour)
    if given["write_workload"]:
        check_place(Path(given["write_workload"]))
    mapped = read_commands(given["commands_file"]) if given["commands_file"] else {}
    plan = Plan(
        pod=manifest.pod,
        behaviour=behaviour,
        commands=choose_commands(manifest.pod, command, given["container"], mapped),
        data={**manifest.data, **read_data(given["config_maps"], given["secrets"])},
        directory=str(Path.cwd()),
        own_network=given["network"] == "own",
        seed=given["seed"],
    )
    load = parse_load(given["load"], given["slow"]) if given["load"] else None
    exercise = Exercise(
        given["length"], load, given["rollout"], given["endpoint_lag"], given["starts"]
    )
    rehearsed = rehearse(plan, exercise, _audience(exercise), manifest.workloads)
    with Progress() as progress:
        diagnosis = conclude(
            diagnose(rehearsed.snapshot),
            rehearsed.snapshot,
            given["filenames"],
            given["replays"],
            progress.say,
            measured_workload(plan.pod, rehearsed.measurements),
        )
    options = RenderOptions(
        width=width(),
        color=wants_color(given["color"]) and given["output"] in ("text", "wide"),
        show_quiet=True,
        version=__version__,
    )
    click.echo(render(given["output"], diagnosis, options), nl=False, color=options.color)
    machine_reads = given["output"] not in ("text", "wide")
    for line in told(rehearsed):
        click.echo(line, err=machine_reads)
    if given["write_workload"]:
        write_measurements(Path(given["write_workload"]), plan, rehearsed)
    if rehearsed.forced:
        return ExitCode.INTERRUPTED
    lost = sum(tally.lost for tally in rehearsed.requests.values())
    bad = lost > 0 or any(finding.state in TROUBLED for finding in diagnosis.findings)
    return ExitCode.FINDINGS if bad and not given["exit_zero"] else ExitCode.CLEAN


def _audience(exercise: Exercise) -> Audience:
    """A picture on a terminal, else lines."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return PlainLog(lambda line: click.echo(line, err=True))
    from rich.console import Console

    from holdfast.rehearsal.live_view import LiveView

    return LiveView(Console(stderr=True), exercise.seconds)
