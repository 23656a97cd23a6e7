"""`holdfast completion`: the script that makes a shell complete commands and flags."""

import click
from click.shell_completion import get_completion_class


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the completion script of a shell.

    \b
    bash:  holdfast completion bash > ~/.local/share/bash-completion/completions/holdfast
    zsh:   holdfast completion zsh > "${fpath[1]}/_holdfast"
    fish:  holdfast completion fish > ~/.config/fish/completions/holdfast.fish
    """
    completer = get_completion_class(shell)
    if completer is None:
        raise click.BadParameter(f"no completion for {shell}")
    root = ctx.find_root().command
    click.echo(completer(root, {}, "holdfast", "_HOLDFAST_COMPLETE").source())
