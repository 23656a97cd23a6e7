"""`holdfast image`: what an image adds, wastes, starts and needs, without a daemon."""

import gc

import click

from holdfast import __version__
from holdfast.cli.exit_codes import ExitCode
from holdfast.cli.progress import Progress
from holdfast.cli.terminal import wants_color, width
from holdfast.cli.time_limit import time_limit
from holdfast.images.compare import compare
from holdfast.model.image_comparison import ImageAnswer
from holdfast.reports.options import RenderOptions
from holdfast.reports.render_images import image_formats, render_images
from holdfast.sources.images.read_image import read_image


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
@click.option("--timeout", type=click.FloatRange(min=0.1), metavar="SECONDS", help="Give up then.")
@click.option("--debug", is_flag=True, help="Show tracebacks.")
def command(
    target: str,
    other: str | None,
    platform: str,
    output: str,
    color: str,
    timeout: float | None,
    debug: bool,
) -> int:
    """Look into a container image, or compare two.

    TARGET is an OCI layout (a directory or an archive), an archive of docker save, or
    docker://REFERENCE for a registry. Behind a colon stands the name of one image of several.

    \b
    docker save app:1.4.2 -o app.tar && holdfast image app.tar
    holdfast image single-stage.tar multi-stage.tar
    holdfast image layout/:1.4.2 --platform linux/arm64
    holdfast image docker://registry.example.com/app:1.4.2
    """
    del debug
    gc.disable()
    with time_limit(timeout, "reading an image", "save it to a file first"), Progress() as progress:
        images = tuple(read_image(one, platform, progress.say) for one in (target, other) if one)
    comparison = compare(*images) if len(images) == 2 else None
    answer = ImageAnswer(images, comparison=comparison)
    options = RenderOptions(
        width=width(),
        color=wants_color(color) and output == "text",
        show_quiet=False,
        version=__version__,
    )
    click.echo(render_images(output, answer, options), nl=False, color=options.color)
    return ExitCode.CLEAN
