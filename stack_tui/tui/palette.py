"""The command palette: every action that has a key, whatever has the focus."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import NamedTuple

from textual.binding import Binding
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.dom import DOMNode

from stack_tui.tui.dashboard import Dashboard
from stack_tui.tui.ui.list_pane import Pane
from stack_tui.tui.ui.textual_private import bindings_in_force


class Command(NamedTuple):
    """An action: its name, its key, and what it runs."""

    name: str
    key: str
    run: Callable[[], object]


class Actions(Provider):
    """Offers the actions of the panes, the screen and the app."""

    def commands(self) -> Iterable[Command]:
        """Return the commands, those of the active pane first."""
        if isinstance(self.screen, Dashboard):
            active = self.screen.pane(self.screen.active)
            others = [pane for pane in self.screen.query(Pane) if pane is not active]
            for pane in (active, *others):
                yield from self._of(pane, f"{pane.TITLE}: ")
        yield from self._of(self.screen, "")
        yield from self._of(self.app, "")

    def _of(self, node: DOMNode, before: str) -> Iterable[Command]:
        seen: set[str] = set()
        for binding in bindings_in_force(node):
            if not binding.description or binding.system or binding.action in seen:
                continue
            seen.add(binding.action)
            name = f"{before}{binding.tooltip or binding.description}"
            yield Command(
                name, self.app.get_key_display(binding), partial(self._run, node, binding)
            )

    async def _run(self, node: DOMNode, binding: Binding) -> None:
        if isinstance(node, Pane) and isinstance(self.screen, Dashboard):
            self.screen.action_pane(node.NUMBER)
        await self.app.run_action(binding.action, node)

    async def discover(self) -> Hits:
        for command in self.commands():
            yield DiscoveryHit(command.name, command.run, help=f"key: {command.key}")

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for command in self.commands():
            if (score := matcher.match(command.name)) > 0:
                yield Hit(
                    score, matcher.highlight(command.name), command.run, help=f"key: {command.key}"
                )
