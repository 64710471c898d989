"""A suite's file as TOML, checked while you type."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import TextArea

from stack_tui.errors import StackError
from stack_tui.names import plural
from stack_tui.toml_edit.held_file import HeldFile
from stack_tui.tui import bindings
from stack_tui.tui.cases import case_changes
from stack_tui.tui.status_line import StatusLine
from stack_tui.tui.ui.block_view import BlockView
from stack_tui.tui.ui.blocks import line
from stack_tui.tui.ui.editor_screen import EditorScreen
from stack_tui.tui.ui.key_line import KeyLine
from stack_tui.tui.ui.safe_input import SafeTextArea
from stack_tui.tui.ui.undo import Undo

_COLOURS = {"stack-dark": "vscode_dark", "stack-light": "github_light"}


class RawEditor(EditorScreen):
    """Edit the whole file, starting at the line `at_line`, counted from 1."""

    CSS_PATH = "raw_editor.tcss"
    AUTO_FOCUS = "TextArea"

    BINDINGS = bindings.RAW_EDITOR

    def __init__(self, held: HeldFile, at_line: int = 1) -> None:
        super().__init__({"text": held.text}, held, "\nthe whole file")
        self._file = held
        self._at_line = at_line

    def compose(self) -> ComposeResult:
        yield StatusLine()
        area = SafeTextArea.code_editor(
            self.start["text"],
            language="toml",
            soft_wrap=True,
            theme=_COLOURS.get(self.app.theme, "css"),
        )
        area.border_title = "TOML"
        yield area
        yield BlockView(classes="verdict", can_focus=False)
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one(TextArea).move_cursor((self._at_line - 1, 0), center=True)
        self.check()

    @property
    def texts(self) -> dict[str, str]:
        return {"text": self.query_one(TextArea).text}

    def check(self) -> None:
        """Report whether what is typed is a suite."""
        path, text = self._file.path, self.texts["text"]
        below = self.query_one(".verdict", BlockView)
        self.run_job("check", lambda: _verdict(path, text), lambda verdict: below.show([verdict]))

    def saving(self) -> Callable[[], Undo]:
        held, text = self._file, self.texts["text"]
        return lambda: case_changes.write(held, text, "edited the suite")


def _verdict(path: Path, text: str) -> Content:
    """Return how many cases the suite has, or its first problem without the file's own name."""
    from stack_tui.suites.model import suite_store

    try:
        cases = suite_store.parse(text, path).cases
    except StackError as error:
        place = error.where.removeprefix(str(path)).lstrip(": ")
        return line((f"✗ {place}: {error.what}" if place else f"✗ {error.what}", "bad"))
    return line((f"✓ a suite of {plural(len(cases), 'case')}", "good"))
