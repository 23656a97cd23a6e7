"""`holdfast simulate`: replay a pod in virtual time, as it is and as it would be.

Rules: results on standard output, progress on standard error; every result names its seed and its
version, and the command that repeats it: the same command prints the same bytes.
"""

import shlex
from typing import Any

import click
import msgspec

from holdfast import __version__
from holdfast.cli.exit_codes import ExitCode
from holdfast.cli.parameters import Length, Version
from holdfast.cli.progress import Progress
from holdfast.cli.run_replays import run_replays
from holdfast.cli.simulation_input import (
    Plain,
    apply_settings,
    merged,
    presets,
    read_manifest,
    read_neighbours,
    read_nodes,
    read_preset,
    read_workload_file,
)
from holdfast.cli.targets import parse_target
from holdfast.cli.terminal import wants_color, width
from holdfast.cli.time_limit import time_limit
from holdfast.kubelet.behaviour import NEWEST
from holdfast.model.duration import Duration
from holdfast.model.errors import HoldfastError
from holdfast.model.simulated import Simulated
from holdfast.reports.options import RenderOptions
from holdfast.reports.render_replays import render_replays, replay_formats
from holdfast.simulation.read_workload import read_workload
from holdfast.simulation.replay import Replayed, Telling
from holdfast.simulation.room import room
from holdfast.simulation.scenario import Scenario, check_scenario
from holdfast.simulation.subject import SubjectError, read_subject
from holdfast.simulation.summarize import measures, side

_DEFAULT_SEEDS = 20
_MOST_SEEDS = 100_000
_SHOWN_SECONDS = 1800.0
_AFTER_ROLLOUT_SECONDS = 300.0
_DEFAULT_REQUESTS = 100.0


def _complete_preset(ctx: Any, param: Any, incomplete: str) -> list[str]:
    del ctx, param
    return [name for name in presets() if name.startswith(incomplete)]


def _list_presets(ctx: click.Context, param: Any, value: bool) -> None:
    del param
    if value:
        for name, about in presets().items():
            click.echo(f"{name.ljust(20)}{about}")
        ctx.exit()


@click.command("simulate")
@click.argument("target", required=False, metavar="[KIND/NAME]")
@click.option("-f", "--filename", required=True, metavar="FILE|-", help="The manifest: a Pod or "
              "anything with a pod template.")  # fmt: skip
@click.option("--workload", "workload_file", metavar="FILE", help="What the processes do "
              "(docs/workloads.md).")  # fmt: skip
@click.option("--preset", shell_complete=_complete_preset, metavar="NAME", help="A workload that "
              "comes with holdfast; --workload adds to it.")  # fmt: skip
@click.option("--list-presets", is_flag=True, is_eager=True, expose_value=False,
              callback=_list_presets, help="Show the presets and exit.")  # fmt: skip
@click.option("--set", "settings", multiple=True, metavar="PATH=VALUE", help="Compare with this "
              "field changed, such as app.livenessProbe.timeoutSeconds=5, spec.replicas=3 or "
              "workload.app.memory.growth.rate=2Mi/s. Repeatable.")  # fmt: skip
@click.option("--against", metavar="FILE", help="Compare with this manifest.")
@click.option("--for", "length", type=Length(), default="24h", show_default=True,
              help="How long to replay.")  # fmt: skip
@click.option("--seeds", type=click.IntRange(1, _MOST_SEEDS), default=_DEFAULT_SEEDS,
              show_default=True, help="How many replays, each with its own chance.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0, 2**53), default=1, show_default=True,
              help="The first seed.")  # fmt: skip
@click.option("--kubernetes", type=Version(), default=str(NEWEST), show_default=True,
              metavar="VERSION", help="The version of the kubelet, 1.25 to 1.36.")  # fmt: skip
@click.option("--node", "nodes", multiple=True, metavar="FILE|cpu=4,memory=16Gi", help="Run on "
              "this node: requests must fit, memory and processors are shared. Add count=3 for "
              "more of them. Repeatable.")  # fmt: skip
@click.option("--beside", multiple=True, metavar="FILE", help="Other workloads on the same nodes. "
              "Repeatable.")  # fmt: skip
@click.option("--replicas", type=click.IntRange(0, 1000), help="So many pods instead.")
@click.option("--rollout", "rollouts", type=Length(), multiple=True, metavar="TIME",
              help="Restart the pods by a rollout at this time. Repeatable.")  # fmt: skip
@click.option("--requests", type=click.FloatRange(0, 1e6), metavar="RATE", help="Requests per "
              "second that clients send; 100 with --rollout.")  # fmt: skip
@click.option("--timeline", type=Length(), metavar="DURATION", help="Draw this much of the first "
              "seed; 30m and all rollouts by default.")  # fmt: skip
@click.option("--story", type=click.IntRange(min=0), default=0, metavar="LINES",
              help="Tell the first seed in so many lines.")  # fmt: skip
@click.option("-o", "--output", type=click.Choice(replay_formats()), default="text",
              show_default=True, help="How to print the answer.")  # fmt: skip
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto",
              show_default=True, help="Colour on terminals.")  # fmt: skip
@click.option("--fail-on", type=click.Choice(["restarts", "never"]), default="never",
              show_default=True, help="Exit with 1 when half of the seeds restart; after the "
              "change, where there is one.")  # fmt: skip
@click.option("--jobs", type=click.IntRange(1, 256), metavar="N", help="Processes to use.")
@click.option("--timeout", type=click.FloatRange(min=0.1), metavar="SECONDS", help="Give up then.")
@click.option("--debug", is_flag=True, help="Show tracebacks.")
def command(timeout: float | None, debug: bool, **given: Any) -> int:
    """Replay a pod in virtual time under a faithful kubelet.

    It tells restarts per day, readiness and time to ready over many seeds; with --set or --against
    before and after, side by side.

    \b
    holdfast simulate -f deploy.yaml --preset leak
    holdfast simulate -f deploy.yaml --workload w.yaml --set app.resources.limits.memory=1Gi
    holdfast simulate -f deploy.yaml --preset slow-start --rollout 1h --for 2h --requests 200
    holdfast simulate -f pod.yaml --preset crash-loop --for 10m --seeds 1 --story 60
    """
    del debug
    with time_limit(timeout, "simulating", _LESS), Progress() as progress:
        before, after = _scenarios(given)
        seeds = range(given["seed"], given["seed"] + given["seeds"])
        shown = min(given["timeline"] or _shown(before), given["length"])
        scenarios = [before] if after is None else [before, after]
        replays = run_replays(
            scenarios,
            seeds,
            Telling(given["story"], shown),
            given["jobs"],
            lambda done, total: progress.say(f"replaying {done} of {total}"),
        )
    answer = _answer(scenarios, replays, given)
    options = RenderOptions(
        width=width(),
        color=wants_color(given["color"]) and given["output"] == "text",
        version=__version__,
    )
    click.echo(render_replays(given["output"], answer, options), nl=False, color=options.color)
    last = answer.measures[0].after or answer.measures[0].before
    bad = given["fail_on"] == "restarts" and (last.median or 0) > 0
    return ExitCode.FINDINGS if bad else ExitCode.CLEAN


_LESS = "replay fewer seeds (--seeds), a shorter time (--for), or fewer pods (--replicas)"


def _shown(scenario: Scenario) -> float:
    """The beginning, and what rollouts there are."""
    return max(
        _SHOWN_SECONDS, *(time + _AFTER_ROLLOUT_SECONDS for time in (0.0, *scenario.rollouts))
    )


def _scenarios(given: dict[str, Any]) -> tuple[Scenario, Scenario | None]:
    target = parse_target(given["target"]) if given["target"] else None
    manifest = read_manifest(given["filename"], target)
    preset = given["preset"]
    if preset is not None and preset not in presets():
        raise click.BadParameter(
            f"{preset!r} is not a preset; expected one of {', '.join(presets())}"
        )
    workload = merged(
        read_preset(preset) if preset is not None else None,
        read_workload_file(given["workload_file"]) if given["workload_file"] else None,
    )
    before = _scenario(manifest, workload, given, given["filename"])
    if not given["settings"] and not given["against"]:
        return before, None
    other = read_manifest(given["against"], target) if given["against"] else manifest
    changed, changed_workload = apply_settings(given["settings"], other, workload)
    where = given["against"] or given["filename"]
    after = _scenario(changed, changed_workload, given, where)
    if before == after:
        raise HoldfastError(
            "comparing",
            ", ".join(given["settings"]) or given["against"],
            "nothing that a simulation uses is different afterwards; expected a change",
            "check the spelling of the path, and that the value differs",
        )
    return before, after


def _scenario(manifest: Plain, workload: Plain, given: dict[str, Any], where: str) -> Scenario:
    behaviour = given["kubernetes"]
    subject = read_subject(manifest, behaviour, where)
    if subject is None:
        raise SubjectError(
            "reading a manifest", where, "no pod template", "give a Pod or the owner of pods"
        )
    if given["replicas"] is not None:
        subject = msgspec.structs.replace(subject, replicas=given["replicas"])
    source = given["workload_file"] or (f"preset {given['preset']}" if given["preset"] else "--set")
    read = read_workload(workload, source)
    rate = given["requests"]
    if rate is None and given["rollouts"] and not read.traffic.per_second:
        rate = _DEFAULT_REQUESTS
    if rate is not None:
        traffic = msgspec.structs.replace(read.traffic, per_second=rate)
        read = msgspec.structs.replace(read, traffic=traffic)
    neighbours = (
        read_subject(one, behaviour, "--beside") for one in read_neighbours(given["beside"])
    )
    scenario = Scenario(
        subject=subject,
        neighbours=tuple(one for one in neighbours if one is not None),
        workload=read,
        behaviour=behaviour,
        seconds=given["length"],
        nodes=read_nodes(given["nodes"]),
        rollouts=tuple(sorted(given["rollouts"])),
    )
    check_scenario(scenario)
    return scenario


def _answer(
    scenarios: list[Scenario], replays: list[list[Replayed]], given: dict[str, Any]
) -> Simulated:
    before = scenarios[0]
    labels = ("before", "after") if len(scenarios) > 1 else ("replayed",)
    changes = tuple(given["settings"])
    if given["against"]:
        changes = (f"{given['against']} instead of {given['filename']}", *changes)
    return Simulated(
        subject=before.subject.name,
        pods=before.subject.replicas,
        kubernetes=str(before.behaviour.version),
        seconds=before.seconds,
        seed=given["seed"],
        seeds=given["seeds"],
        changes=changes,
        measures=measures(before, replays[0], replays[1] if len(replays) > 1 else None),
        sides=tuple(side(*pair) for pair in zip(labels, replays, strict=True)),
        notes=tuple(_notes(before, given)),
        command=_again(given),
    )


def _notes(scenario: Scenario, given: dict[str, Any]) -> list[str]:
    notes = [scenario.behaviour.note] if scenario.behaviour.note else []
    if not scenario.workload.containers:
        notes.append("nothing was said about the processes: they just run (--workload, --preset)")
    unprobed = [
        container.name
        for container in scenario.subject.pod.spec.containers
        if container.readiness_probe is None
    ]
    if unprobed and not scenario.subject.finite:
        notes.append(f"no readinessProbe, so ready as soon as it runs: {', '.join(unprobed)}")
    notes.extend(room(scenario))
    if given["filename"] == "-":
        notes.append("the manifest came from standard input: keep it to repeat this")
    return notes


def _again(given: dict[str, Any]) -> str:
    """The command line that repeats a result, whatever defaults later versions have."""
    parts = ["holdfast", "simulate"]
    if given["target"]:
        parts.append(given["target"])
    parts += ["-f", given["filename"]]
    singles = (
        ("--workload", given["workload_file"]),
        ("--preset", given["preset"]),
        ("--against", given["against"]),
        ("--replicas", given["replicas"]),
        ("--requests", _plain(given["requests"])),
        ("--for", _length(given["length"])),
        ("--kubernetes", given["kubernetes"].asked),
        ("--seed", given["seed"]),
        ("--seeds", given["seeds"]),
    )
    lists = (
        ("--set", given["settings"]),
        ("--node", given["nodes"]),
        ("--beside", given["beside"]),
        ("--rollout", [_length(time) for time in given["rollouts"]]),
    )
    for flag, value in singles:
        if value is not None:
            parts += [flag, str(value)]
    for flag, values in lists:
        for value in values:
            parts += [flag, value]
    return shlex.join(parts)


def _length(seconds: float) -> str:
    """The shortest text that means exactly so many seconds."""
    text = str(Duration(seconds))
    return text if Duration.parse(text).seconds == seconds else f"{seconds!r}s"


def _plain(number: float | None) -> str | None:
    return None if number is None else f"{number:g}"
