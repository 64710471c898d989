"""The form that starts a run of a suite."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, Select

from stack_tui.config.decode import Config, Endpoint, PanelMethod
from stack_tui.config.resolve import SELF, judge_names, resolve_judges, resolve_panel
from stack_tui.errors import StackError
from stack_tui.names import plural
from stack_tui.reports.number_format import reach
from stack_tui.suites.model.validation import MOST_REPEATS
from stack_tui.text import one_line
from stack_tui.tui import bindings
from stack_tui.tui.runs.endpoint_options import endpoint_label, endpoint_options
from stack_tui.tui.state.endpoint_list import EndpointView, first_endpoint
from stack_tui.tui.state.snapshot import SuiteFile
from stack_tui.tui.ui.blocks import line
from stack_tui.tui.ui.check_list import CheckList
from stack_tui.tui.ui.dialogs import start_or_cancel
from stack_tui.worker.requests import SuiteRun

if TYPE_CHECKING:
    from stack_tui.suites.model.case import Suite

_SELF = "the model itself"


def read_temperatures(text: str) -> tuple[float, ...]:
    """Return the typed temperatures; raises ValueError with the problem."""
    from stack_tui.suites.model.validation import temperature_problem

    try:
        found = tuple(float(each) for each in text.replace(",", " ").split())
    except ValueError:
        raise ValueError("must be one number or several") from None
    if problem := temperature_problem(found):
        raise ValueError(problem)
    return found


class NewRun(ModalScreen[SuiteRun | None]):
    """Asks what to run, on what and how often; the result is the request, None if cancelled."""

    CSS_PATH = "../ui/form.tcss"
    AUTO_FOCUS = "#suite, #cancel"

    BINDINGS = bindings.START_FORM

    def __init__(
        self,
        suites: Sequence[SuiteFile],
        endpoints: Sequence[EndpointView],
        config: Config,
        suite: Path | None = None,
    ) -> None:
        super().__init__()
        self._suites = [file for file in suites if file.suite]
        self._endpoints = tuple(endpoints)
        self._config = config
        self._suite = suite
        self._suggested: frozenset[int] = frozenset()

    def compose(self) -> ComposeResult:
        with Vertical(classes="form") as form:
            form.border_title = "New run"
            if missing := self._missing():
                yield Label(missing, id="missing", markup=False)
                yield Button("Close", id="cancel", compact=True)
                return
            yield from self._fields()
            yield Label("", id="reach", markup=False)
            yield Label("", id="problem", markup=False)
            yield from start_or_cancel(self)

    def on_mount(self) -> None:
        if not self._missing():
            self._show_reach()

    def _missing(self) -> str:
        if not self._suites:
            return "There is no suite to run. Write one first."
        if not self._endpoints:
            return "There is no endpoint. Start a server, or add one."
        return ""

    def _fields(self) -> ComposeResult:
        with Horizontal():
            yield Label("Suite")
            yield Select(
                self._suite_options(),
                value=self._first_suite(),
                allow_blank=False,
                id="suite",
                compact=True,
            )
        with Horizontal():
            yield Label("Endpoint")
            yield Select(
                endpoint_options(self._endpoints),
                value=first_endpoint(self._endpoints, self._config.defaults),
                allow_blank=False,
                id="endpoint",
                compact=True,
            )
        with Horizontal():
            yield Label("Judges")
            yield CheckList(self._judge_names(), "space ticks", id="judges")
        with Horizontal():
            yield Label("Repeats")
            yield Input("1", type="integer", id="repeats", compact=True)
            yield Label("Temperature")
            yield Input("0", placeholder="0, 0.7", id="temperatures", compact=True)
        with Horizontal():
            yield Label("Purpose")
            purposes = [("grade the outputs", 0), ("measure noise: run the same twice", 1)]
            yield Select(purposes, value=0, allow_blank=False, id="purpose", compact=True)
        with Horizontal():
            yield Label("Panel")
            panels = [(f"the {name} of their scores", name) for name in get_args(PanelMethod)]
            yield Select(panels, value="median", allow_blank=False, id="panel", compact=True)

    def _suite_options(self) -> list[tuple[Content, int]]:
        return [
            (
                line(file.suite.name, (f"  {plural(len(file.suite.cases), 'case')}", "")),
                place,
            )
            for place, file in enumerate(self._suites)
            if file.suite
        ]

    def _first_suite(self) -> int:
        places = [place for place, file in enumerate(self._suites) if file.path == self._suite]
        return places[0] if places else 0

    def _judge_names(self) -> list[str]:
        return [_SELF, *(endpoint_label(view).plain for view in self._endpoints)]

    def _suggest_judges(self, suite: Suite) -> None:
        """Tick the suite's judges, or the default ones; show which name is misspelt."""
        names = judge_names(self._config, suite.judges)
        places = {view.endpoint.name: place for place, view in enumerate(self._endpoints, 1)}
        places[SELF] = 0
        self._suggested = frozenset(places[name] for name in names if name in places)
        self.query_one(CheckList).tick(self._suggested)
        problem = ""
        try:
            self._judges(suite, self._endpoint)
        except StackError as error:
            problem = _problem(error)
        self.query_one("#problem", Label).update(problem)

    def _judges(self, suite: Suite, endpoint: Endpoint) -> tuple[Endpoint, ...]:
        """Return the ticked judges; as long as the ticks are as suggested, those of the suite.

        Raises StackError if the suite names a judge that is not configured.
        """
        ticked = self.query_one(CheckList).ticked
        if ticked == self._suggested:
            return resolve_judges(self._config, suite.judges, (), endpoint)
        judges = [
            self._endpoints[place - 1].endpoint if place else endpoint for place in sorted(ticked)
        ]
        return tuple(dict.fromkeys(judges))

    @on(Select.Changed, "#suite")
    def _use_suite_settings(self) -> None:
        if suite := self._suites[self._chosen("#suite")].suite:
            self._suggest_judges(suite)
            self.query_one("#repeats", Input).value = str(suite.repeats)
            self.query_one("#temperatures", Input).value = ", ".join(
                f"{each:g}" for each in suite.temperatures
            )
            self.query_one("#panel", Select).value = resolve_panel(self._config, suite.panel)

    @property
    def _endpoint(self) -> Endpoint:
        return self._endpoints[self._chosen("#endpoint")].endpoint

    @on(Select.Changed, "#purpose")
    def _let_noise_set_both(self) -> None:
        for field in ("#repeats", "#temperatures"):
            self.query_one(field, Input).disabled = self._noise

    @property
    def _noise(self) -> bool:
        return self._chosen("#purpose") == 1

    @on(Select.Changed)
    @on(Input.Changed)
    def _show_reach(self) -> None:
        """Show how many samples the run has, and the smallest difference that it can show."""
        suite = self._suites[self._chosen("#suite")].suite
        if suite is None:
            return
        shown = reach(suite.independent, len(suite.open_cases))
        each = self._samples_of_each()
        samples = plural(len(suite.cases) * each, "sample") if each else "–"
        self.query_one("#reach", Label).update(f"{samples}; {shown}")

    def _samples_of_each(self) -> int:
        if self._noise:
            return 2
        repeats = self.query_one("#repeats", Input).value
        try:
            temperatures = len(read_temperatures(self.query_one("#temperatures", Input).value))
        except ValueError:
            return 0
        return temperatures * int(repeats) if repeats.isdecimal() else 0

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(None)

    @on(Button.Pressed, "#start")
    def action_start(self) -> None:
        if self._missing():
            return
        noise = self._noise
        repeats = self.query_one("#repeats", Input).value
        fits = repeats.isdecimal() and 1 <= int(repeats[:9]) <= MOST_REPEATS
        if not noise and not fits:
            self._refuse("#repeats", f"Repeats must be a whole number from 1 to {MOST_REPEATS:,}.")
            return
        temperatures: tuple[float, ...] = ()
        try:
            if not noise:
                temperatures = read_temperatures(self.query_one("#temperatures", Input).value)
        except ValueError as error:
            self._refuse("#temperatures", f"Temperature {error}.")
            return
        file = self._suites[self._chosen("#suite")]
        if file.suite is None:
            return
        try:
            judges = self._judges(file.suite, self._endpoint)
        except StackError as error:
            self._refuse("#judges", _problem(error))
            return
        self.dismiss(
            SuiteRun(
                suite=file.path,
                endpoint=self._endpoint,
                judges=judges,
                panel=self._panel(),
                repeats=None if noise else int(repeats),
                temperatures=temperatures,
                noise=noise,
            )
        )

    def _refuse(self, field: str, problem: str) -> None:
        self.query_one("#problem", Label).update(problem)
        self.query_one(field).focus()

    def _panel(self) -> PanelMethod:
        chosen = self.query_one("#panel", Select).value
        return next((name for name in get_args(PanelMethod) if name == chosen), "median")

    def _chosen(self, selector: str) -> int:
        value = self.query_one(selector, Select).value
        return value if isinstance(value, int) else 0


def _problem(error: StackError) -> str:
    return "\n".join(one_line(part, 300) for part in (error.what, error.remedy) if part)
