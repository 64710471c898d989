"""Held-out cases in the app: hidden until revealed, which is logged."""

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from textual.pilot import Pilot

from stack_tui.runs import holdout
from stack_tui.runs.events import Finished, Planned, Started, TaskPlan
from stack_tui.runs.journal import Journal
from stack_tui.runs.store import create, journal_path
from stack_tui.suites.model.case import Suite
from stack_tui.tui.app import StackApp
from stack_tui.tui.cases.preview import latest_outcome, latest_sample
from stack_tui.tui.runs.compared_samples import compared
from stack_tui.tui.state.reader import Reader
from stack_tui.tui.state.snapshot import ChosenRun, Snapshot, SuiteFile
from tests.tui.data import (
    BEGAN,
    CUSTOM,
    KV_CACHE,
    drive,
    failing,
    passing,
    screen_text,
    suite_card,
    suite_spec,
)

HELD = msgspec.structs.replace(failing(), holdout=True)
SECRET = "KV caching keeps keys"
SUITE = """
[suite]
name = "custom"
[[case]]
id = "kv-cache"
input = "Keys and values are kept."
"""


def run_of(results: Path, number: int = 1, *, only_held: bool = False) -> Path:
    spec = suite_spec(f"20261118-12000{number}-custom-llama-8b-000{number}")
    folder = create(results, spec, SUITE)
    with Journal(journal_path(folder)) as journal:
        journal.append(Started(at=BEGAN, spec=spec, versions={}))
        plan = TaskPlan(name="custom", samples=2, requests=2, route="chat")
        journal.append(Planned(at=BEGAN, tasks=(plan,)))
        for sample in (HELD,) if only_held else (passing(), HELD):
            journal.append(sample)
        journal.append(Finished(at=BEGAN + 9, outcome="complete"))
    return folder


def test_the_screens_get_held_out_samples_sealed_until_they_are_revealed(tmp_path: Path) -> None:
    folder = run_of(tmp_path)
    reader = Reader(tmp_path, lambda: tmp_path / "cases")
    snapshot = reader.read()
    assert snapshot is not None
    assert snapshot.chosen is not None
    assert [SECRET in sample.output for sample in snapshot.chosen.samples] == [False, False]
    assert snapshot.chosen.card.summary is not None
    assert snapshot.chosen.card.summary.failed == 0
    reader.reveal(folder, holdout.log_access(tmp_path, "custom", folder.name))
    reader.list_again()
    revealed = reader.read()
    assert revealed is not None
    assert revealed.chosen is not None
    assert revealed.chosen.revealed
    assert SECRET in revealed.chosen.samples[1].output


def test_two_runs_side_by_side_show_no_held_out_output(tmp_path: Path) -> None:
    found = compared(run_of(tmp_path, 1), run_of(tmp_path, 2))
    assert not any(SECRET in twin.a.output + twin.b.output for twin in found.twins)
    assert found.comparison.holdout_pairs == 1


def test_shift_h_counts_the_look_at_a_runs_held_out_samples(tmp_path: Path) -> None:
    card = suite_card((HELD,))
    shown = Snapshot(ready=True, runs=(card,), chosen=ChosenRun(card, (HELD,), {}, CUSTOM))

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        app.results = tmp_path
        await pilot.press("4", "E")
        assert "H reveals it" in screen_text(app)
        await pilot.press("H")

    drive(body, shown)
    (look,) = holdout.read_accesses(tmp_path, "custom")
    assert look.what == card.id


def held_out_suite() -> Suite:
    return msgspec.structs.replace(CUSTOM, cases=(msgspec.structs.replace(KV_CACHE, holdout=True),))


def test_the_cases_pane_hides_held_out_texts_until_asked(tmp_path: Path) -> None:
    suites = (SuiteFile(Path("cases/custom.toml"), suite=held_out_suite()),)

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        app.results = tmp_path
        await pilot.press("3", "z", "j")
        assert "A transformer keeps" not in screen_text(app)
        assert "held out: not shown" in screen_text(app)
        await pilot.press("e")
        assert "H reveals it" in screen_text(app)
        await pilot.press("H")
        assert "A transformer keeps" in screen_text(app)

    drive(body, Snapshot(ready=True, suites=suites), size=(120, 50))
    (look,) = holdout.read_accesses(tmp_path, "custom")
    assert look.what == "custom.toml"


def test_a_search_in_the_cases_does_not_find_held_out_texts() -> None:
    suites = (SuiteFile(Path("cases/custom.toml"), suite=held_out_suite()),)

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("3", "slash", *"transformer")
        assert "No case matches" in screen_text(app)

    drive(body, replace(Snapshot(ready=True), suites=suites))


def test_the_case_forms_preview_of_a_held_out_output_is_logged(tmp_path: Path) -> None:
    run = run_of(tmp_path)
    card = replace(suite_card((HELD,)), folder=run)
    assert latest_outcome([card], "custom", HELD.id) == (run, HELD.key)
    assert holdout.read_accesses(tmp_path, "custom") == ()
    sample = latest_sample([card], "custom", HELD.id)
    assert sample is not None
    assert SECRET in sample.output
    (access,) = holdout.read_accesses(tmp_path, "custom")
    assert access.what == run.name


# Everything that a held-out sample, or the case that it is of, may say in the app.
SECRETS = (
    "KV caching",
    "wants one sentence",
    "GPU memory",
    "Score: 2/5",
    "It is about",
    "A transformer keeps",
)
PATHS = {
    "results": ("4", "z", "j", "t", "p", "e", "x", "f", "g"),
    "sample": ("4", "j", "enter", "t", "p", "e", "x", "n", "b", "y"),
    "label": ("4", "j", "v"),
    "search": ("4", "slash", *"memory", "enter"),
    "runs": ("2", "z", "enter"),
    "case of the sample": ("4", "j", "E"),
}


@pytest.mark.parametrize("name", PATHS)
def test_no_screen_shows_a_held_out_text_until_its_access_is_logged(
    tmp_path: Path, name: str
) -> None:
    run_of(tmp_path, only_held=True)
    snapshot = Reader(tmp_path, lambda: tmp_path / "cases").read()
    assert snapshot is not None

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        app.results = tmp_path
        for key in PATHS[name]:
            await pilot.press(key)
            await pilot.pause()
            text = screen_text(app) + app.clipboard
            assert not [secret for secret in SECRETS if secret in text], key

    drive(body, snapshot, size=(120, 50))
    assert holdout.read_accesses(tmp_path, "custom") == ()
