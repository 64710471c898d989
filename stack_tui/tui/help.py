"""The keys of where one stands."""

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.binding import ActiveBinding
from textual.screen import ModalScreen, Screen

from stack_tui.tui import bindings
from stack_tui.tui.host import host_of
from stack_tui.tui.ui.block_view import BlockView
from stack_tui.tui.ui.blocks import Block, field, heading, line
from stack_tui.tui.ui.line_view import LineView
from stack_tui.tui.ui.table import Table

_LISTS = ("The list", "The text")
_SIGNS = (
    "✓ pass   ✗ fail   ! error   … truncated   ∅ empty   ? unscored",
    "● up   ◐ loading   ◌ stale   ✗ down   ⊘ refused",
)


class Help(ModalScreen[None]):
    """Lists the bindings that work on the screen below."""

    CSS_PATH = "help.tcss"

    BINDINGS = bindings.HELP

    def __init__(self, screen: Screen[object]) -> None:
        super().__init__()
        self._found = list(screen.active_bindings.values())

    def compose(self) -> ComposeResult:
        page = BlockView(classes="page")
        page.border_title = "Keys"
        page.border_subtitle = f"{host_of(self).key_for('back')} closes"
        yield page

    def on_mount(self) -> None:
        self.query_one(BlockView).show(self._blocks())

    def _blocks(self) -> list[Block]:
        groups: dict[str, dict[tuple[str, str], list[str]]] = {}
        for found in self._found:
            binding = found.binding
            if binding.description and not binding.system:
                group = groups.setdefault(_place(found), {})
                what = (binding.action, binding.tooltip or binding.description)
                group.setdefault(what, []).append(self.app.get_key_display(binding))
        blocks: list[Block] = []
        for place, group in sorted(groups.items(), key=lambda named: named[0] in _LISTS):
            blocks += [line(""), heading(place)] if blocks else [heading(place)]
            blocks += [
                field(" ".join(dict.fromkeys(keys)), what, width=20)
                for (_, what), keys in group.items()
            ]
        for hints in self._hints():
            blocks += [line(""), heading("What / finds")]
            blocks += [field(term, what, width=20) for term, what in hints.items()]
        return [*blocks, line(""), heading("Signs"), *(line(signs) for signs in _SIGNS)]

    def _hints(self) -> list[Mapping[str, str]]:
        """Return what the focused widget and its ancestors explain besides their keys."""
        nodes = {id(found.node): found.node for found in self._found}
        return [hints for node in nodes.values() if (hints := getattr(node, "SEARCH_HELP", None))]


def _place(found: ActiveBinding) -> str:
    title = getattr(found.node, "TITLE", None)
    if isinstance(found.node, Screen):
        return "Everywhere on this screen"
    if isinstance(found.node, LineView):
        return _LISTS[0] if isinstance(found.node, Table) else _LISTS[1]
    return title or "Everywhere"
