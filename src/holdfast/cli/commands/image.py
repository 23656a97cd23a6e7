"""`holdfast image`: what an image adds, wastes, starts and needs, without a daemon."""

import gc

import click

from holdfast import __version__
from holdfast.cli.exit_codes import ExitCode
from holdfast.cli.image_targets import ImageTarget, read_known
from holdfast.cli.inspect_files import Wanted, inspect
from holdfast.cli.progress import Progress
from holdfast.cli.terminal import wants_color, width
from holdfast.cli.time_limit import time_limit
from holdfast.images.compare import compare
from holdfast.model.image_comparison import ImageAnswer
from holdfast.model.rule import Severity
from holdfast.reports.options import RenderOptions
from holdfast.reports.render_images import image_formats, render_images


@click.command("image")
@click.argument("target", metavar="TARGET")
@click.argument("other", required=False, metavar="[OTHER]")
@click.option(
    "--platform", default="", metavar="OS/ARCH[/VARIANT]",
    help="Which image of several.  [default: linux/amd64, or the only one]",
)  # fmt: skip
@click.option(
    "-o", "--output", type=click.Choice(image_formats()), default="text", show_default=True,
    help="How to print the answer.",
)  # fmt: skip
@click.option(
    "--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True,
    help="Colour on terminals (auto follows NO_COLOR and FORCE_COLOR).",
)  # fmt: skip
@click.option(
    "--fail-on", type=click.Choice([*map(str, Severity), "never"]), default="medium",
    show_default=True, help="Exit with 1 when a hazard at least this bad is found.",
)  # fmt: skip
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever is found.")
@click.option("--timeout", type=click.FloatRange(min=0.1), metavar="SECONDS", help="Give up then.")
@click.option("--debug", is_flag=True, help="Show tracebacks.")
def command(
    target: str,
    other: str | None,
    platform: str,
    output: str,
    color: str,
    fail_on: str,
    exit_zero: bool,
    timeout: float | None,
    debug: bool,
) -> int:
    """Look into a container image, or compare two.

    TARGET is an OCI layout (a directory or an archive), an archive of docker save, or
    docker://REFERENCE for a registry. Behind a colon stands the name of one image of several.
    Hazards are those of the image that is named last; `holdfast check` finds more beside manifests.

    \b
    docker save app:1.4.2 -o app.tar && holdfast image app.tar
    holdfast image single-stage.tar multi-stage.tar
    holdfast image layout/:1.4.2 --platform linux/arm64
    holdfast image docker://registry.example.com/app:1.4.2
    """
    del debug
    gc.disable()
    with time_limit(timeout, "reading an image", "save it to a file first"), Progress() as progress:
        known = [
            read_known(ImageTarget(one), platform, progress.say) for one in (target, other) if one
        ]
    inspection = inspect([], Wanted(images=(known[-1],)))
    images = tuple(one.image for one in known)
    comparison = compare(*images) if len(images) == 2 else None
    answer = ImageAnswer(images, inspection.hazards, comparison, inspection.rules_run)
    options = RenderOptions(
        width=width(),
        color=wants_color(color) and output == "text",
        show_quiet=False,
        version=__version__,
    )
    click.echo(render_images(output, answer, options), nl=False, color=options.color)
    worst = min((hazard.rule.severity.rank for hazard in inspection.hazards), default=None)
    bad = worst is not None and fail_on != "never" and worst <= Severity(fail_on).rank
    return ExitCode.FINDINGS if bad and not exit_zero else ExitCode.CLEAN
