"""The screen that the editors have in common: check while you type, keep drafts, save, leave."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import ClassVar, TypeVar

from textual import on
from textual.containers import Horizontal, VerticalScroll
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Input, TextArea

from stack_tui.errors import StackError
from stack_tui.toml_edit.held_file import HeldFile
from stack_tui.tui.host import host_of
from stack_tui.tui.ui import drafts
from stack_tui.tui.ui.block_view import BlockView
from stack_tui.tui.ui.dialogs import Unsaved, UnsavedChoice
from stack_tui.tui.ui.form_field import Field, FormField
from stack_tui.tui.ui.undo import Undo

T = TypeVar("T")


class EditorScreen(Screen[Undo | None]):
    """Edit one thing in a file; return the undo of what was saved, None if nothing was.

    A child composes the fields, binds `save` and `leave`, and defines `check` and `saving`, and
    also `texts` if its fields are not FormFields. Files are read and written in threads, because a
    disk may be slow or remote.
    """

    AUTO_FOCUS = "FormField Input"
    SETTLE_S: ClassVar[float] = 0.3
    """How long typing must pause before what was typed is checked and kept; 0 checks each key."""

    def __init__(
        self, begun: Mapping[str, str], held: HeldFile | None = None, draft_name: str = ""
    ) -> None:
        """Edit the texts in `begun`, by field.

        With the file that they were read from, as `held`, drafts are kept under `draft_name` and
        changes made elsewhere are reported.
        """
        super().__init__()
        self.begun = dict(begun)
        self.held = held
        self._draft_name = draft_name
        self._draft = drafts.kept(held.path, draft_name) if held else None
        self.start = self.begun | (self._draft.texts if self._draft else {})
        """What the fields hold at first: an earlier draft, else what the file says."""
        self._settling: Timer | None = None
        self._changed_outside = False
        self._saving = False

    @property
    def texts(self) -> dict[str, str]:
        """What is typed, by field."""
        return {each.field.name: each.text for each in self.query(FormField)}

    def check(self) -> None:
        """Check what is typed, and show the problems."""
        raise NotImplementedError

    def saving(self) -> Callable[[], Undo] | None:
        """Return the work that saves what is typed; if it has problems, show them, return None."""
        raise NotImplementedError

    def on_mount(self) -> None:
        host = host_of(self)
        if self.held and self._draft:
            changed = " The file has changed since." if self._draft.seen != self.held.digest else ""
            host.show_message(f"Restored an unsaved draft.{changed}")
        if self.held:
            self.watch(self.app, "snapshot", self._look_outside)

    def run_job(self, name: str, work: Callable[[], T], done: Callable[[T], object]) -> None:
        """Do `work` in a thread, then call `done` with its result.

        The result is dropped if a newer job of that name has begun, or the screen was left.
        """

        def if_open(result: T) -> None:
            if self.is_attached:
                done(result)

        host_of(self).run_job(work, if_open, key=(self, name))

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Show the problems, by field, each under its field."""
        for each in self.query(FormField):
            each.tell(problems.get(each.field.name, ""))

    def fields_and_page(self, fields: Iterable[Field], title: str, page_title: str) -> Horizontal:
        """Return the fields of what is edited, beside a page on what comes of it."""
        form = VerticalScroll(
            *(FormField(field, self.start[field.name]) for field in fields),
            classes="fields",
            can_focus=False,
        )
        page = BlockView(classes="trial")
        form.border_title, page.border_title = title, page_title
        return Horizontal(form, page, classes="editor")

    def usable(self, read: tuple[T | None, Mapping[str, str]]) -> T | None:
        """Return the value that was `read`; if it has problems, show them and go to the first."""
        value, problems = read
        if value is not None:
            return value
        self.show_problems(problems)
        for each in self.query(FormField):
            if each.field.name in problems:
                each.focus_within()
                break
        host_of(self).show_message("Fix the highlighted fields first.")
        return None

    @on(Input.Changed)
    @on(TextArea.Changed)
    def _typed(self) -> None:
        if self._settling:
            self._settling.stop()
        if self.SETTLE_S:
            self._settling = self.set_timer(self.SETTLE_S, self.settle)
        else:
            self.settle()

    def settle(self) -> None:
        """Check what is typed and keep it as a draft."""
        self.check()
        if self.held is None:
            return
        self._look_outside()
        if self.texts != self.begun:
            draft = drafts.Draft(self.texts, self.held.digest)
            self._write_draft(lambda path, name: drafts.keep(path, name, draft))
        else:
            self._write_draft(drafts.forget)

    def _write_draft(self, write: Callable[[Path, str], None]) -> None:
        """Keep or forget the draft; jobs of one key run one after the other, the last one wins."""
        if self.held is None:
            return
        path, name = self.held.path, self._draft_name
        host_of(self).run_job(lambda: write(path, name), lambda _: None, key=("draft", path, name))

    def _look_outside(self) -> None:
        """Report once that the file was changed elsewhere."""
        if (held := self.held) and not self._changed_outside:
            self.run_job("outside", lambda: held.differs(), self._report_outside)

    def _report_outside(self, changed: bool) -> None:
        if changed and self.held and not self._changed_outside:
            self._changed_outside = True
            host_of(self).show_message(
                f"{self.held.path} was changed elsewhere. Saving never overwrites that change."
            )

    def action_save(self) -> None:
        """Save what is typed and leave."""
        if self._saving or (work := self.saving()) is None:
            return
        self._saving = True
        host_of(self).run_job(work, self._saved, failed=self._not_saved, key=(self, "save"))

    def _saved(self, undo: Undo) -> None:
        self._write_draft(drafts.forget)
        if self.is_attached:
            self.pop_until_active()
            self.dismiss(undo)

    def _not_saved(self, error: StackError) -> None:
        self._saving = False
        host_of(self).show_error(error)

    def action_leave(self) -> None:
        """Leave; ask first if something would be lost."""
        if self.texts == self.begun:
            self.dismiss(None)
        else:
            host_of(self).open(Unsaved(), self._leave)

    def _leave(self, choice: UnsavedChoice | None) -> None:
        if choice == "save":
            self.action_save()
        elif choice == "drop":
            self._write_draft(drafts.forget)
            self.dismiss(None)
