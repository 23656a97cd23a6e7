"""`holdfast prove`: two manifests under the same workload, and whether the second one holds.

Rules: results on standard output, progress on standard error; every result names its seeds and its
version. Exit code 1 means that the change does not hold.
"""

import click
import msgspec

from holdfast import __version__
from holdfast.cli.exit_codes import ExitCode
from holdfast.cli.parameters import Length, Version
from holdfast.cli.progress import Progress
from holdfast.cli.simulation_input import (
    merged,
    presets,
    read_manifest,
    read_preset,
    read_workload_file,
)
from holdfast.cli.targets import parse_target
from holdfast.cli.time_limit import time_limit
from holdfast.kubelet.behaviour import NEWEST, Behaviour
from holdfast.model.errors import HoldfastError
from holdfast.model.proof import PatchProof
from holdfast.reports.proof_document import proof_document
from holdfast.reports.proof_words import patch_lines
from holdfast.simulation.prove import Extent, prove
from holdfast.simulation.read_workload import read_workload
from holdfast.simulation.scenario import check_scenario
from holdfast.simulation.subject import Subject, SubjectError, read_subject
from holdfast.simulation.trial import Trial


@click.command("prove")
@click.argument("target", required=False, metavar="[KIND/NAME]")
@click.option("-f", "--filename", "filenames", multiple=True, required=True, metavar="FILE",
              help="Twice: the manifest as it is, then as it is to be.")  # fmt: skip
@click.option("--workload", "workload_file", metavar="FILE", help="What the processes do "
              "(docs/workloads.md).")  # fmt: skip
@click.option("--preset", type=click.Choice(tuple(presets())), help="A workload that comes with "
              "holdfast; --workload adds to it.")  # fmt: skip
@click.option("--for", "length", type=Length(), default="24h", show_default=True,
              help="How long to replay.")  # fmt: skip
@click.option("--seeds", type=click.IntRange(1, 100_000), default=200, show_default=True,
              help="How many replays of each side, fewer where a day is eventful.")  # fmt: skip
@click.option("--kubernetes", type=Version(), default=str(NEWEST), show_default=True,
              metavar="VERSION", help="The version of the kubelet, 1.25 to 1.36.")  # fmt: skip
@click.option("-o", "--output", type=click.Choice(["text", "json"]), default="text",
              show_default=True, help="How to print the answer.")  # fmt: skip
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever is found.")
@click.option("--timeout", type=click.FloatRange(min=0.1), metavar="SECONDS", help="Give up then.")
@click.option("--debug", is_flag=True, help="Show tracebacks.")
def command(
    target: str | None,
    filenames: tuple[str, ...],
    workload_file: str | None,
    preset: str | None,
    length: float,
    seeds: int,
    kubernetes: Behaviour,
    output: str,
    exit_zero: bool,
    timeout: float | None,
    debug: bool,
) -> int:
    """Prove that a changed manifest ends the restarts.

    The pods are replayed before and after under the same workload; then they are made to hang, and
    what noticed it before must still do so; then faults come and end (an outage, a crash with a
    slow start, pauses), after which they must be ready again.

    \b
    holdfast prove -f deploy.yaml -f deploy-new.yaml --preset slow-start
    holdfast prove -f pod.yaml -f pod-new.yaml --workload w.yaml --kubernetes 1.34
    """
    del debug
    if len(filenames) != 2:
        raise click.UsageError("give --filename twice: the manifest before and the one after")
    if workload_file is None and preset is None:
        raise click.UsageError("say what the processes do: --workload FILE or --preset NAME")
    plain = merged(
        read_preset(preset) if preset is not None else None,
        read_workload_file(workload_file) if workload_file is not None else None,
    )
    workload = read_workload(plain, workload_file or f"preset {preset}")
    before, after = (_subject(name, target, kubernetes) for name in filenames)
    broken = tuple(container.name for container in after.pod.spec.containers)
    trial = Trial(before, after, broken, kubernetes)
    for subject in (before, after):
        check_scenario(trial.scenario(subject, workload, length))
    with time_limit(timeout, "proving", _LESS), Progress() as progress:
        progress.say("replaying before and after")
        extent = Extent(seeds, length)
        proof = prove(trial, workload, _told(workload_file, preset), extent=extent)
    click.echo(_shown(proof, after, kubernetes, output), nl=False)
    return ExitCode.CLEAN if proof.holds or exit_zero else ExitCode.FINDINGS


_LESS = "replay fewer seeds (--seeds) or a shorter time (--for)"


def _subject(name: str, target: str | None, kubernetes: Behaviour) -> Subject:
    manifest = read_manifest(name, parse_target(target) if target else None)
    subject = read_subject(manifest, kubernetes, name)
    if subject is None:
        raise SubjectError(
            "reading a manifest", name, "no pod template", "give a Pod or the owner of pods"
        )
    if subject.finite:
        raise HoldfastError(
            "proving a change",
            name,
            f"a {subject.kind}, whose pods are there to end; expected pods that run on",
            "compare Jobs with holdfast simulate --against",
        )
    return subject


def _told(workload_file: str | None, preset: str | None) -> str:
    return " and ".join(name for name in (preset and f"preset {preset}", workload_file) if name)


def _shown(proof: PatchProof, subject: Subject, kubernetes: Behaviour, output: str) -> str:
    version = str(kubernetes.version)
    if output == "json":
        document = proof_document(proof, subject.name, version, __version__)
        return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"
    verdict = "holds" if proof.holds else "does not hold"
    lines = [f"{subject.name} under {proof.told}: the change {verdict}"]
    lines += [f"  {text}" for text, _ in patch_lines(proof, version)]
    if kubernetes.note:
        lines.append(f"  {kubernetes.note}")
    return "".join(f"{line}\n" for line in lines)
