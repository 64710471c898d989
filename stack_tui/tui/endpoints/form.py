"""Adding or editing an endpoint: checked as one types, tested on one key, saved in the file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input

from stack_tui.config.decode import Endpoint
from stack_tui.errors import StackError
from stack_tui.text import one_line
from stack_tui.tui import bindings
from stack_tui.tui.endpoints import config_changes
from stack_tui.tui.endpoints.capabilities_page import finding_blocks
from stack_tui.tui.endpoints.endpoint_fields import FIELDS, from_texts, to_texts
from stack_tui.tui.host import Host, host_of
from stack_tui.tui.jobs import BackgroundJob
from stack_tui.tui.status_line import StatusLine
from stack_tui.tui.ui.block_view import BlockView
from stack_tui.tui.ui.blocks import Block, line
from stack_tui.tui.ui.form_field import FormField
from stack_tui.tui.ui.key_line import KeyLine
from stack_tui.tui.ui.undo import Undo

if TYPE_CHECKING:
    from stack_tui.endpoints.examine import ProbeResult

TEST_S = 60.0


class EndpointForm(Screen[Undo | None]):
    """Gives what takes the saved change back, or None where nothing was saved."""

    CSS_PATH = "../ui/fields.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012
    AUTO_FOCUS = "FormField Input"

    BINDINGS = bindings.ENDPOINT_FORM

    def __init__(self, path: Path, before: Endpoint | None, suggested: Endpoint | None) -> None:
        super().__init__()
        self._path = path
        self._before = before
        begun = before or suggested
        self._begun = to_texts(begun) if begun else {field.name: "" for field in FIELDS}
        self._test: BackgroundJob | None = None

    def compose(self) -> ComposeResult:
        yield StatusLine()
        with Horizontal(classes="editor"):
            with VerticalScroll(classes="fields", can_focus=False) as fields:
                fields.border_title = "Endpoint" if self._before else "New endpoint"
                does = "saves in" if self._path.exists() else "will make"
                fields.border_subtitle = Content(f"{does} {one_line(str(self._path), 60)}")
                for field in FIELDS:
                    yield FormField(field, self._begun[field.name])
            page = BlockView(classes="trial")
            page.border_title = "Test"
            yield page
        yield KeyLine()

    def on_mount(self) -> None:
        self._show([line(("f5", "accent"), " asks it what it is and can do: some 20 requests")])

    def on_unmount(self) -> None:
        self._stop_test()

    @property
    def _host(self) -> Host:
        return host_of(self)

    @property
    def _texts(self) -> dict[str, str]:
        return {each.field.name: each.text for each in self.query(FormField)}

    @on(Input.Changed)
    def _check(self) -> Endpoint | None:
        taken = {name for name in self._host.config.endpoints if name != self._own_name}
        endpoint, problems = from_texts(self._texts, taken)
        for each in self.query(FormField):
            untouched = not each.text and not self._begun[each.field.name]
            each.tell("" if untouched else problems.get(each.field.name, ""))
        return endpoint

    @property
    def _own_name(self) -> str:
        return self._before.name if self._before else ""

    def action_test(self) -> None:
        """Ask the endpoint as it is typed, whether or not it is saved."""
        texts = self._texts
        endpoint, problems = from_texts(texts | {"name": texts["name"].strip() or "new"}, ())
        if endpoint is None:
            self._tell_problems(problems)
            return
        from stack_tui.endpoints.examine import examine

        asked = endpoint
        self._stop_test()
        self._show([line((f"asking {one_line(asked.url)}…", "warn"))])
        self._test = BackgroundJob(
            self.app, lambda: examine(asked, TEST_S), self._show_finding, self._host.show_error
        )

    def _show_finding(self, finding: ProbeResult) -> None:
        if self.is_attached:
            self._show(finding_blocks(finding))

    def _show(self, blocks: list[Block]) -> None:
        self.query_one(".trial", BlockView).show(blocks, home=True)

    def _stop_test(self) -> None:
        if self._test:
            self._test.cancel()

    def action_save(self) -> None:
        """Save the endpoint into the configuration's file."""
        endpoint = self._check()
        if endpoint is None:
            taken = {name for name in self._host.config.endpoints if name != self._own_name}
            self._tell_problems(from_texts(self._texts, taken)[1])
            return
        try:
            self.dismiss(config_changes.save(self._path, endpoint, self._before))
        except StackError as error:
            self._host.show_error(error)

    def _tell_problems(self, problems: dict[str, str]) -> None:
        """Show what is wrong at every field, also at those that nobody has typed in."""
        for each in self.query(FormField):
            each.tell(problems.get(each.field.name, ""))
        first = next((f for f in self.query(FormField) if f.field.name in problems), None)
        if first:
            first.focus_within()
        self._host.show_message("What is marked must be put right first.")

    def action_leave(self) -> None:
        """Leave; where something is not saved, ask what becomes of it."""
        if self._texts == self._begun:
            self.dismiss(None)
            return
        from stack_tui.tui.ui.dialogs import Unsaved

        def chosen(what: str | None) -> None:
            if what == "save":
                self.action_save()
            elif what == "drop":
                self.dismiss(None)

        self.app.push_screen(Unsaved(), chosen)
