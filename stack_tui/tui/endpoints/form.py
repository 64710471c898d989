"""The form of an endpoint: checked while you type, tested by a key, saved in the configuration."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content

from stack_tui.config.decode import Endpoint
from stack_tui.reports.pages.endpoint_report import probe_blocks
from stack_tui.text import one_line
from stack_tui.tui import bindings
from stack_tui.tui.endpoints import config_changes
from stack_tui.tui.endpoints.endpoint_fields import FIELDS, from_texts
from stack_tui.tui.host import host_of
from stack_tui.tui.jobs import BackgroundJob
from stack_tui.tui.status_line import StatusLine
from stack_tui.tui.ui.block_view import BlockView
from stack_tui.tui.ui.blocks import Block, line
from stack_tui.tui.ui.editor_screen import EditorScreen
from stack_tui.tui.ui.form_field import to_texts
from stack_tui.tui.ui.key_line import KeyLine
from stack_tui.tui.ui.page_view import page_blocks
from stack_tui.tui.ui.undo import Undo

if TYPE_CHECKING:
    from stack_tui.endpoints.examine import ProbeResult

TEST_S = 60.0


class EndpointForm(EditorScreen):
    """Edit the endpoint `before`, or add one, starting from the `suggested` one if given."""

    CSS_PATH = "../ui/fields.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012

    SETTLE_S = 0.0

    BINDINGS = bindings.ENDPOINT_FORM

    def __init__(self, path: Path, before: Endpoint | None, suggested: Endpoint | None) -> None:
        begun = before or suggested
        super().__init__(to_texts(FIELDS, begun) if begun else {field.name: "" for field in FIELDS})
        self._path = path
        self._before = before
        self._test: BackgroundJob | None = None

    def compose(self) -> ComposeResult:
        yield StatusLine()
        yield self.fields_and_page(FIELDS, "Endpoint" if self._before else "New endpoint", "Test")
        yield KeyLine()

    def on_mount(self) -> None:
        does = "saves to" if self._path.exists() else "creates"
        path = Content(f"{does} {one_line(str(self._path), 60)}")
        self.query_one(VerticalScroll).border_subtitle = path
        key = host_of(self).key_for("editor.test")
        self._show([line((key, "accent"), " tests the endpoint with about 20 small requests")])

    def on_unmount(self) -> None:
        self._stop_test()

    def check(self) -> None:
        """Show the problems of the fields that hold something, or did at first."""
        texts = self.texts
        _, problems = from_texts(texts, self._taken)
        filled = {name for name, text in texts.items() if text or self.begun[name]}
        self.show_problems({name: problems[name] for name in filled & problems.keys()})

    @property
    def _taken(self) -> set[str]:
        """The names of the other endpoints."""
        return set(host_of(self).config.endpoints) - {self._before.name if self._before else ""}

    def action_test(self) -> None:
        """Test the endpoint as it is typed, saved or not."""
        texts = self.texts
        texts["name"] = texts["name"].strip() or "new"
        if (tested := self.usable(from_texts(texts, ()))) is None:
            return
        from stack_tui.endpoints.examine import examine

        self._stop_test()
        self._show([line((f"testing {one_line(tested.url)}…", "warn"))])
        self._test = BackgroundJob(
            self.app, lambda: examine(tested, TEST_S), self._show_result, host_of(self).show_error
        )

    def _show_result(self, result: ProbeResult) -> None:
        if self.is_attached:
            self._show(page_blocks(probe_blocks(result)))

    def _show(self, blocks: list[Block]) -> None:
        self.query_one(".trial", BlockView).show(blocks, home=True)

    def _stop_test(self) -> None:
        if self._test:
            self._test.cancel()

    def saving(self) -> Callable[[], Undo] | None:
        if (endpoint := self.usable(from_texts(self.texts, self._taken))) is None:
            return None
        path, before = self._path, self._before
        return lambda: config_changes.save(path, endpoint, before)
