"""A suite's file as it is written, checked as one types."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import TextArea

from stack_tui.errors import StackError
from stack_tui.names import plural
from stack_tui.tui import bindings, jobs
from stack_tui.tui.cases import case_changes
from stack_tui.tui.cases.case_changes import HeldFile, Undo
from stack_tui.tui.host import Host, host_of
from stack_tui.tui.status_line import StatusLine
from stack_tui.tui.ui import drafts
from stack_tui.tui.ui.block_view import BlockView
from stack_tui.tui.ui.blocks import line
from stack_tui.tui.ui.key_line import KeyLine
from stack_tui.tui.ui.safe_input import SafeTextArea

_SETTLED_S = 0.3
_COLOURS = {"stack-dark": "vscode_dark", "stack-light": "github_light"}
_DRAFT = "\nthe whole file"


class RawEditor(Screen[Undo | None]):
    """Gives what takes the saved change back, or None where nothing was saved."""

    CSS_PATH = "raw_editor.tcss"
    AUTO_FOCUS = "TextArea"

    BINDINGS = bindings.RAW_EDITOR

    def __init__(self, held: HeldFile, at_line: int = 1) -> None:
        super().__init__()
        self._held = held
        self._at_line = at_line
        self._settling: Timer | None = None

    def compose(self) -> ComposeResult:
        draft = drafts.kept(self._held.path, _DRAFT)
        yield StatusLine()
        area = SafeTextArea.code_editor(
            draft.texts["text"] if draft else self._held.text,
            language="toml",
            soft_wrap=True,
            theme=_COLOURS.get(self.app.theme, "css"),
        )
        area.border_title = "TOML"
        yield area
        yield BlockView(classes="verdict", can_focus=False)
        yield KeyLine()

    def on_mount(self) -> None:
        if drafts.kept(self._held.path, _DRAFT):
            self._host.show_message("A draft that was not saved is shown.")
        area = self.query_one(TextArea)
        area.move_cursor((self._at_line - 1, 0), center=True)
        self._check()

    @property
    def _host(self) -> Host:
        return host_of(self)

    @on(TextArea.Changed)
    def _typed(self) -> None:
        """Check and keep what is typed once one pauses."""
        if self._settling:
            self._settling.stop()
        self._settling = self.set_timer(_SETTLED_S, self._settle)

    def _settle(self) -> None:
        self._check()
        text = self.query_one(TextArea).text
        if text != self._held.text:
            draft = drafts.Draft({"text": text}, self._held.digest)
            drafts.keep(self._held.path, _DRAFT, draft)

    def _check(self) -> None:
        text, path = self.query_one(TextArea).text, self._held.path

        def work() -> int:
            from stack_tui.suites.model import suite_store

            return len(suite_store.parse(text, path).cases)

        jobs.run(self.app, work, self._tell_good, self._tell_bad)

    def _tell_good(self, cases: int) -> None:
        self._tell(f"✓ a suite of {plural(cases, 'case')}", good=True)

    def _tell_bad(self, error: StackError) -> None:
        place = error.where.removeprefix(str(self._held.path)).lstrip(": ")
        self._tell(f"✗ {place}: {error.what}" if place else f"✗ {error.what}", good=False)

    def _tell(self, verdict: str, *, good: bool) -> None:
        if self.is_attached:
            self.query_one(".verdict", BlockView).show([line((verdict, "good" if good else "bad"))])

    def action_save(self) -> None:
        """Save the file, which is never written over somebody else's change."""
        try:
            undo = case_changes.write(self._held, self.query_one(TextArea).text, "edited the suite")
        except StackError as error:
            self._host.show_error(error)
            return
        drafts.forget(self._held.path, _DRAFT)
        self.dismiss(undo)

    def action_leave(self) -> None:
        """Leave; where something is not saved, ask what becomes of it."""
        if self.query_one(TextArea).text == self._held.text:
            self.dismiss(None)
            return
        from stack_tui.tui.ui.dialogs import Unsaved

        def chosen(what: str | None) -> None:
            if what == "save":
                self.action_save()
            elif what == "drop":
                drafts.forget(self._held.path, _DRAFT)
                self.dismiss(None)

        self.app.push_screen(Unsaved(), chosen)
