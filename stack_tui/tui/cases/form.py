"""Editing a case: every field of it, checked as one types, its rules tried on what it last got."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Input, TextArea

from stack_tui.errors import StackError
from stack_tui.runs.events import Sample
from stack_tui.tui import bindings, jobs
from stack_tui.tui.cases import case_changes, preview
from stack_tui.tui.cases.case_changes import HeldFile, Undo
from stack_tui.tui.cases.case_fields import FIELDS, from_texts, to_texts
from stack_tui.tui.cases.preview import Trial
from stack_tui.tui.cases.preview_page import trial_blocks
from stack_tui.tui.host import Host, host_of
from stack_tui.tui.runs.endpoint_options import tried_on
from stack_tui.tui.status_line import StatusLine
from stack_tui.tui.ui import drafts
from stack_tui.tui.ui.block_view import BlockView
from stack_tui.tui.ui.blocks import line
from stack_tui.tui.ui.form_field import FormField
from stack_tui.tui.ui.key_line import KeyLine

if TYPE_CHECKING:
    from stack_tui.suites.model.case import Case, Suite

_SETTLED_S = 0.3


class CaseForm(Screen[Undo | None]):
    """Gives what takes the saved change back, or None where nothing was saved."""

    CSS_PATH = "../ui/fields.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012
    AUTO_FOCUS = "FormField Input"

    BINDINGS = bindings.CASE_FORM

    def __init__(
        self, held: HeldFile, suite: Suite, case: Case, *, new: bool, sample: Sample | None = None
    ) -> None:
        """Edit the case, a `new` one or the file's; its rules are tried on the sample, if given."""
        super().__init__()
        self._held = held
        self._suite = suite
        self._case = case
        self._before = None if new else case
        self._draft_name = f"\nnew {case.id}" if new and case.id else case.id
        self._sample = sample
        self._changed_outside = False
        self._settling: Timer | None = None

    def compose(self) -> ComposeResult:
        yield StatusLine()
        with Horizontal(classes="editor"):
            with VerticalScroll(classes="fields", can_focus=False) as fields:
                fields.border_title = "New case" if self._before is None else "Case"
                draft = drafts.kept(self._held.path, self._draft_name)
                texts = to_texts(self._case) | (draft.texts if draft else {})
                for field in FIELDS:
                    yield FormField(field, texts[field.name])
            page = BlockView(classes="trial")
            page.border_title = "Its rules on its latest output"
            yield page
        yield KeyLine()

    def on_mount(self) -> None:
        if draft := drafts.kept(self._held.path, self._draft_name):
            changed = "; the file has changed since" if draft.seen != self._held.digest else ""
            self._host.show_message(f"A draft that was not saved is shown{changed}.")
        self._check()
        self.watch(self.app, "snapshot", self._look_outside)
        if self._sample is not None:
            self._grade()
            return
        runs, name, case_id = self._host.snapshot.runs, self._suite.name, self._case.id
        jobs.run(
            self.app,
            lambda: preview.latest_sample(runs, name, case_id),
            self._take_sample,
            self._host.show_error,
        )

    @property
    def _host(self) -> Host:
        return host_of(self)

    def _look_outside(self) -> None:
        """Tell once that somebody else has changed the file meanwhile."""
        if not self._changed_outside and case_changes.differs(self._held):
            self._changed_outside = True
            self._host.show_message(
                f"{self._held.path} was changed elsewhere; nothing of that is written over."
            )

    @property
    def _texts(self) -> dict[str, str]:
        return {each.field.name: each.text for each in self.query(FormField)}

    @property
    def _changed(self) -> bool:
        return self._texts != to_texts(self._case)

    @on(Input.Changed)
    @on(TextArea.Changed)
    def _typed(self) -> None:
        """Check, try and keep what is typed once one pauses."""
        if self._settling:
            self._settling.stop()
        self._settling = self.set_timer(_SETTLED_S, self._settle)

    def _settle(self) -> None:
        self._look_outside()
        if self._check() is not None:
            self._grade()
        if self._changed:
            draft = drafts.Draft(self._texts, self._held.digest)
            drafts.keep(self._held.path, self._draft_name, draft)

    def _check(self) -> Case | None:
        case, problems = from_texts(self._texts, self._case)
        for each in self.query(FormField):
            each.tell(problems.get(each.field.name, ""))
        return case

    def _take_sample(self, sample: Sample | None) -> None:
        self._sample = sample
        if self.is_attached:
            self._grade()

    def _grade(self) -> None:
        page, sample = self.query_one(".trial", BlockView), self._sample
        case, _ = from_texts(self._texts, self._case)
        if sample is None:
            page.show([line("It has no output yet; ", ("f5", "accent"), " asks for one now.")])
        elif case is not None:
            suite = self._suite
            jobs.run(
                self.app,
                lambda: preview.graded(case, suite, sample),
                self._show_trial,
                self._host.show_error,
            )

    def _show_trial(self, tried: Trial) -> None:
        if self.is_attached:
            self.query_one(".trial", BlockView).show(trial_blocks(tried))

    def action_ask(self) -> None:
        """Put the case as it is typed to the model and the judges."""
        case = self._check()
        if case is None:
            self._host.show_message("What is marked must be put right first.")
            return
        endpoint, judges = tried_on(self._host.endpoints, self._host.config.defaults, self._suite)
        if endpoint is None:
            self._host.show_message("There is no endpoint to ask.")
            return
        suite = self._suite
        self._host.run_job(
            lambda: preview.ask(suite, case, endpoint, judges),
            self._asked,
            label=f"asking {endpoint.name} for {case.id}",
        )

    def _asked(self, sample: Sample) -> None:
        if self.is_attached:
            self.query_one(".trial", BlockView).border_title = "What it got just now"
            self._take_sample(sample)

    def action_save(self) -> None:
        """Save the case into its file, which is never written over somebody else's change."""
        case = self._check()
        if case is None:
            self._host.show_message("Not saved: what is marked must be put right first.")
            return
        try:
            undo = case_changes.save_case(self._held, self._before, case)
        except StackError as error:
            self._host.show_error(error)
            return
        drafts.forget(self._held.path, self._draft_name)
        self.dismiss(undo)

    def action_leave(self) -> None:
        """Leave; where something is not saved, ask what becomes of it."""
        if not self._changed:
            self.dismiss(None)
            return
        from stack_tui.tui.ui.dialogs import Unsaved

        def chosen(what: str | None) -> None:
            if what == "save":
                self.action_save()
            elif what == "drop":
                drafts.forget(self._held.path, self._draft_name)
                self.dismiss(None)

        self.app.push_screen(Unsaved(), chosen)
