"""A suite in a file, and what tests of its editors do and wait for."""

from pathlib import Path

from textual.pilot import Pilot

from stack_tui.suites.model import suite_store
from stack_tui.tui.app import StackApp
from stack_tui.tui.cases.form import CaseForm
from stack_tui.tui.cases.raw_editor import RawEditor
from stack_tui.tui.dashboard import Dashboard
from stack_tui.tui.state.snapshot import Snapshot, SuiteFile
from stack_tui.tui.ui.block_view import BlockView
from stack_tui.tui.ui.form_field import FormField
from tests.tui.data import (
    screen_text,
    snapshot,
    wait_for,
)

TEXT = """\
# What this suite is for.
[suite]
name = "custom"
prompt = "TL;DR {input}"

[[case]]
id = "solar-system"
input = "Eight planets orbit the Sun."

# Why this case is here.
[[case]]
id = "kv-cache"
input = "Keys and values are kept."
must_mention = ["KV"]
"""


def shown(path: Path) -> Snapshot:
    return snapshot(suites=(SuiteFile(path, suite=suite_store.load(path)),))


def ids(path: Path) -> list[str]:
    return [case.id for case in suite_store.load(path).cases]


def change_elsewhere(path: Path, text: str = TEXT + "# theirs\n") -> None:
    path.write_text(text)


async def on_dashboard(app: StackApp, pilot: Pilot[None]) -> None:
    """Wait until the editor is left."""
    await wait_for(pilot, lambda: isinstance(app.screen, Dashboard))
    await pilot.pause()


async def appears(app: StackApp, pilot: Pilot[None], wanted: str) -> None:
    """Wait until the screen shows the text, on however many lines."""
    await wait_for(pilot, lambda: wanted in " ".join(screen_text(app).split()), wanted)


async def until(screen: CaseForm | RawEditor, pilot: Pilot[None], page: str, wanted: str) -> str:
    """Return what the page says, once it says the wanted."""
    document = screen.query_one(page, BlockView)
    await wait_for(pilot, lambda: wanted in document.text, wanted)
    return document.text


def field(screen: CaseForm, name: str) -> FormField:
    return next(each for each in screen.query(FormField) if each.field.name == name)
