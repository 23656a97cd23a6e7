"""`holdfast tag`: the next tag of an environment, and whether the one in a manifest is right."""

import re

import click
import msgspec

from holdfast.cli.exit_codes import ExitCode
from holdfast.cli.manifest_files import InputError
from holdfast.cli.tag_input import (
    images_of,
    remote_tags,
    state_of_repository,
    state_of_standard_input,
)
from holdfast.model.regex import regex
from holdfast.model.semantic_version import Level
from holdfast.reports.tag_documents import (
    Checked,
    NextTagDocument,
    checked_image,
    next_tag_document,
    step_outputs,
    tag_check_document,
)
from holdfast.reports.workflow_commands import annotation
from holdfast.sources.git_repository import GitRepository
from holdfast.tags.next_tag import TagAt, Wish, decide, environment_name
from holdfast.tags.verify import verify as verify_use

_AUTO = "auto"
# An environment and a pre-release are part of a tag of an image.
_NAME = regex(r"[a-z][a-z0-9]*", re.ASCII)
_LINE = regex(r"\d+(?:\.\d+)?", re.ASCII)


@click.group("tag")
def command() -> None:
    """Compute the next version tag, and check the tags that manifests name."""


@command.command("next")
@click.argument("source", required=False, type=click.Choice(["-"]), metavar="[-]")
@click.option("-C", "--repository", default=".", metavar="DIR", help="The repository of git.")
@click.option(
    "--environment", default="production", show_default=True, metavar="NAME",
    help="Whose tag: dev gives dev-v1.2.0, production v1.2.0.",
)  # fmt: skip
@click.option(
    "--bump", type=click.Choice([*map(str, Level), _AUTO]), default=_AUTO, show_default=True,
    help="What to count up; auto reads the commits since the last release (Conventional Commits).",
)  # fmt: skip
@click.option("--pre", default="", metavar="NAME", help="A pre-release such as rc: v1.3.0-rc.1.")
@click.option("--line", default="", metavar="X[.Y]", help="Count within this line of versions.")
@click.option(
    "--promote", metavar="NAME",
    help="Take on the version that this environment's tag on the commit has.",
)  # fmt: skip
@click.option("--remote", metavar="NAME", help="Also ask this remote for its tags.")
@click.option(
    "-o", "--output", type=click.Choice(["text", "json", "github"]), default="text",
    show_default=True, help="How to print the answer; github: lines for GITHUB_OUTPUT.",
)  # fmt: skip
@click.option("--debug", is_flag=True, help="Show tracebacks.")
def next_(
    source: str | None,
    repository: str,
    environment: str,
    bump: str,
    pre: str,
    line: str,
    promote: str | None,
    remote: str | None,
    output: str,
    debug: bool,
) -> int:
    """Print the next tag, or why there must be none (exit code 1).

    Where commits decide and none of them changes anything for users, nothing is printed. With - the
    tags are read from standard input, and neither history nor the working tree is looked at.

    \b
    holdfast tag next                                  v1.3.0, by the commits since v1.2.4
    holdfast tag next --environment dev                dev-v1.3.0
    holdfast tag next --environment staging --promote dev
    holdfast tag next --pre rc --bump minor            v1.3.0-rc.1
    holdfast tag next -o github >> "$GITHUB_OUTPUT"
    git tag | holdfast tag next - --bump patch
    """
    del debug
    wish = Wish(
        environment=environment_name(_name("--environment", environment)),
        level=None if bump == _AUTO else Level(bump),
        pre=_name("--pre", pre),
        line=_line(line),
        promoted=None if promote is None else environment_name(_name("--promote", promote)),
    )
    if source is None:
        state = state_of_repository(GitRepository(repository), wish, remote)
    elif wish.level is None or wish.promoted is not None or remote:
        raise click.UsageError(
            "names of tags alone tell no history: take --bump major, minor or patch, without "
            "--promote and --remote"
        )
    else:
        state = state_of_standard_input()
    document = next_tag_document(decide(wish, state), state.head)
    _print_next(document, output)
    return ExitCode.FINDINGS if document.refusals else ExitCode.CLEAN


@command.command("verify")
@click.argument("paths", nargs=-1, metavar="[FILE | DIR | -]...")
@click.option("-f", "--filename", "filenames", multiple=True, metavar="FILE|DIR|-",
              help="As an argument. Repeatable.")  # fmt: skip
@click.option("--image", "images", multiple=True, required=True, metavar="REPOSITORY",
              help="The images that are built from this repository. Repeatable.")  # fmt: skip
@click.option("-C", "--repository", default=".", metavar="DIR", help="The repository of git.")
@click.option("--environment", metavar="NAME", help="Where the manifests are deployed to, where "
              "namespace, labels and overlay do not say so.")  # fmt: skip
@click.option("--remote", metavar="NAME", help="Also ask this remote for its tags, which tells "
              "those that were moved.")  # fmt: skip
@click.option("-o", "--output", type=click.Choice(["text", "json", "github"]), default="text",
              show_default=True, help="How to print the answer.")  # fmt: skip
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever is found.")
@click.option("--debug", is_flag=True, help="Show tracebacks.")
def verify(
    paths: tuple[str, ...],
    filenames: tuple[str, ...],
    images: tuple[str, ...],
    repository: str,
    environment: str | None,
    remote: str | None,
    output: str,
    exit_zero: bool,
    debug: bool,
) -> int:
    """Check the tags that manifests name against git and the place they are deployed to.

    \b
    holdfast tag verify overlays/prod --image registry.example.com/api --remote origin
    helm template . | holdfast tag verify - --image registry.example.com/api --environment prod
    """
    del debug
    named = (*paths, *filenames)
    if not named:
        raise click.UsageError("name a file or a directory, or - for standard input")
    git = GitRepository(repository)
    tags = tuple(TagAt(*tag) for tag in git.tags())
    asked = remote_tags(git, remote)
    used = images_of(named, frozenset(images), _name("--environment", environment or ""))
    if not used:
        raise InputError(
            "checking tags",
            ", ".join(named),
            f"no image of {', '.join(images)}; expected one",
            "name the repository as manifests write it, without tag, and render templates first",
        )
    checked = tuple(
        checked_image(one.use.reference.text, one.at, one.use.place,
                      verify_use(one.use, tags, asked))
        for one in used
    )  # fmt: skip
    _print_checked(checked, output)
    bad = any(row.problems for row in checked)
    return ExitCode.FINDINGS if bad and not exit_zero else ExitCode.CLEAN


def _name(flag: str, given: str) -> str:
    if given and not _NAME.fullmatch(given):
        raise click.UsageError(f"{flag} {given}: expected small letters and digits, such as dev")
    return given


def _line(given: str) -> tuple[int, ...]:
    if given and not _LINE.fullmatch(given):
        raise click.UsageError(f"--line {given}: expected a form such as 1 or 1.2")
    return tuple(int(part) for part in given.split(".")) if given else ()


def _print_next(document: NextTagDocument, output: str) -> None:
    if output == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(document), indent=2))
    elif output == "github":
        click.echo(step_outputs(document), nl=False)
    elif document.tag:
        click.echo(document.tag)
    if document.refusals:
        click.echo(f"holdfast: no tag for {document.commit[:12] or 'these tags'}", err=True)
        for refusal in document.refusals:
            click.echo(f"  found: {refusal.found}\n  next: {refusal.next_step}", err=True)
    elif not document.tag:
        since = document.previous or "the first commit"
        click.echo(f"no commit since {since} changes anything for users: no tag", err=True)


def _print_checked(checked: tuple[Checked, ...], output: str) -> None:
    if output == "json":
        document = tag_check_document(checked)
        click.echo(msgspec.json.format(msgspec.json.encode(document), indent=2))
        return
    for row in checked:
        for problem in row.problems:
            text = f"{row.image}: {problem.found}\n  next: {problem.next_step}"
            if output == "github":
                click.echo(annotation("error", text, file=row.file, line=row.line, col=row.column))
            else:
                click.echo(f"{row.file}:{row.line}:{row.column}: {text}")
    bad = sum(bool(row.problems) for row in checked)
    plural = "" if len(checked) == 1 else "s"
    click.echo(f"{len(checked)} image{plural} checked, {bad} with a wrong tag")
