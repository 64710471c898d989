"""A case as a form: checked while you type, its rules tried on an output."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.app import ComposeResult

from stack_tui.runs.events import Sample
from stack_tui.toml_edit.held_file import HeldFile
from stack_tui.tui import bindings
from stack_tui.tui.cases import case_changes, preview
from stack_tui.tui.cases.case_fields import FIELDS, from_texts
from stack_tui.tui.cases.preview import trial_blocks
from stack_tui.tui.host import host_of
from stack_tui.tui.state.endpoint_list import first_endpoint
from stack_tui.tui.status_line import StatusLine
from stack_tui.tui.ui.block_view import BlockView
from stack_tui.tui.ui.blocks import line
from stack_tui.tui.ui.editor_screen import EditorScreen
from stack_tui.tui.ui.form_field import to_texts
from stack_tui.tui.ui.key_line import KeyLine
from stack_tui.tui.ui.undo import Undo

if TYPE_CHECKING:
    from stack_tui.suites.model.case import Case, Suite


class CaseForm(EditorScreen):
    """Edit a case of the suite, or a new one; its rules are tried on its latest output."""

    CSS_PATH = "../ui/fields.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012

    BINDINGS = bindings.CASE_FORM

    def __init__(
        self, held: HeldFile, suite: Suite, case: Case, *, new: bool, sample: Sample | None = None
    ) -> None:
        """Edit the case, a `new` one or the file's; try its rules on the sample, if given."""
        super().__init__(
            to_texts(FIELDS, case), held, f"\nnew {case.id}" if new and case.id else case.id
        )
        self._file = held
        self._suite = suite
        self._case = case
        self._before = None if new else case
        self._sample = sample

    def compose(self) -> ComposeResult:
        yield StatusLine()
        title = "New case" if self._before is None else "Case"
        yield self.fields_and_page(FIELDS, title, "Its rules on its latest output")
        yield KeyLine()

    def on_mount(self) -> None:
        self.check()
        if self._sample is None:
            runs, name, case_id = host_of(self).snapshot.runs, self._suite.name, self._case.id
            self.run_job(
                "sample", lambda: preview.latest_sample(runs, name, case_id), self._use_sample
            )

    def check(self) -> None:
        case, problems = from_texts(self.texts, self._case)
        self.show_problems(problems)
        if case is not None:
            self._grade(case)

    def _use_sample(self, sample: Sample | None) -> None:
        """Try the rules on this sample from now on."""
        self._sample = sample
        if sample is None:
            page, key = self.query_one(".trial", BlockView), host_of(self).key_for("editor.ask")
            page.show([line("No output yet; ", (key, "accent"), " asks for one now.")])
        elif case := from_texts(self.texts, self._case)[0]:
            self._grade(case)

    def _grade(self, case: Case) -> None:
        if (sample := self._sample) is not None:
            suite, page = self._suite, self.query_one(".trial", BlockView)
            self.run_job(
                "grade",
                lambda: preview.graded(case, suite, sample),
                lambda trial: page.show(trial_blocks(trial)),
            )

    def action_try(self) -> None:
        """Ask the model and the judges for the case as it is typed."""
        if (case := self.usable(from_texts(self.texts, self._case))) is None:
            return
        host, suite = host_of(self), self._suite
        config, endpoints = host.config, host.endpoints
        if not endpoints:
            host.show_message("There is no endpoint to ask.")
            return
        endpoint = endpoints[first_endpoint(endpoints, config.defaults)].endpoint
        host.run_job(
            lambda: preview.ask(suite, case, endpoint, config),
            self._use_new_output,
            label=f"asking {endpoint.name} for {case.id}",
        )

    def _use_new_output(self, sample: Sample) -> None:
        if self.is_attached:
            self.query_one(".trial", BlockView).border_title = "Its rules on a new output"
            self._use_sample(sample)

    def saving(self) -> Callable[[], Undo] | None:
        if (case := self.usable(from_texts(self.texts, self._case))) is None:
            return None
        held, before = self._file, self._before
        return lambda: case_changes.save_case(held, before, case)
