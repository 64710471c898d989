"""The form that starts a run of a suite."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, get_args

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Label, Select

from stack_tui.config.decode import Config, Endpoint, PanelMethod
from stack_tui.config.resolve import SELF, judge_names, resolve_judges, resolve_panel
from stack_tui.errors import StackError
from stack_tui.names import plural
from stack_tui.reports.number_format import reach
from stack_tui.suites.model.validation import MOST_REPEATS
from stack_tui.text import one_line
from stack_tui.tui.runs.start_form import StartForm, endpoint_label
from stack_tui.tui.state.endpoint_list import EndpointView
from stack_tui.tui.state.snapshot import SuiteFile
from stack_tui.tui.ui.blocks import line
from stack_tui.tui.ui.check_list import CheckList
from stack_tui.worker.requests import SuiteRun

if TYPE_CHECKING:
    from stack_tui.suites.model.case import Suite

V = TypeVar("V", int, str)

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


def chosen_cases(suite: Suite, text: str) -> tuple[str, ...]:
    """Return the ids of the cases that the typed ids and label:NAME choose, () for all.

    Raises StackError for one that the suite does not have.
    """
    from stack_tui.suites.model.selection import select_cases

    words = [word.strip() for word in text.split(",") if word.strip()]
    labels = [word.removeprefix("label:") for word in words if word.startswith("label:")]
    return select_cases(suite, [word for word in words if not word.startswith("label:")], labels)


class NewRun(StartForm[SuiteRun]):
    """Ask what to run, on what and how often."""

    AUTO_FOCUS = "#suite, #cancel"
    HEADING = "New run"

    def __init__(
        self,
        suites: Sequence[SuiteFile],
        endpoints: Sequence[EndpointView],
        config: Config,
        suite: Path | None = None,
    ) -> None:
        super().__init__(endpoints)
        self._suites = [file for file in suites if file.suite]
        self._config = config
        self._suite = suite
        self._suggested: frozenset[int] = frozenset()

    @property
    def missing(self) -> str:
        return super().missing if self._suites else "There is no suite to run. Write one first."

    def on_mount(self) -> None:
        if not self.missing:
            self._show_reach()

    def fields(self) -> ComposeResult:
        paths = [file.path for file in self._suites]
        suite = paths.index(self._suite) if self._suite in paths else 0
        judges = [_SELF, *(endpoint_label(view).plain for view in self.endpoints)]
        purposes = [("grade the outputs", 0), ("measure noise: run the same twice", 1)]
        panels = [(f"the {name} of their scores", name) for name in get_args(PanelMethod)]
        yield _choice("Suite", self._suite_options(), suite)
        yield self.endpoint_row(self._config.defaults)
        yield Horizontal(Label("Judges"), CheckList(judges, "space ticks", id="judges"))
        yield Horizontal(
            Label("Repeats"),
            Input("1", type="integer", id="repeats", compact=True),
            Label("Temperature"),
            Input("0", placeholder="0, 0.7", id="temperatures", compact=True),
        )
        yield Horizontal(
            Label("Cases"),
            Input(
                placeholder="all; or ids and label:NAME, comma-separated", id="cases", compact=True
            ),
        )
        yield _choice("Purpose", purposes, 0)
        yield _choice("Panel", panels, "median")
        yield Label("", id="reach", markup=False)
        yield Label("", id="problem", markup=False)

    def _suite_options(self) -> list[tuple[Content, int]]:
        return [
            (
                line(file.suite.name, (f"  {plural(len(file.suite.cases), 'case')}", "")),
                place,
            )
            for place, file in enumerate(self._suites)
            if file.suite
        ]

    def _suggest_judges(self, suite: Suite) -> None:
        """Tick the suite's judges, or the default ones; show which name is misspelt."""
        names = judge_names(self._config, suite.judges)
        places = {view.endpoint.name: place for place, view in enumerate(self.endpoints, 1)}
        places[SELF] = 0
        self._suggested = frozenset(places[name] for name in names if name in places)
        self.query_one(CheckList).tick(self._suggested)
        problem = ""
        try:
            self._judges(suite, self.endpoint)
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
            self.endpoints[place - 1].endpoint if place else endpoint for place in sorted(ticked)
        ]
        return tuple(dict.fromkeys(judges))

    @on(Select.Changed, "#suite")
    def _use_suite_settings(self) -> None:
        if suite := self._suites[self.chosen("#suite")].suite:
            self._suggest_judges(suite)
            self.query_one("#repeats", Input).value = str(suite.repeats)
            self.query_one("#temperatures", Input).value = ", ".join(
                f"{each:g}" for each in suite.temperatures
            )
            self.query_one("#panel", Select).value = resolve_panel(self._config, suite.panel)

    @on(Select.Changed, "#purpose")
    def _let_noise_set_both(self) -> None:
        for field in ("#repeats", "#temperatures"):
            self.query_one(field, Input).disabled = self._noise

    @property
    def _noise(self) -> bool:
        return self.chosen("#purpose") == 1

    @on(Select.Changed)
    @on(Input.Changed)
    def _show_reach(self) -> None:
        """Show how many samples the run has, and the smallest difference that it can show."""
        suite = self._suites[self.chosen("#suite")].suite
        from stack_tui.suites.model.case import only_cases

        if suite is None:
            return
        with suppress(StackError):  # a half-typed id chooses nothing yet
            ids = chosen_cases(suite, self.query_one("#cases", Input).value)
            suite = only_cases(suite, ids)
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

    def action_start(self) -> None:
        if self.missing:
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
        file = self._suites[self.chosen("#suite")]
        panel = self.query_one("#panel", Select).value
        if file.suite is None:
            return
        try:
            cases = chosen_cases(file.suite, self.query_one("#cases", Input).value)
        except StackError as error:
            self._refuse("#cases", _problem(error))
            return
        try:
            judges = self._judges(file.suite, self.endpoint)
        except StackError as error:
            self._refuse("#judges", _problem(error))
            return
        self.dismiss(
            SuiteRun(
                suite=file.path,
                cases=cases,
                endpoint=self.endpoint,
                judges=judges,
                panel=next((name for name in get_args(PanelMethod) if name == panel), "median"),
                repeats=None if noise else int(repeats),
                temperatures=temperatures,
                noise=noise,
            )
        )

    def _refuse(self, field: str, problem: str) -> None:
        self.query_one("#problem", Label).update(problem)
        self.query_one(field).focus()


def _choice(label: str, options: Sequence[tuple[str | Content, V]], value: V) -> Horizontal:
    """Return a row in which one of the options is chosen; its id is the label in lower case."""
    choice = Select(options, value=value, allow_blank=False, id=label.lower(), compact=True)
    return Horizontal(Label(label), choice)


def _problem(error: StackError) -> str:
    return "\n".join(one_line(part, 300) for part in (error.what, error.remedy) if part)
