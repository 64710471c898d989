"""What you can do to endpoints from their list."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from typing import TYPE_CHECKING, Final

import msgspec

from stack_tui.config import decode as configuration
from stack_tui.names import first_free, slug
from stack_tui.text import one_line
from stack_tui.tui.endpoints import config_changes
from stack_tui.tui.host import Host
from stack_tui.tui.state.endpoint_list import EndpointRole, EndpointView
from stack_tui.tui.ui.undo import Undo

if TYPE_CHECKING:
    from stack_tui.config.decode import Endpoint

UndoCallback = Callable[[Undo | None], None]

_USES: dict[EndpointRole, str] = {"default": "the endpoint of runs", "judge": "a judge"}


def add(host: Host, changed: UndoCallback) -> None:
    """Open the form of a new endpoint."""
    _open_form(host, None, None, changed)


def edit(host: Host, seen: EndpointView, changed: UndoCallback) -> None:
    """Edit a configured endpoint, or add a discovered one with its form filled in."""
    if seen.origin == "configured":
        _open_form(host, seen.endpoint, None, changed)
    else:
        _open_form(host, None, _suggested(seen, host.config.endpoints), changed)


def keep(host: Host, seen: EndpointView, changed: UndoCallback) -> None:
    """Ask for a name, and save a discovered or used endpoint to the configuration."""
    from stack_tui.tui.ui.dialogs import AskLine

    if seen.origin == "configured":
        host.show_message(f"{seen.endpoint.name} is already in the configuration.")
        return
    taken = host.config.endpoints
    suggested = _suggested(seen, taken)
    path = config_changes.path_of(host.config)

    def problem(name: str) -> str:
        from stack_tui.config.config_edit import name_problem

        found = "is taken" if name in taken else name_problem(name)
        return f"The name {found}." if found else ""

    def named(name: str | None) -> None:
        if name is not None:
            endpoint = msgspec.structs.replace(suggested, name=name)
            change(host, changed, lambda: config_changes.save(path, endpoint, None))

    does = "It is saved in" if path.exists() else "This creates"
    hint = f"A name for {one_line(seen.endpoint.url, 50)}. {does} {one_line(str(path), 60)}."
    host.open(AskLine("Save the endpoint", hint, suggested.name, problem), named)


def remove(host: Host, seen: EndpointView, changed: UndoCallback) -> None:
    """Remove a configured endpoint from the file, after asking."""
    from stack_tui.tui.ui.dialogs import Confirm

    if seen.origin != "configured":
        host.show_message(f"{seen.endpoint.name} is {seen.origin}, not in the configuration.")
        return
    path = config_changes.path_of(host.config)

    def answered(yes: bool | None) -> None:
        if yes:
            change(host, changed, lambda: config_changes.remove(path, seen.endpoint))

    name = one_line(seen.endpoint.name, 40)
    uses = " and ".join(_USES[role] for role in seen.roles)
    used = f" It is {uses} by default." if uses else ""
    key = host.key_for("endpoints.undo")
    lost = f"Removes it from {one_line(str(path), 60)}.{used} {key} restores it."
    host.open(Confirm(f"Remove {name}?", lost, f"remove {name}"), answered)


def _toggle(
    toggled: Callable[[configuration.Config, str], Undo],
    host: Host,
    seen: EndpointView,
    changed: UndoCallback,
) -> None:
    if seen.origin == "configured":
        change(host, changed, lambda: toggled(host.config, seen.endpoint.name))
    else:
        key = host.key_for("endpoints.keep")
        host.show_message(f"{seen.endpoint.name} is {seen.origin}. Save it first: press {key}.")


ACTIONS: Final[dict[str, Callable[[Host, EndpointView, UndoCallback], None]]] = {
    "edit": edit,
    "keep": keep,
    "remove": remove,
    "default": partial(_toggle, config_changes.toggle_default),
    "judge": partial(_toggle, config_changes.toggle_judge),
}
"""What the bindings of bindings.ENDPOINTS do with an endpoint."""


def change(host: Host, changed: UndoCallback, work: Callable[[], Undo]) -> None:
    """Change the configuration file and use what it says from now on.

    Changes run in turn and beside the screen: a file is locked, hashed and made durable for each.
    """
    host.run_job(work, applying(host, changed), key=config_changes, overtake=False)


def applying(host: Host, changed: UndoCallback) -> UndoCallback:
    """Return a callback that applies a saved change and passes it on to `changed`."""

    def apply(undo: Undo | None) -> None:
        if undo:
            host.use_config(configuration.decode(undo.after.text, undo.after.path))
        changed(undo)

    return apply


def _open_form(
    host: Host, before: Endpoint | None, suggested: Endpoint | None, changed: UndoCallback
) -> None:
    from stack_tui.tui.endpoints.form import EndpointForm

    path = config_changes.path_of(host.config)
    host.open(EndpointForm(path, before, suggested), applying(host, changed))


def _suggested(seen: EndpointView, taken: Collection[str]) -> Endpoint:
    """Return the endpoint under a free name made from its server's kind."""
    kind = seen.health.server_kind if seen.health else ""
    free = first_free(slug(kind) or seen.endpoint.name, taken)
    return msgspec.structs.replace(seen.endpoint, recorded_url="", name=free)
