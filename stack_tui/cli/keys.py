"""`stack-tui keys`: list the app's keys and the names that the configuration uses for them."""

from pathlib import Path

import click

from stack_tui.cli import options
from stack_tui.cli.json_output import print_json
from stack_tui.tui.ui import keymap


@click.command("keys")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")
@click.option("--config", type=options.FILE, help="The configuration file.")
def keys_command(as_json: bool, config: Path | None) -> None:
    """List the app's keys. Change them in the configuration under [keys].

    For example: `"runs.stop" = "S"` or `zoom = ["z", "f4"]`.
    """
    known = options.Places(config=config).read_config()
    keymap.keymap(known)
    found = sorted(keymap.bound(known).values(), key=lambda each: each.id)
    if as_json:
        rows = [{"id": each.id, "keys": each.keys, "what": each.what} for each in found]
        print_json(rows, compact=True)
        return
    width = max(len(each.id) for each in found)
    for each in found:
        click.echo(f"{each.id:<{width}}  {each.printed:<14}  {each.what}")
