"""What the forms that start a run share: their frame, the endpoints and judges to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Label, Select

from stack_tui.config.decode import Defaults, Endpoint
from stack_tui.text import one_line
from stack_tui.tui import bindings
from stack_tui.tui.host import host_of
from stack_tui.tui.state.endpoint_list import EndpointView, first_endpoint
from stack_tui.tui.ui.blocks import line
from stack_tui.tui.ui.check_list import CheckList
from stack_tui.tui.ui.icons import HEALTH

R = TypeVar("R")


class StartForm(ModalScreen[R | None]):
    """Ask what a run needs; the result is the request, None if cancelled.

    A child yields its `fields`, and dismisses the form with the request in `action_start`.
    """

    CSS_PATH = "../ui/form.tcss"
    BINDINGS = bindings.START_FORM
    HEADING: ClassVar[str]

    def __init__(self, endpoints: Sequence[EndpointView]) -> None:
        super().__init__()
        self.endpoints = tuple(endpoints)

    @property
    def missing(self) -> str:
        """What must be there before a run can start, "" if all is."""
        return "" if self.endpoints else "There is no endpoint. Start a server, or add one."

    def fields(self) -> ComposeResult:
        """Yield the fields."""
        raise NotImplementedError

    def action_start(self) -> None:
        """Dismiss the form with the request, or show what is wrong with it."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        with Vertical(classes="form") as form:
            form.border_title = self.HEADING
            if self.missing:
                yield Label(self.missing, id="missing", markup=False)
                yield Button("Close", id="cancel", compact=True)
                return
            yield from self.fields()
            key_for = host_of(self).key_for
            with Horizontal(classes="buttons"):
                start = f"Start  {key_for('form.start')}"
                yield Button(start, id="start", variant="primary", compact=True)
                yield from self.buttons()
                yield Button(f"Cancel  {key_for('form.cancel')}", id="cancel", compact=True)

    def buttons(self) -> ComposeResult:
        """Yield further buttons, none by default."""
        yield from ()

    def endpoint_row(self, defaults: Defaults) -> Horizontal:
        """Return the row in which the endpoint is chosen."""
        choice = Select(
            [(endpoint_label(view), place) for place, view in enumerate(self.endpoints)],
            value=first_endpoint(self.endpoints, defaults),
            allow_blank=False,
            id="endpoint",
            compact=True,
        )
        return Horizontal(Label("Endpoint"), choice)

    @property
    def endpoint(self) -> Endpoint:
        """The chosen endpoint."""
        return self.endpoints[self.chosen("#endpoint")].endpoint

    def chosen(self, selector: str) -> int:
        """Return the place that is chosen in that Select."""
        value = self.query_one(selector, Select).value
        return value if isinstance(value, int) else 0

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(None)

    @on(Button.Pressed, "#start")
    def _start(self) -> None:
        self.action_start()


class JudgeList(CheckList):
    """The `judges`, ticked, above all other endpoints."""

    def __init__(
        self, judges: Sequence[Endpoint], endpoints: Sequence[EndpointView], title: str
    ) -> None:
        known = {judge.name for judge in judges}
        others = [view for view in endpoints if view.endpoint.name not in known]
        names = [one_line(f"{judge.name}  {judge.model or ''}") for judge in judges]
        super().__init__([*names, *(endpoint_label(view).plain for view in others)], title)
        self._judges = (*judges, *(view.endpoint for view in others))
        self.ticked = set(range(len(judges)))

    @property
    def judges(self) -> tuple[Endpoint, ...]:
        """The ticked ones."""
        return tuple(self._judges[place] for place in sorted(self.ticked))


def endpoint_label(view: EndpointView) -> Content:
    """Return an endpoint's state, name and model, on one line."""
    return line(f"{HEALTH[view.state].mark} {view.endpoint.name}  {one_line(view.model, 40)}")
