"""`catalogue completion`: what a shell reads to complete commands and options."""

from __future__ import annotations

import click
from click.shell_completion import BashComplete, FishComplete, ZshComplete

from catalogue import cli

SHELLS = {"bash": BashComplete, "zsh": ZshComplete, "fish": FishComplete}


@click.command()
@click.argument("shell", type=click.Choice(list(SHELLS)))
def completion(shell: str) -> None:
    """Print what SHELL reads to complete commands and options of `catalogue`.

    \b
    bash:  catalogue completion bash > /etc/bash_completion.d/catalogue
    zsh:   catalogue completion zsh > "${fpath[1]}/_catalogue"
    fish:  catalogue completion fish > ~/.config/fish/completions/catalogue.fish
    """
    made = SHELLS[shell](cli.main, {}, "catalogue", "_CATALOGUE_COMPLETE")
    click.echo(made.source())
