"""One sample on the whole screen."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen

from stack_tui.tui.results.pane import ResultsPane
from stack_tui.tui.results.sample_view import SAMPLE_BINDINGS, SampleView
from stack_tui.tui.status_line import StatusLine
from stack_tui.tui.ui.key_line import KeyLine


class SampleScreen(Screen[None]):
    """Show the sample under the cursor of the results, and move that cursor."""

    CSS_PATH = "../ui/reading.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "app.pop_screen", "Back", key_display="esc", id="back"),
        Binding("n,right", "move(1)", "Next", key_display="n", id="sample.next"),
        Binding("b,left", "move(-1)", "Before", key_display="b", id="sample.before"),
        Binding(
            "right_square_bracket", "failing(1)", "Next failing", key_display="]", id="results.next"
        ),
        Binding(
            "left_square_bracket",
            "failing(-1)",
            "Previous failing",
            key_display="[",
            id="results.previous",
        ),
        *SAMPLE_BINDINGS,
    ]

    def __init__(self, results: ResultsPane) -> None:
        super().__init__()
        self._results = results

    def compose(self) -> ComposeResult:
        yield StatusLine()
        yield SampleView(classes="whole")
        yield KeyLine()

    def on_mount(self) -> None:
        self.watch(self.app, "snapshot", self._show)

    def _show(self) -> None:
        view = self.query_one(SampleView)
        view.show_sample(self._results.current, self._results.chosen, [])

    def action_move(self, rows: int) -> None:
        self._results.table.action_move(rows)
        self._show()

    def action_failing(self, step: int) -> None:
        self._results.action_failing(step)
        self._show()

    async def action_sample(self, action: str) -> None:
        """Run the action of the sample's view."""
        await self.query_one(SampleView).run_action(action)

    @on(SampleView.EditCase)
    @on(SampleView.MakeCase)
    @on(SampleView.Regrade)
    def _pass_on(self, event: Message) -> None:
        """Post it from the results: this screen is not within the dashboard, which routes it."""
        self._results.post_message(event)
