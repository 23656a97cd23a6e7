"""`holdfast check`: hazards in manifests, found before the deploy."""

import gc

import click

from holdfast import __version__
from holdfast.cli.exit_codes import ExitCode
from holdfast.cli.inspect_files import Wanted, inspect
from holdfast.cli.manifest_files import InputError
from holdfast.cli.terminal import wants_color, width
from holdfast.model.hazard import Inspection
from holdfast.model.rule import Audience, Severity
from holdfast.reports.hazards_text import render_text
from holdfast.reports.options import RenderOptions

_AUDIENCES = {
    "everybody": frozenset({Audience.EVERYBODY}),
    "platform": frozenset({Audience.EVERYBODY, Audience.PLATFORM}),
    "pedantic": frozenset(Audience),
}


@click.command("check")
@click.argument("paths", nargs=-1, metavar="[FILE | DIR | -]...")
@click.option(
    "-f", "--filename", "filenames", multiple=True, metavar="FILE|DIR|-",
    help="As an argument. Repeatable.",
)  # fmt: skip
@click.option(
    "--audience", type=click.Choice(list(_AUDIENCES)), default="everybody", show_default=True,
    help="Whose rules run: each audience includes the ones before it.",
)  # fmt: skip
@click.option("--rule", "only", multiple=True, metavar="ID", help="Only this rule. Repeatable.")
@click.option("--without", multiple=True, metavar="ID", help="Not this rule. Repeatable.")
@click.option("--no-replay", is_flag=True, help="Do not ask the kubelet model: faster, less told.")
@click.option(
    "--fail-on", type=click.Choice([*map(str, Severity), "never"]), default="medium",
    show_default=True, help="Exit with 1 when a hazard at least this bad is found.",
)  # fmt: skip
@click.option(
    "--strict", is_flag=True, help="Exit with 3 when something in the input was not examined.",
)  # fmt: skip
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever is found.")
@click.option(
    "--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True,
    help="Colour on terminals (auto follows NO_COLOR and FORCE_COLOR).",
)  # fmt: skip
@click.option("--debug", is_flag=True, help="Show tracebacks.")
def command(
    paths: tuple[str, ...],
    filenames: tuple[str, ...],
    audience: str,
    only: tuple[str, ...],
    without: tuple[str, ...],
    no_replay: bool,
    fail_on: str,
    strict: bool,
    exit_zero: bool,
    color: str,
    debug: bool,
) -> int:
    """Find hazards that restart pods or lose requests, before the deploy.

    Reads manifests from files, directories and standard input.

    \b
    holdfast check deploy/
    helm template . | holdfast check -
    kustomize build overlays/prod | holdfast check -
    """
    del debug
    gc.disable()
    named = (*paths, *filenames)
    if not named:
        raise click.UsageError("name a file or a directory, or - for standard input")
    wanted = Wanted(
        audiences=_AUDIENCES[audience],
        only=frozenset(only),
        without=frozenset(without),
        replays=not no_replay,
    )
    inspection = inspect(named, wanted)
    options = RenderOptions(
        width=width(), color=wants_color(color), show_quiet=False, version=__version__
    )
    click.echo(render_text(inspection, options), nl=False, color=options.color)
    return _exit_code(inspection, named, fail_on, strict=strict, exit_zero=exit_zero)


def _exit_code(
    inspection: Inspection, named: tuple[str, ...], fail_on: str, *, strict: bool, exit_zero: bool
) -> ExitCode:
    if not inspection.examined.objects:
        raise InputError(
            "checking manifests",
            ", ".join(named),
            "no object of Kubernetes in it; expected at least one with apiVersion and kind",
            "check the path, and render templates first: helm template . | holdfast check -",
        )
    if strict and inspection.unexamined:
        return ExitCode.NOTHING_EXAMINED
    worst = [h.rule.severity.rank for h in inspection.hazards]
    bad = fail_on != "never" and any(rank <= Severity(fail_on).rank for rank in worst)
    return ExitCode.FINDINGS if bad and not exit_zero else ExitCode.CLEAN
