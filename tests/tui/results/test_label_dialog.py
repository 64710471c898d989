"""What people say of samples."""

from pathlib import Path

from textual.pilot import Pilot

from stack_tui.runs import labels
from stack_tui.runs.labels import Label
from stack_tui.runs.store import create
from stack_tui.tui.app import StackApp
from stack_tui.tui.cases.form import CaseForm
from stack_tui.tui.results.label_dialog import LabelDialog
from stack_tui.tui.results.pane import ResultsPane
from stack_tui.tui.state.snapshot import ChosenRun, Snapshot, SuiteFile
from tests.tui.data import (
    BEGAN,
    CUSTOM,
    drive,
    failing,
    passing,
    screen_text,
    show,
    snapshot,
    suite_card,
    suite_spec,
    wait_for,
)

SAID = Label(at=BEGAN, who="ada", task="custom", id="kv-cache", kind="bad case", note="too strict")


def labelled(folder: Path, *said: Label) -> Snapshot:
    card = suite_card((passing(), failing()), folder=folder)
    chosen = ChosenRun(
        card, (passing(), failing()), {}, CUSTOM, {label.key: label for label in said}
    )
    return Snapshot(ready=True, runs=(card,), chosen=chosen)


def test_a_label_is_kept_beside_the_run_with_note_and_the_judges_right_score(
    tmp_path: Path,
) -> None:
    folder = create(tmp_path, suite_spec())

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("4", "down", "L")
        await pilot.pause()
        assert isinstance(app.screen, LabelDialog)
        await pilot.press("tab", *"too strict", "tab", "4", "enter", "3")
        await pilot.pause()

    drive(body, labelled(folder))
    (label,) = labels.read(folder).values()
    assert (label.id, label.kind, label.note) == ("kv-cache", "wrong judge", "too strict")
    assert label.judge_score == 4.0
    assert label.who


def test_a_judges_score_off_the_scale_is_refused_in_place(tmp_path: Path) -> None:
    folder = create(tmp_path, suite_spec())

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("4", "L")
        await pilot.pause()
        await pilot.press("tab", "tab", "9", "enter", "1")
        await pilot.pause()
        assert "from 1 to 5" in screen_text(app)

    drive(body, labelled(folder))
    assert labels.read(folder) == {}


def test_what_was_said_stands_in_the_list_and_above_the_sample(tmp_path: Path) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("4", "down", "z")
        await pilot.pause()
        shown = screen_text(app)
        assert "⚐ bad case" in shown
        assert "⚐ bad case: too strict  by ada" in shown
        assert "⚐ 1 bad case" in shown

    drive(body, labelled(tmp_path / "run", SAID), size=(200, 60))


def test_a_label_that_comes_in_is_shown_at_once(tmp_path: Path) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("4", "down")
        assert "⚐" not in screen_text(app)
        await show(app, pilot, labelled(tmp_path / "run", SAID))
        assert "⚐ bad case: too strict" in screen_text(app)

    drive(body, labelled(tmp_path / "run"))


def test_samples_are_found_by_what_was_said_of_them(tmp_path: Path) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("4", "slash", *"label:strict")
        await pilot.pause()
        assert list(app.screen.query_one(ResultsPane).table.order) == [1]

    drive(body, labelled(tmp_path / "run", SAID))


def test_from_a_failing_sample_its_case_is_edited(tmp_path: Path) -> None:
    path = tmp_path / "custom.toml"
    path.write_text(
        '[suite]\nname = "custom"\n[[case]]\nid = "kv-cache"\ninput = "Keys are kept."\n'
    )
    shown = snapshot(failing(), suites=(SuiteFile(path, suite=CUSTOM),))

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("4", "E")
        await wait_for(pilot, lambda: isinstance(app.screen, CaseForm))
        assert "kv-cache" in screen_text(app)

    drive(body, shown)


def test_a_case_that_is_gone_is_told() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("4", "E")
        await wait_for(pilot, lambda: "no longer in a suite" in " ".join(screen_text(app).split()))

    drive(body, snapshot(failing("gone")))
