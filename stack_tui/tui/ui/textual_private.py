"""Every use of a private name of Textual, with the version that needs it.

Textual is pinned in pyproject.toml; a test for each of these fails if an upgrade breaks it.
"""

from typing import Any, TypeVar

from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen

AppType = TypeVar("AppType", bound=type[App[Any]])


def hide_covered_screens(app: AppType) -> AppType:
    """Decorate an app so that a screen under an opaque one repaints nothing.

    Textual 8.2.8 composites the screens below the current one even if none of them can be seen.
    Over SSH a dashboard that follows a live run would cost bytes behind every whole screen.
    """
    inherited = vars(App)["_background_screens"].fget

    def visible(self: App[Any]) -> list[Screen[Any]]:
        opaque = self.screen.styles.background.a == 1
        return [] if opaque else inherited(self)

    setattr(app, "_background_screens", property(visible))  # noqa: B010
    return app


def bindings_in_force(node: DOMNode) -> list[Binding]:
    """Return the bindings of a widget, screen or app, with the keys of the configuration.

    Textual 8.2.8 lists only those of the focused widget and its ancestors (`active_bindings`).
    """
    bindings = node._bindings.copy()
    bindings.apply_keymap(node.app._keymap)
    return [binding for _, binding in bindings]
