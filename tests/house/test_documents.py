"""What the documents promise is what the program does."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
from tests.house.diagrams import DRAWN, PAGE, with_diagrams
from tests.house.readme import README, with_example
from tests.house.rule_pages import DIRECTORY, pages

from holdfast.cli.run_command import root

ROOT = Path(__file__).parents[2]


def test_example_of_the_readme_is_real() -> None:
    """The first thing a newcomer reads is what the command prints today."""
    text = README.read_text(encoding="utf-8")

    assert text == with_example(text), "run: python -m tests.house.readme"


def test_diagrams_of_the_machine_are_current() -> None:
    """A diagram that is not drawn from the tables would lie one day."""
    text = PAGE.read_text(encoding="utf-8")

    assert text == with_diagrams(text), "run: python -m tests.house.diagrams"
    assert text.count("```mermaid") == len(DRAWN)


def test_pages_of_the_rules_are_current() -> None:
    """What a rule says of itself is what its page says, and no page is left over."""
    written = {path.name: path.read_text(encoding="utf-8") for path in DIRECTORY.glob("*.md")}

    assert written == pages(), "run: python -m tests.house.rule_pages"


def test_readme_fits_on_one_screen() -> None:
    """Beside its example the page stays short."""
    text = README.read_text(encoding="utf-8")
    own = re.sub(r"<!-- example.*?<!-- end of example -->", "", text, flags=re.DOTALL)

    assert len(own.splitlines()) <= 60


def test_readme_leads_with_the_two_commands() -> None:
    """A newcomer needs nothing but `make demo` and `make test`."""
    commands = re.findall(r"^(make \w+)", README.read_text(encoding="utf-8"), re.MULTILINE)

    assert commands[:2] == ["make demo", "make test"]


def test_links_lead_somewhere() -> None:
    """No page links to a file that is not there."""
    for page in (README, *sorted((ROOT / "docs").glob("*.md"))):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_flag_has_a_help_text() -> None:
    """A flag that --help does not explain is known to its author only."""
    for name, command in commands_of(root):
        assert command.help, name
        for parameter in command.params:
            if isinstance(parameter, click.Option) and not parameter.hidden:
                assert parameter.help, f"{name}: {parameter.opts}"


def commands_of(group: click.Group) -> Iterator[tuple[str, click.Command]]:
    """All commands of a group, and those of the groups among them."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield name, command
        if isinstance(command, click.Group):
            yield from commands_of(command)


def test_exit_codes_are_documented() -> None:
    """The page of the architecture lists every exit code."""
    from holdfast.cli.exit_codes import ExitCode

    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for code in ExitCode:
        assert f"| {code.value} |" in page
