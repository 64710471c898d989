"""How a run's recorded outputs are to be graded again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Label

from stack_tui.config import Endpoint
from stack_tui.tui.documents.endpoint import Seen
from stack_tui.tui.documents.run import title
from stack_tui.tui.screens.choosing import said
from stack_tui.tui.snapshot import RunCard
from stack_tui.tui.widgets.check_list import CheckList


@dataclass(frozen=True, slots=True)
class Again:
    """By the rules, or by these judges."""

    by: Literal["rules", "judges"]
    judges: tuple[Endpoint, ...] = ()


class GradeAgain(ModalScreen[Again | None]):
    """Gives how to grade again, None where one thinks better of it."""

    CSS_PATH = "form.tcss"
    AUTO_FOCUS = "CheckList"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "rules", "By the rules as they are now", id="again.rules"),
        Binding("2", "judges", "By the judges that are ticked", id="again.judges"),
        Binding("escape", "dismiss(None)", "Cancel", id="form.cancel"),
    ]

    def __init__(self, card: RunCard, endpoints: Sequence[Seen]) -> None:
        super().__init__()
        self._card = card
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
                yield CheckList(self._names, "space ticks; their median counts")
            yield Label("", id="problem", markup=False)

    def on_mount(self) -> None:
        self.query_one(CheckList).tick(self._ticked)

    def action_rules(self) -> None:
        self.dismiss(Again("rules"))

    def action_judges(self) -> None:
        ticked = sorted(self.query_one(CheckList).ticked)
        if ticked:
            self.dismiss(Again("judges", tuple(self._judges[place] for place in ticked)))
        else:
            self.query_one("#problem", Label).update("Tick a judge first.")
