"""Small dialogs: ask for a line, choose from a list, confirm a loss, keep or drop changes."""

from collections.abc import Callable, Sequence
from typing import Any, Literal

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Label

from stack_tui.text import one_line
from stack_tui.tui import bindings
from stack_tui.tui.host import host_of
from stack_tui.tui.ui.columns import Column
from stack_tui.tui.ui.rows import Cell
from stack_tui.tui.ui.safe_input import SafeInput
from stack_tui.tui.ui.table import Table

UnsavedChoice = Literal["save", "drop"]

_MOST_ROWS = 12


class AskLine(ModalScreen[str | None]):
    """Ask for one line, and return it; None if cancelled.

    `problem` returns what is wrong with a line, "" if it can be used.
    """

    CSS_PATH = "form.tcss"
    BINDINGS = bindings.DIALOG

    def __init__(
        self, title: str, hint: str, value: str = "", problem: Callable[[str], str] | None = None
    ) -> None:
        super().__init__()
        self._title = title
        self._hint = hint
        self._value = value
        self._problem = problem or (lambda _: "")

    def compose(self) -> ComposeResult:
        with Vertical(classes="form") as form:
            form.border_title = Content(self._title)
            yield Label(self._hint, markup=False)
            yield SafeInput(self._value, compact=True)
            yield Label("", id="problem", markup=False)

    def on_input_submitted(self) -> None:
        """Return what is typed, or show what is wrong with it."""
        value = self.query_one(Input).value.strip()
        if problem := self._problem(value):
            self.query_one("#problem", Label).update(problem)
        else:
            self.dismiss(value)


class Choose(ModalScreen[int | None]):
    """Ask for one of the names, and return its place; None if cancelled."""

    CSS_PATH = "form.tcss"
    BINDINGS = bindings.DIALOG

    def __init__(self, title: str, names: Sequence[str]) -> None:
        super().__init__()
        self._title = title
        self._names = tuple(names)

    def compose(self) -> ComposeResult:
        with Vertical(classes="form") as form:
            form.border_title = Content(self._title)
            form.border_subtitle = f"{host_of(self).key_for('list.open')} chooses"
            table = Table((Column("", 20, grow=1),))
            table.styles.height = min(len(self._names), _MOST_ROWS) + 1
            yield table

    def on_mount(self) -> None:
        cells = [(Cell(name),) for name in self._names]
        self.query_one(Table).show(range(len(cells)), cells.__getitem__)

    @on(Table.Selected)
    def _chosen(self, event: Table.Selected) -> None:
        self.dismiss(event.row)


class Confirm(ModalScreen[bool]):
    """Ask before something is lost, and return whether to go ahead.

    `lost` says what goes and how it comes back, `yes` what confirming does.
    """

    CSS_PATH = "form.tcss"
    BINDINGS = bindings.CONFIRM

    def __init__(self, title: str, lost: str, yes: str) -> None:
        super().__init__()
        self._title = title
        self._lost = lost
        self._yes = yes

    def compose(self) -> ComposeResult:
        with Vertical(classes="form") as form:
            form.border_title = Content(one_line(self._title))
            yield Label(self._lost, markup=False)
            yield Label("")
            yield from _answers(
                self, ("confirm.yes", self._yes), ("form.cancel", "leave it as it is")
            )


class Unsaved(ModalScreen[UnsavedChoice | None]):
    """Ask what becomes of unsaved changes, and return it; None goes on editing."""

    CSS_PATH = "form.tcss"
    BINDINGS = bindings.UNSAVED

    def compose(self) -> ComposeResult:
        with Vertical(classes="form") as form:
            form.border_title = "Not saved"
            yield Label("The changes are not saved.")
            yield Label("")
            yield from _answers(
                self,
                ("unsaved.save", "save them"),
                ("unsaved.drop", "drop them"),
                ("form.cancel", "go on editing"),
            )


def _answers(dialog: ModalScreen[Any], *answers: tuple[str, str]) -> ComposeResult:
    """Yield a line for each answer, with the key that gives it."""
    keys = [host_of(dialog).key_for(name) for name, _ in answers]
    width = max(map(len, keys))
    for key, (_, answer) in zip(keys, answers, strict=True):
        yield Label(f"{key:<{width}}  {answer}", markup=False)
