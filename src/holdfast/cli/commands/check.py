"""`holdfast check`: hazards in manifests and Dockerfiles, found before the deploy."""

import gc
from pathlib import Path

import click

from holdfast import __version__
from holdfast.cli.api_schema import ApiSchema, SchemaError
from holdfast.cli.builds import Build, Builds, parse_builds, refuse_unknown_builds
from holdfast.cli.check_settings import (
    Settings,
    SettingsError,
    baseline_text,
    read_baseline,
    read_settings,
)
from holdfast.cli.deployed_files import read_deployed
from holdfast.cli.exit_codes import ExitCode
from holdfast.cli.image_targets import parse_target, read_targets, split_targets
from holdfast.cli.inspect_files import Wanted, inspect
from holdfast.cli.manifest_files import STDIN_NAME, InputError, TextFile, read_files
from holdfast.cli.mend_files import mend, write
from holdfast.cli.parameters import Version
from holdfast.cli.terminal import wants_color, width
from holdfast.kubelet.behaviour import NEWEST, Behaviour
from holdfast.lint.catalogue import catalogue
from holdfast.model.edit import Safety
from holdfast.model.hazard import Inspection, Unexamined
from holdfast.model.rule import Audience, Severity
from holdfast.reports.options import RenderOptions
from holdfast.reports.render_hazards import hazard_formats, render_hazards
from holdfast.sources.dockerfile.read_dockerfile import read_dockerfile

_AUDIENCES = {
    "everybody": frozenset({Audience.EVERYBODY}),
    "platform": frozenset({Audience.EVERYBODY, Audience.PLATFORM}),
    "pedantic": frozenset(Audience),
}
# Replays leave cycles behind: never collecting takes 69 MB for 2,072 files instead of 58, Python's
# default a twentieth more time than this, and five times as many between two collections 2 MB more.
_COLLECT = (10_000, 20, 100)
_SAFE, _REVIEW = frozenset({Safety.SAFE}), frozenset({Safety.SAFE, Safety.REVIEW})


@click.command("check")
@click.argument("paths", nargs=-1, metavar="[FILE | DIR | -]...")
@click.option(
    "-f", "--filename", "filenames", multiple=True, metavar="FILE|DIR|-",
    help="As an argument. Repeatable.",
)  # fmt: skip
@click.option(
    "-o", "--output", type=click.Choice(hazard_formats()), default="text", show_default=True,
    help="How to print the answer.",
)  # fmt: skip
@click.option("--fix", is_flag=True, help="Make the safe changes in the files.")
@click.option("--diff", is_flag=True, help="Print the safe changes instead of making them.")
@click.option(
    "--review", is_flag=True,
    help="With --fix or --diff: also the changes that are right when what they state is.",
)  # fmt: skip
@click.option(
    "--audience", type=click.Choice(list(_AUDIENCES)),
    help="Whose rules run: each audience includes the ones before it.  [default: everybody]",
)  # fmt: skip
@click.option("--rule", "only", multiple=True, metavar="ID", help="Only this rule. Repeatable.")
@click.option("--without", multiple=True, metavar="ID", help="Not this rule. Repeatable.")
@click.option(
    "--kubernetes", type=Version(), default=str(NEWEST), show_default=True,
    help="The version of the cluster.",
)  # fmt: skip
@click.option(
    "--against", metavar="FILE|DIR|git:REV",
    help="What is deployed now: also tell versions that go back and tags that were moved.",
)  # fmt: skip
@click.option(
    "--image", "image_targets", multiple=True, metavar="[NAME=]TARGET",
    help="An image that containers run, as `holdfast image` reads it. NAME is what manifests call "
    "it, where it was saved under another name. Repeatable.",
)  # fmt: skip
@click.option(
    "--schema", is_flag=True,
    help="Also compare every object with the schemas of Kubernetes (extra: schema).",
)  # fmt: skip
@click.option(
    "--dockerfile", "builds", multiple=True, metavar="NAME=DOCKERFILE",
    help="Which of the Dockerfiles builds an image, where its directory does not tell. Repeatable.",
)  # fmt: skip
@click.option(
    "--target", "stages", multiple=True, metavar="[DOCKERFILE=]STAGE",
    help="The stage that is built, where it is not the last one. Repeatable.",
)  # fmt: skip
@click.option("--no-replay", is_flag=True, help="Do not ask the kubelet model: faster, less told.")
@click.option("--config", metavar="FILE", help="Instead of the nearest holdfast.toml.")
@click.option("--baseline", metavar="FILE", help="Leave out the hazards that this file names.")
@click.option("--write-baseline", metavar="FILE", help="Write the hazards of today to this file.")
@click.option("--explain", metavar="ID", help="Print the page of a rule.")
@click.option(
    "--fail-on", type=click.Choice([*map(str, Severity), "never"]),
    help="Exit with 1 when a hazard at least this bad is found.  [default: medium]",
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
    output: str,
    fix: bool,
    diff: bool,
    review: bool,
    audience: str | None,
    only: tuple[str, ...],
    without: tuple[str, ...],
    kubernetes: Behaviour,
    against: str | None,
    image_targets: tuple[str, ...],
    schema: bool,
    builds: tuple[str, ...],
    stages: tuple[str, ...],
    no_replay: bool,
    config: str | None,
    baseline: str | None,
    write_baseline: str | None,
    explain: str | None,
    fail_on: str | None,
    strict: bool,
    exit_zero: bool,
    color: str,
    debug: bool,
) -> int:
    """Find hazards that restart pods or lose requests, before the deploy.

    Reads manifests, Dockerfiles and images from files, directories and standard input.

    \b
    holdfast check deploy/ Dockerfile
    holdfast check deploy/ app.tar
    helm template . | holdfast check -
    kustomize build overlays/prod | holdfast check -
    holdfast check --diff deploy/ | git apply
    """
    del debug
    if explain:
        click.echo(_page(explain))
        return ExitCode.CLEAN
    _collect_seldom()
    named = _named(*paths, *filenames)
    _refuse_unknown((*only, *without))
    targets, files_named = split_targets(named)
    images, unread = read_targets([*targets, *map(parse_target, image_targets)])
    settings, known = _settings(config, baseline)
    read, built = _read(files_named, parse_builds(builds, stages), settings)
    wanted = Wanted(
        audiences=_AUDIENCES[audience or settings.audience],
        only=frozenset(only),
        without=frozenset((*without, *settings.without)),
        kubelet=kubernetes,
        replays=not no_replay,
        baseline=known,
        accepted=settings.accepted,
        against=read_deployed(against, named) if against else (),
        images=tuple(images),
        schema=_schema(kubernetes) if schema else None,
        builds=built,
    )
    files = [*unread, *read]
    mends = diff or fix
    inspection = _mend(files, wanted, fix, review, diff) if mends else inspect(files, wanted)
    if diff:
        return ExitCode.CLEAN
    if write_baseline:
        Path(write_baseline).write_text(baseline_text(inspection), encoding="utf-8")
    _print(inspection, output, color)
    return _exit_code(inspection, named, fail_on or settings.fail_on, strict, exit_zero)


def _named(*paths: str) -> tuple[str, ...]:
    if not paths:
        raise click.UsageError("name a file or a directory, or - for standard input")
    return paths


def _read(
    named: list[str], given: list[Build], settings: Settings
) -> tuple[list[TextFile | Unexamined], Builds]:
    """The files, and what is built of them by the configuration and by flags."""
    built = Builds([*settings.builds, *given])
    files = list(read_files(named, built))
    if given:
        texts = [one for one in files if isinstance(one, TextFile) and one.beside is None]
        refuse_unknown_builds(
            given, [read_dockerfile(one.text, one.name) for one in texts if one.is_dockerfile]
        )
    return files, built


def _collect_seldom() -> None:
    gc.freeze()
    gc.set_threshold(*_COLLECT)


def _schema(kubernetes: Behaviour) -> ApiSchema:
    """The schemas of the version of the cluster."""
    try:
        return ApiSchema(kubernetes.version)
    except SchemaError as error:
        raise click.UsageError(str(error)) from error


def _settings(config: str | None, baseline: str | None) -> tuple[Settings, frozenset[str]]:
    """The configuration, and the fingerprints of the baseline."""
    try:
        settings = read_settings(config)
        return settings, read_baseline(baseline if baseline is not None else settings.baseline)
    except SettingsError as error:
        raise click.UsageError(str(error)) from error


def _print(inspection: Inspection, output: str, color: str) -> None:
    options = RenderOptions(
        width=width(),
        color=wants_color(color) and output == "text",
        show_quiet=False,
        version=__version__,
    )
    click.echo(render_hazards(output, inspection, options), nl=False, color=options.color)


def _mend(
    files: list[TextFile | Unexamined],
    wanted: Wanted,
    write_files: bool,
    review: bool,
    print_diff: bool,
) -> Inspection:
    """What is left after the changes, which are printed or made."""
    texts = [file for file in files if isinstance(file, TextFile)]
    if write_files and any(file.name == STDIN_NAME for file in texts):
        raise click.UsageError("standard input cannot be changed: take --diff")
    changed, inspection = mend(texts, wanted, _REVIEW if review else _SAFE)
    for one in changed:
        if print_diff:
            click.echo(one.diff, nl=False)
        elif write_files:
            write(one)
            click.echo(f"{one.file}: {one.hazards} mended", err=True)
    return inspection


def _refuse_unknown(ids: tuple[str, ...]) -> None:
    known = {entry.rule.id for entry in catalogue()}
    for one in ids:
        if one not in known:
            raise click.UsageError(f"no rule has the id {one}; docs/rules lists them")


def _page(one: str) -> str:
    for entry in catalogue():
        if entry.rule.id == one.upper():
            return f"{entry.rule.id}: {entry.rule.title}\n\n{entry.documentation.strip()}"
    raise click.UsageError(f"no rule has the id {one}; docs/rules lists them")


def _exit_code(
    inspection: Inspection, named: tuple[str, ...], fail_on: str, strict: bool, exit_zero: bool
) -> ExitCode:
    examined = inspection.examined
    if not (examined.objects or examined.dockerfiles or examined.images):
        found = "; ".join(f"{u.file}:{u.line}: {u.what}" for u in inspection.unexamined[:3])
        raise InputError(
            "checking manifests and Dockerfiles",
            ", ".join(named),
            f"{found or 'no object of Kubernetes'}; expected one with apiVersion and kind, or a "
            "Dockerfile",
            "check the path, and render templates first: helm template . | holdfast check -",
        )
    if strict and inspection.unexamined:
        return ExitCode.NOTHING_EXAMINED
    worst = [h.rule.severity.rank for h in inspection.hazards]
    bad = fail_on != "never" and any(rank <= Severity(fail_on).rank for rank in worst)
    return ExitCode.FINDINGS if bad and not exit_zero else ExitCode.CLEAN
