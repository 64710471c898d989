"""Two runs side by side."""

from pathlib import Path

import msgspec
from textual.content import Content
from textual.pilot import Pilot

from stack_tui.runs.events import Finished, Planned, Sample, Started, TaskPlan
from stack_tui.runs.journal import Journal
from stack_tui.runs.store import create, journal_path
from stack_tui.tui.app import StackApp
from stack_tui.tui.runs.compare_screen import CompareScreen
from stack_tui.tui.runs.compared_samples import compared, difference
from stack_tui.tui.state.snapshot import Snapshot
from stack_tui.tui.ui.table import Table
from tests.tui.data import (
    BEGAN,
    drive,
    failing,
    passing,
    screen_text,
    settle,
    suite_card,
    suite_spec,
)

SUITE = """
[suite]
name = "custom"
prompt = "TL;DR {input}"
[[case]]
id = "solar-system"
input = "Eight planets orbit the Sun."
[[case]]
id = "kv-cache"
input = "Keys and values are kept."
"""


def run_of(results: Path, number: int, *samples: Sample) -> Path:
    spec = suite_spec(f"20261118-12000{number}-custom-llama-8b-000{number}")
    folder = create(results, spec, SUITE)
    with Journal(journal_path(folder)) as journal:
        journal.append(Started(at=BEGAN, spec=spec, versions={}))
        plan = TaskPlan(name="custom", samples=2, requests=2, route="chat")
        journal.append(Planned(at=BEGAN, tasks=(plan,)))
        for sample in samples:
            journal.append(sample)
        journal.append(Finished(at=BEGAN + 9, outcome="complete"))
    return folder


def flipped(sample: Sample) -> Sample:
    return msgspec.structs.replace(sample, passed=not sample.passed, output="Another output.")


def test_flips_come_first_those_to_fail_before_those_to_pass(tmp_path: Path) -> None:
    a = run_of(tmp_path, 1, passing(), failing(), passing("same", 2))
    b = run_of(tmp_path, 2, passing("same", 2), flipped(failing()), flipped(passing()))
    changes = [twin.change for twin in compared(a, b).twins]
    assert changes == ["pass → fail", "fail → pass", "both pass"]


def test_a_difference_strikes_out_what_went_and_underlines_what_came() -> None:
    content = difference("KV caching keeps keys.", "KV caching keeps the values.")
    spans = {content.plain[span.start : span.end]: str(span.style) for span in content.spans}
    assert "strike" in spans[" keys"]
    assert "underline" in spans[" the values"]
    assert Content("the same").plain in difference("x", "x").plain


def test_c_compares_a_run_with_the_one_before_it(tmp_path: Path) -> None:
    a = run_of(tmp_path, 1, passing(), failing())
    b = run_of(tmp_path, 2, flipped(passing()), failing())
    cards = [
        suite_card((passing(),), folder=folder, spec=suite_spec(folder.name)) for folder in (b, a)
    ]

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("2", "c")
        await settle(app, pilot)
        assert isinstance(app.screen, CompareScreen)
        shown = screen_text(app)
        assert "inconclusive" in shown
        assert "now fails" in shown
        assert len(app.screen.query_one(Table).order) == 1
        await pilot.press("f")
        assert len(app.screen.query_one(Table).order) == 2
        await pilot.press("escape")
        assert not isinstance(app.screen, CompareScreen)

    drive(body, Snapshot(ready=True, runs=tuple(cards)))


def test_m_marks_the_baseline_that_c_compares_with(tmp_path: Path) -> None:
    folders = [run_of(tmp_path, n, passing(), failing()) for n in (1, 2, 3)]
    cards = [
        suite_card((passing(),), folder=folder, spec=suite_spec(folder.name))
        for folder in reversed(folders)
    ]

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("2", "end", "m")
        await pilot.pause()
        assert "⚑ finished" in screen_text(app)
        await pilot.press("home", "c")
        await settle(app, pilot)
        assert folders[0].name in screen_text(app)
        assert folders[1].name not in screen_text(app)

    drive(body, Snapshot(ready=True, runs=tuple(cards)))


def test_with_nothing_to_compare_with_c_says_what_to_do() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("2", "c")
        await pilot.pause()
        assert "Mark a run with m" in screen_text(app)

    drive(body, Snapshot(ready=True, runs=(suite_card((passing(),)),)))
