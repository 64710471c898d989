"""Changes to the configured endpoints in their file, each with its undo."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from stack_tui.config import decode as configuration
from stack_tui.config.decode import Config, Endpoint
from stack_tui.paths import CONFIG_NAME
from stack_tui.toml_edit.held_file import FileChanged
from stack_tui.tui.ui.undo import Undo


def path_of(config: Config) -> Path:
    """Return the file to change: the one that was read, or one in the working folder."""
    return config.path or Path(CONFIG_NAME)


def save(path: Path, endpoint: Endpoint, before: Endpoint | None) -> Undo:
    """Save the endpoint in place of `before`, or as a new one.

    Raises FileChanged if that endpoint was changed elsewhere since; other changes are kept.
    """
    from stack_tui.config.config_edit import put_endpoint

    def edit(text: str) -> str:
        if before is not None:
            _must_still_be(before, text, path)
        return put_endpoint(text, endpoint, before.name if before else None)

    return _change(path, edit, f"{'changed' if before else 'added'} {endpoint.name}")


def remove(path: Path, endpoint: Endpoint) -> Undo:
    """Remove the endpoint from the file and from the defaults."""
    from stack_tui.config.config_edit import remove_endpoint

    def edit(text: str) -> str:
        _must_still_be(endpoint, text, path)
        return remove_endpoint(text, endpoint.name)

    return _change(path, edit, f"removed {endpoint.name}")


def toggle_default(config: Config, name: str) -> Undo:
    """Toggle it as the default endpoint."""
    from stack_tui.config.config_edit import set_default

    was = config.defaults.endpoint == name
    what = f"{name} is {'no longer ' if was else ''}the default endpoint"
    return _change(path_of(config), lambda text: set_default(text, None if was else name), what)


def toggle_judge(config: Config, name: str) -> Undo:
    """Toggle it as a default judge."""
    from stack_tui.config.config_edit import set_judges

    judges = config.defaults.judges
    was = name in judges
    names = [each for each in judges if each != name] if was else [*judges, name]
    what = f"{name} is {'no longer ' if was else ''}a default judge"
    return _change(path_of(config), lambda text: set_judges(text, names), what)


def take_back(undo: Undo) -> Undo:
    """Restore the text before the change; raises FileChanged if the file has changed since."""
    from stack_tui.config.config_edit import save as save_text

    saved = save_text(undo.after, undo.before)
    return Undo(f"undone: {undo.what}", undo.after.text, saved)


def _must_still_be(endpoint: Endpoint, text: str, path: Path) -> None:
    now = configuration.decode(text, path).endpoints.get(endpoint.name) if text else None
    if now != msgspec.structs.replace(endpoint, key_withheld=False):
        raise FileChanged(
            f"{endpoint.name} was {'changed' if now else 'removed'} there since it was read",
            remedy="Close the form and check it, or add yours under another name.",
        )


def _change(path: Path, edit: Callable[[str], str], what: str) -> Undo:
    from stack_tui.config import config_edit

    before, after = config_edit.change(path, edit)
    return Undo(what, before.text, after)
