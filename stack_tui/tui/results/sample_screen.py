"""One sample on the whole screen."""

from dataclasses import replace

from textual import on
from textual.app import ComposeResult
from textual.screen import Screen

from stack_tui.tui import bindings
from stack_tui.tui.results.pane import ResultsPane
from stack_tui.tui.results.sample_view import SampleView
from stack_tui.tui.status_line import StatusLine
from stack_tui.tui.ui.key_line import KeyLine


class SampleScreen(Screen[None]):
    """Show the sample under the cursor of the results, and move that cursor."""

    CSS_PATH = "../page_screen.tcss"

    BINDINGS = bindings.SAMPLE_SCREEN

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
    def _pass_on(
        self, event: SampleView.EditCase | SampleView.MakeCase | SampleView.Regrade
    ) -> None:
        """Post it from the results: this screen is not within the dashboard, which routes it.

        A copy, because Textual ends the bubbling of the original here, at its sender.
        """
        self._results.post_message(replace(event))
