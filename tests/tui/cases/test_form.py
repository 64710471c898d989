"""The form of a case."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from textual.pilot import Pilot
from textual.widgets import TextArea

from stack_tui.config.decode import Endpoint
from stack_tui.runs.events import Sample
from stack_tui.runs.rule_issue import RuleIssue
from stack_tui.suites.model import suite_store
from stack_tui.suites.model.case import Case, Suite
from stack_tui.toml_edit.held_file import HeldFile
from stack_tui.tui.app import StackApp
from stack_tui.tui.cases import case_changes, preview
from stack_tui.tui.cases.form import CaseForm
from stack_tui.tui.cases.preview import Trial
from stack_tui.tui.dashboard import Dashboard
from stack_tui.tui.ui import drafts
from stack_tui.tui.ui.block_view import BlockView
from stack_tui.tui.ui.dialogs import Unsaved
from tests.tui.cases.suite_on_disk import (
    TEXT,
    appears,
    change_elsewhere,
    field,
    ids,
    on_dashboard,
    shown,
    until,
)
from tests.tui.data import (
    drive,
    failing,
    screen_text,
    settle,
    show,
    wait_for,
)


async def edit(app: StackApp, pilot: Pilot[None]) -> CaseForm:
    """Open the second case in the form."""
    await pilot.press("3", "end", "e")
    await pilot.pause()
    assert isinstance(app.screen, CaseForm)
    return app.screen


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
        await appears(app, pilot, "the id is already used")
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
        assert "forbidden" not in await until(form, pilot, ".trial", "Rules")
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
        await until(form, pilot, ".trial", "No output yet")
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


def test_a_slow_grading_of_an_older_text_never_replaces_a_newer_one(
    suite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def graded(case: Case, _: Suite, sample: Sample) -> Trial:
        if "slow" in case.must_mention:
            began.set()
            go_on.wait(30)
            ended.set()
        issues = (RuleIssue(text=f"graded by {case.must_mention}"),)
        return Trial(msgspec.structs.replace(sample, rule_issues=issues), ())

    monkeypatch.setattr(preview, "latest_sample", lambda *_: failing())
    monkeypatch.setattr(preview, "graded", graded)

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        form = await edit(app, pilot)
        area = field(form, "must_mention").query_one(TextArea)
        await until(form, pilot, ".trial", "KV")
        area.text = "slow"
        await wait_for(pilot, began.is_set)
        area.text = "hello"
        form.settle()
        await pilot.pause()
        go_on.set()
        await until(form, pilot, ".trial", "hello")
        await wait_for(pilot, ended.is_set)
        await pilot.pause()
        assert "slow" not in form.query_one(".trial", BlockView).text

    drive(body, shown(suite))


def test_files_are_read_and_written_beside_the_screen(
    suite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: set[tuple[str, bool]] = set()

    def noted(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def noting(*args: Any) -> Any:
            calls.add((name, threading.current_thread() is threading.main_thread()))
            return call(*args)

        return noting

    for owner, name in (
        (HeldFile, "differs"),
        (case_changes, "save_case"),
        (drafts, "keep"),
        (drafts, "forget"),
    ):
        monkeypatch.setattr(owner, name, noted(name, getattr(owner, name)))

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        form = await edit(app, pilot)
        await pilot.press("end", "x")
        form.settle()
        await pilot.press("ctrl+s")
        await on_dashboard(app, pilot)
        await wait_for(pilot, lambda: len(calls) == 4)

    drive(body, shown(suite))
    assert calls == {(name, False) for name in ("differs", "save_case", "keep", "forget")}


def test_an_edit_that_is_taken_back_by_hand_leaves_no_draft(suite: Path) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        form = await edit(app, pilot)
        await pilot.press("end", "x")
        form.settle()
        await wait_for(pilot, lambda: drafts.kept(suite, "kv-cache"))
        await pilot.press("backspace")
        form.settle()
        await wait_for(pilot, lambda: drafts.kept(suite, "kv-cache") is None)

    drive(body, shown(suite))
