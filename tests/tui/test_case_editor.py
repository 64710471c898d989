"""Editing suites: in a form, as TOML, and by keys in the list."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import TextArea

from stack_tui.config.decode import Endpoint
from stack_tui.runs.events import Sample
from stack_tui.suites.model import suite_store
from stack_tui.suites.model.case import Suite
from stack_tui.tui.app import StackApp
from stack_tui.tui.cases import pane as cases_pane
from stack_tui.tui.cases import preview
from stack_tui.tui.cases.form import CaseForm
from stack_tui.tui.cases.raw_editor import RawEditor
from stack_tui.tui.dashboard import Dashboard
from stack_tui.tui.state.snapshot import Snapshot, SuiteFile
from stack_tui.tui.ui import drafts, external_editor
from stack_tui.tui.ui.block_view import BlockView
from stack_tui.tui.ui.dialogs import Unsaved
from stack_tui.tui.ui.form_field import FormField
from tests.tui.data import (
    drive,
    failing,
    screen_text,
    settle,
    show,
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


@pytest.fixture
def suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a suite's file; drafts are kept beside it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = tmp_path / "custom.toml"
    path.write_text(TEXT)
    return path


def shown(path: Path) -> Snapshot:
    return snapshot(suites=(SuiteFile(path, suite=suite_store.load(path)),))


def ids(path: Path) -> list[str]:
    return [case.id for case in suite_store.load(path).cases]


def change_elsewhere(path: Path, text: str = TEXT + "# theirs\n") -> None:
    path.write_text(text)


async def edit(app: StackApp, pilot: Pilot[None]) -> CaseForm:
    """Open the second case in the form."""
    await pilot.press("3", "end", "e")
    await pilot.pause()
    assert isinstance(app.screen, CaseForm)
    return app.screen


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


def test_a_saved_edit_changes_what_was_edited_and_nothing_else(suite: Path) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        form = await edit(app, pilot)
        field(form, "must_mention").query_one(TextArea).text = "KV\ncache | caching"
        await pilot.press("ctrl+s")
        await on_dashboard(app, pilot)
        assert "changed kv-cache" in screen_text(app)

    drive(body, shown(suite))
    assert suite_store.load(suite).cases[1].must_mention == ("KV", ("cache", "caching"))
    for kept in ("# What this suite is for.", "# Why this case is here."):
        assert kept in suite.read_text()


def test_what_is_wrong_is_told_at_its_field_and_not_saved(suite: Path) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        form = await edit(app, pilot)
        field(form, "regex").query_one(TextArea).text = "("
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert app.screen is form
        assert field(form, "regex").query_one(".problem").display

    drive(body, shown(suite))
    assert suite.read_text() == TEXT


def test_an_id_that_is_taken_is_refused_by_the_file(suite: Path) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        form = await edit(app, pilot)
        await pilot.press("end", *["backspace"] * 8, *"solar-system", "ctrl+s")
        await appears(app, pilot, "the id is taken")
        assert app.screen is form

    drive(body, shown(suite))
    assert suite.read_text() == TEXT


def test_a_case_changed_by_somebody_else_is_not_written_over(suite: Path) -> None:
    theirs = TEXT.replace("Keys and values are kept.", "Theirs.")

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        form = await edit(app, pilot)
        change_elsewhere(suite, theirs)
        await pilot.press("end", "x", "ctrl+s")
        await appears(app, pilot, "was changed since")
        assert app.screen is form

    drive(body, shown(suite))
    assert suite.read_text() == theirs


def test_a_change_elsewhere_in_the_file_is_told_and_kept_beside_ones_own(suite: Path) -> None:
    theirs = TEXT.replace("Eight planets", "Many planets")

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await edit(app, pilot)
        change_elsewhere(suite, theirs)
        await show(app, pilot, shown(suite))
        await appears(app, pilot, "changed elsewhere")
        await pilot.press("end", "x", "ctrl+s")
        await on_dashboard(app, pilot)

    drive(body, shown(suite))
    assert ids(suite) == ["solar-system", "kv-cachex"]
    assert suite_store.load(suite).cases[0].input == "Many planets orbit the Sun."


def test_leaving_asks_where_something_would_be_lost(suite: Path) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        screens = []
        await edit(app, pilot)
        for keys in ("escape",), ("e",), ("end", "x", "escape"), ("escape",), ("escape",):
            await pilot.press(*keys)
            await pilot.pause()
            screens.append(type(app.screen))
        assert screens == [Dashboard, CaseForm, Unsaved, CaseForm, Unsaved]
        await pilot.press("s")
        await on_dashboard(app, pilot)

    drive(body, shown(suite))
    assert ids(suite) == ["solar-system", "kv-cachex"]


def test_a_draft_survives_a_lost_connection_until_it_is_dropped(suite: Path) -> None:
    async def lost(app: StackApp, pilot: Pilot[None]) -> None:
        form = await edit(app, pilot)
        await pilot.press("end", "x")
        form.settle()
        await wait_for(pilot, lambda: drafts.kept(suite, "kv-cache"))

    async def back(app: StackApp, pilot: Pilot[None]) -> None:
        form = await edit(app, pilot)
        assert field(form, "id").text == "kv-cachex"
        assert "draft" in screen_text(app)
        await pilot.press("escape", "d")
        await pilot.pause()
        form = await edit(app, pilot)
        assert field(form, "id").text == "kv-cache"

    drive(lost, shown(suite))
    drive(back, shown(suite))
    assert suite.read_text() == TEXT


def test_rules_are_tried_on_the_latest_output_as_one_types(
    suite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview, "latest_sample", lambda *_: failing())

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        form = await edit(app, pilot)
        assert "forbidden: GPU" not in await until(form, pilot, ".trial", "Rules")
        field(form, "must_not_mention").query_one(TextArea).text = "GPU memory"
        await until(form, pilot, ".trial", "forbidden: GPU memory")

    drive(body, shown(suite))


def test_f5_asks_model_and_judges_for_this_case_as_it_is_typed(
    suite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str, list[str]]] = []

    async def run_case(suite: Suite, endpoint: Endpoint, judges: Sequence[Endpoint]) -> Sample:
        asked.append((suite.cases[0].id, endpoint.name, [judge.name for judge in judges]))
        return failing()

    monkeypatch.setattr(preview, "run_case", run_case)

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        form = await edit(app, pilot)
        await until(form, pilot, ".trial", "no output yet")
        await pilot.press("end", "x", "f5")
        await settle(app, pilot)
        await until(form, pilot, ".trial", "KV caching keeps keys and values")
        assert asked == [("kv-cachex", "local", ["local"])]

    drive(body, shown(suite))


def test_a_new_case_is_put_behind_the_others(suite: Path) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("3", "a")
        await pilot.pause()
        form = app.screen
        assert isinstance(form, CaseForm)
        await pilot.press(*"tides")
        field(form, "input").query_one(TextArea).text = "The Moon pulls."
        await pilot.press("ctrl+s")
        await on_dashboard(app, pilot)

    drive(body, shown(suite))
    assert ids(suite) == ["solar-system", "kv-cache", "tides"]


def test_cases_are_duplicated_moved_and_deleted_by_keys_and_all_of_it_undone(suite: Path) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("3", "end", "d")
        assert ids(suite) == ["solar-system", "kv-cache", "kv-cache-2"]
        await pilot.press("K")
        assert ids(suite) == ["kv-cache", "solar-system", "kv-cache-2"]
        await pilot.press("D")
        assert ids(suite) == ["solar-system", "kv-cache-2"]
        await pilot.press("u")
        await show(app, pilot, shown(suite))
        assert "took back: deleted kv-cache" in screen_text(app)

    drive(body, shown(suite))
    assert ids(suite) == ["kv-cache", "solar-system", "kv-cache-2"]


def test_the_last_case_of_a_suite_is_not_deleted(suite: Path) -> None:
    suite.write_text(TEXT.partition("# Why")[0])

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("3", "end", "D")
        await pilot.pause()
        assert "at least one case" in screen_text(app)

    drive(body, shown(suite))
    assert ids(suite) == ["solar-system"]


def test_the_toml_is_checked_as_one_types_and_saved_as_it_is(suite: Path) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("3", "end", "R")
        await pilot.pause()
        raw = app.screen
        assert isinstance(raw, RawEditor)
        await until(raw, pilot, ".verdict", "✓ a suite of 2 cases")
        area = raw.query_one(TextArea)
        assert area.cursor_location[0] == 11
        area.text = TEXT.replace("must_mention", "must_mentoin")
        await until(raw, pilot, ".verdict", "must_mentoin")
        area.text = TEXT + "# mine\n"
        await pilot.press("ctrl+s")
        await on_dashboard(app, pilot)

    drive(body, shown(suite))
    assert suite.read_text() == TEXT + "# mine\n"


def test_the_editor_of_ones_choice_gets_the_suites_file(
    suite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []
    monkeypatch.setattr(cases_pane, "open_in_editor", lambda _, path: opened.append(path))

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("3", "E")
        assert opened == [suite]

    drive(body, shown(suite))


def test_an_editor_that_cannot_be_started_is_told_with_the_remedy(
    suite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", "/none/such")

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        external_editor.open_in_editor(app, suite)
        await pilot.pause()
        assert "/none/such" in screen_text(app)

    drive(body, shown(suite))
