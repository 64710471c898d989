"""The dashboard: four panes, two by two if there is room, otherwise one at a time."""

from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.reactive import var
from textual.screen import Screen
from textual.style import Style

from stack_tui.tui import bindings
from stack_tui.tui.cases.pane import CasesPane
from stack_tui.tui.endpoints.pane import EndpointsPane
from stack_tui.tui.host import Host, host_of
from stack_tui.tui.results.pane import ResultsPane
from stack_tui.tui.results.sample_view import SampleView
from stack_tui.tui.runs import actions as run_actions
from stack_tui.tui.runs.pane import RunsPane
from stack_tui.tui.status_line import StatusLine
from stack_tui.tui.ui.block_view import BlockView
from stack_tui.tui.ui.blocks import line, styled
from stack_tui.tui.ui.key_line import KeyLine
from stack_tui.tui.ui.list_pane import Pane

if TYPE_CHECKING:
    from stack_tui.worker.requests import BenchmarkRun, SuiteRun

PANES: tuple[type[Pane], ...] = (EndpointsPane, RunsPane, CasesPane, ResultsPane)


class TabStrip(BlockView, can_focus=False):
    """The names of the panes, if only one is visible, which is marked; a click goes to another."""

    CLICKABLE = True

    def mark(self, number: int) -> None:
        """Mark the pane of that number, counted from 1."""
        tabs = [_tab(pane, marked=number == pane.NUMBER) for pane in PANES]
        self.show([line(" ", line(" ").join(tabs))])


def _tab(pane: type[Pane], *, marked: bool) -> Content:
    name = f" {pane.NUMBER} {pane.TITLE} "
    tab = styled(name, "marked tab") if marked else line((name, "dim"))
    return tab.stylize(Style.from_meta({"@click": f"screen.pane({pane.NUMBER})"}))


class Dashboard(Screen[None]):
    """Holds the panes; the active one is the one with the focus."""

    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012
        (0, "-narrow"),
        (120, "-wide"),
    ]
    AUTO_FOCUS = "RunsPane Table"

    BINDINGS = bindings.DASHBOARD

    active: var[int] = var(2)
    zoomed: var[bool] = var(False)

    def compose(self) -> ComposeResult:
        yield StatusLine()
        yield TabStrip()
        with Container(id="panes"):
            for pane in PANES:
                yield pane()
        yield KeyLine()

    @property
    def host(self) -> Host:
        return host_of(self)

    def pane(self, number: int) -> Pane:
        """Return the pane of that number."""
        return self.query_one(PANES[number - 1])

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        for node in event.widget.ancestors_with_self:
            if isinstance(node, Pane):
                self.active = node.NUMBER

    @on(RunsPane.Opened)
    def _show_results(self, event: RunsPane.Opened) -> None:
        self.action_pane(ResultsPane.NUMBER)
        if event.task:
            self.query_one(ResultsPane).find(f"task:{event.task}")

    @on(CasesPane.ShowSample)
    def _show_sample(self, event: CasesPane.ShowSample) -> None:
        self.action_pane(ResultsPane.NUMBER)
        self.query_one(ResultsPane).go_to_sample(event.folder, event.key)

    @on(ResultsPane.Opened)
    def _open_sample(self) -> None:
        from stack_tui.tui.results.sample_screen import SampleScreen

        self.host.open(SampleScreen(self.query_one(ResultsPane)))

    @on(SampleView.EditCase)
    def _edit_case(self, event: SampleView.EditCase) -> None:
        self.query_one(CasesPane).edit_case(event.suite, event.case_id)

    @on(SampleView.MakeCase)
    def _make_case(self, event: SampleView.MakeCase) -> None:
        self.query_one(CasesPane).add_case(event.sample, event.suite)

    @on(SampleView.Regrade)
    def _regrade(self, event: SampleView.Regrade) -> None:
        run_actions.regrade(self.host, event.card)

    def watch_active(self, number: int) -> None:
        for pane in self.query(Pane):
            pane.set_class(number == pane.NUMBER, "-active")
        self.query_one(TabStrip).mark(number)

    def watch_zoomed(self, zoomed: bool) -> None:
        self.set_class(zoomed, "-zoomed")

    def action_pane(self, number: int) -> None:
        """Go to the pane, and show it if only one fits."""
        self.active = number
        # At once, not by focus(): keys typed ahead on a slow connection are for the new pane.
        self.set_focus(self.pane(number).table)

    def action_zoom(self) -> None:
        self.zoomed = not self.zoomed

    def action_unzoom(self) -> None:
        self.zoomed = False

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "unzoom" or self.zoomed

    def action_new_run(self) -> None:
        from stack_tui.tui.runs.new_run import NewRun

        suite = self.query_one(CasesPane).suite if self.active == CasesPane.NUMBER else None
        host = self.host
        if not host.snapshot.ready:
            host.show_message("Still reading the suites. Try again in a moment.")
            return
        form = NewRun(host.snapshot.suites, host.endpoints, host.config, suite)
        host.open(form, self._start)

    def action_benchmark(self) -> None:
        from stack_tui.tui.runs.new_benchmark import NewBenchmark

        form = NewBenchmark(self.host.endpoints, self.host.config.defaults)
        self.host.open(form, self._start)

    def _start(self, request: "SuiteRun | BenchmarkRun | None") -> None:
        if request:
            label = f"starting {request.title} on {request.endpoint.name}"
            run_actions.start(self.host, request, label)
