"""`holdfast new`: a service that stays up, with its manifests and its pipeline."""

import sys
from pathlib import Path

import click

from holdfast.blueprints.answers import DEPENDENCIES, Answers, Framework, problem_of
from holdfast.cli.exit_codes import ExitCode
from holdfast.cli.write_service import files_of, write_service

_PORT = 8080
_NONE = "none"


@click.command("new")
@click.argument("framework", type=click.Choice([f.value for f in Framework]))
@click.argument("name", required=False)
@click.option("--port", type=int, metavar="PORT", help="The port it serves.  [default: 8080]")
@click.option("--registry", metavar="HOST[/PATH]", help="Where its image goes: ghcr.io/shop.")
@click.option(
    "--dependencies", metavar="LIST",
    help=f"What it waits for, with commas between: {', '.join(DEPENDENCIES)}.",
)  # fmt: skip
@click.option("--directory", metavar="DIR", help="Where to write it.  [default: its name]")
@click.option("--force", is_flag=True, help="Write over files that are there.")
@click.option("--debug", is_flag=True, help="Show tracebacks.")
def command(
    framework: str,
    name: str | None,
    port: int | None,
    registry: str | None,
    dependencies: str | None,
    directory: str | None,
    force: bool,
    debug: bool,
) -> int:
    """Write a new service: program, Dockerfile, manifests, and a workflow that releases it.

    It passes `holdfast check` and `holdfast rehearse` as it is. What is not given is asked on a
    terminal.

    \b
    holdfast new gin api --registry ghcr.io/shop --dependencies postgres,redis
    holdfast new fastapi orders --port 8000 --registry registry.example.com --directory .
    """
    del debug
    asks = sys.stdin.isatty()
    answers = Answers(
        framework=Framework(framework),
        name=name or _asked("NAME", "Name of the service", None, asks=asks),
        port=port if port is not None else _asked_port(asks=asks),
        registry=registry or _asked("--registry", "Registry of its image", None, asks=asks),
        dependencies=_listed(
            dependencies
            if dependencies is not None
            else _asked("--dependencies", f"Dependencies ({', '.join(DEPENDENCIES)})", _NONE,
                        asks=asks)
        ),
    )  # fmt: skip
    problem = problem_of(answers)
    if problem:
        raise click.UsageError(problem)
    target = Path(directory or answers.name)
    texts = files_of(answers)
    write_service(target, texts, force=force)
    for path in texts:
        click.echo(str(target / path))
    click.echo(f"next: cd {target}, and see README.md", err=True)
    return ExitCode.CLEAN


def _asked(flag: str, question: str, default: str | None, *, asks: bool) -> str:
    """The answer of a person, or the default where there is nobody to ask."""
    if asks:
        answer: str = click.prompt(question, default=default, err=True)
        return answer.strip()
    if default is None:
        raise click.UsageError(f"{flag} is missing, and there is no terminal to ask on")
    return default


def _asked_port(*, asks: bool) -> int:
    """As above; what is no number is asked again."""
    port: int = click.prompt("Port", default=_PORT, type=int, err=True) if asks else _PORT
    return port


def _listed(text: str) -> tuple[str, ...]:
    names = [part.strip() for part in text.split(",")]
    return tuple(name for name in names if name and name != _NONE)
