"""How a run's recorded outputs are to be graded again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Label

from stack_tui.config.decode import Endpoint, PanelMethod
from stack_tui.tui import bindings
from stack_tui.tui.run_summary import title
from stack_tui.tui.runs.endpoint_options import said
from stack_tui.tui.state.endpoint_list import EndpointView
from stack_tui.tui.state.snapshot import RunCard
from stack_tui.tui.ui.check_list import CheckList


@dataclass(frozen=True, slots=True)
class RegradeChoice:
    """By the rules, or by these judges, and what several judges' scores come to."""

    by: Literal["rules", "judges"]
    panel: PanelMethod
    judges: tuple[Endpoint, ...] = ()


class RegradeForm(ModalScreen[RegradeChoice | None]):
    """Gives how to grade again, None where one thinks better of it."""

    CSS_PATH = "../ui/form.tcss"
    AUTO_FOCUS = "CheckList"

    BINDINGS = bindings.REGRADE_FORM

    def __init__(self, card: RunCard, endpoints: Sequence[EndpointView]) -> None:
        super().__init__()
        self._card = card
        self._panel: PanelMethod = card.spec.panel if card.spec else "median"
        judges = card.spec.judges if card.spec else ()
        others = [seen for seen in endpoints if seen.endpoint.name not in {j.name for j in judges}]
        self._names = [*(f"{judge.name}  {judge.model or ''}" for judge in judges)]
        self._names += [said(seen).plain for seen in others]
        self._judges = (*judges, *(seen.endpoint for seen in others))
        self._ticked = range(len(judges))

    def compose(self) -> ComposeResult:
        with Vertical(classes="form") as form:
            form.border_title = Content(f"Grade again: {title(self._card)}")
            yield Label("The recorded outputs, by the suite's file as it is now, as a new run.")
            yield Label("The model is not asked.")
            yield Label("")
            yield Label("1  by the rules; judges are asked only where a rubric has changed")
            yield Label("2  by the rules, and judged anew by:")
            with Horizontal():
                yield CheckList(self._names, "space ticks")
            yield Label(self._panel_line, id="panel", markup=False)
            yield Label("", id="problem", markup=False)

    @property
    def _panel_line(self) -> str:
        return f"p  several judges' scores come to their {self._panel}"

    def on_mount(self) -> None:
        self.query_one(CheckList).tick(self._ticked)

    def action_panel(self) -> None:
        """Take the next way to combine scores; verdicts stay as they are."""
        ways: tuple[PanelMethod, ...] = get_args(PanelMethod)
        self._panel = ways[(ways.index(self._panel) + 1) % len(ways)]
        self.query_one("#panel", Label).update(self._panel_line)

    def action_rules(self) -> None:
        self.dismiss(RegradeChoice("rules", self._panel))

    def action_judges(self) -> None:
        ticked = sorted(self.query_one(CheckList).ticked)
        if ticked:
            judges = tuple(self._judges[place] for place in ticked)
            self.dismiss(RegradeChoice("judges", self._panel, judges))
        else:
            self.query_one("#problem", Label).update("Tick a judge first.")
