"""The bottom line: the keys that work right now."""

from collections.abc import Sequence

from textual.app import App
from textual.content import Content
from textual.screen import Screen
from textual.style import Style

from stack_tui.tui.ui.block_view import BlockView
from stack_tui.tui.ui.blocks import line


class KeyLine(BlockView, can_focus=False):
    """Shows the active bindings, the nearest first; clicking one does what its key does."""

    CLICKABLE = True

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._show)
        self._show(self.screen)

    def _show(self, screen: Screen[object]) -> None:
        near: dict[str, Content] = {}
        always: dict[str, Content] = {}
        for node, binding, enabled, _ in screen.active_bindings.values():
            if binding.show and enabled:
                press = Style.from_meta({"@click": f"app.simulate_key('{binding.key}')"})
                key = self.app.get_key_display(binding)
                text = line((key, "accent"), " ", (binding.description.lower(), "dim"))
                group = always if isinstance(node, App) else near
                group.setdefault(binding.action, text.stylize(press))

        def lay_out(room: int) -> Sequence[Content]:
            keys = list(near.values())
            while (row := line("  ").join([*keys, *always.values()])).cell_length >= room and keys:
                keys.pop()
            return [line(" ", row)]

        self.show([lay_out])
