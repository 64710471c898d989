"""Grading a run's recorded outputs again from the app."""

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from textual.pilot import Pilot

from stack_tui.runs.labels import Label, LabelKind
from stack_tui.runs.spec import RegradeSource
from stack_tui.tui.app import StackApp
from stack_tui.tui.results.pane import ResultsPane
from stack_tui.tui.runs.actions import baseline_of
from stack_tui.tui.runs.regrade_form import RegradeForm
from stack_tui.tui.state.snapshot import ChosenRun, Snapshot
from stack_tui.worker import launch
from stack_tui.worker.requests import Regrade
from tests.tui.data import (
    BEGAN,
    benchmark_card,
    drive,
    failing,
    passing,
    screen_text,
    settle,
    show,
    snapshot,
    suite_card,
    suite_spec,
)

CUSTOM = Path("cases/custom.toml")
ONE = snapshot(passing(), failing())


class Asked:
    """Stands in for the functions that the commands call."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: list[tuple[object, ...]] = []
        monkeypatch.setattr(launch, "start", self._start)

    def _start(self, request: Regrade, results: Path) -> Path:
        what: object = request.run.name
        if request.by == "judges":
            what = [judge.name for judge in request.judges]
        self.calls.append((request.by, what, request.suite, request.panel))
        return results / "new"


@pytest.mark.parametrize("pane", ["2", "4"])
def test_a_then_1_grades_the_outputs_by_the_suites_file(
    monkeypatch: pytest.MonkeyPatch, pane: str
) -> None:
    asked = Asked(monkeypatch)

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press(pane, "a")
        await pilot.pause()
        assert "model is not called" in screen_text(app)
        await pilot.press("1")
        await settle(app, pilot)
        assert asked.calls == [("rules", suite_spec().id, CUSTOM, "median")]
        assert app.chosen == suite_card().folder.with_name("new")

    drive(body, ONE)


def test_p_takes_another_panel(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(monkeypatch)

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("2", "a")
        await pilot.pause()
        assert "scores by their median" in screen_text(app)
        await pilot.press("p")
        await pilot.pause()
        assert "scores by their mean" in screen_text(app)
        await pilot.press("1")
        await settle(app, pilot)
        assert asked.calls == [("rules", suite_spec().id, CUSTOM, "mean")]

    drive(body, ONE)


def test_2_has_them_judged_by_the_ticked_judges_the_runs_own_at_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = Asked(monkeypatch)

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("2", "a")
        await pilot.pause()
        await pilot.press("down", "space", "2")
        await settle(app, pilot)
        assert asked.calls == [("judges", ["judge", "local"], CUSTOM, "median")]

    drive(body, ONE)


def test_without_a_judge_ticked_none_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(monkeypatch)

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("2", "a")
        await pilot.pause()
        await pilot.press("space", "2")
        await pilot.pause()
        assert isinstance(app.screen, RegradeForm)
        assert "Tick a judge" in screen_text(app)
        await pilot.press("escape")
        assert asked.calls == []

    drive(body, ONE)


def test_a_benchmark_says_why_it_cannot_be_graded_again() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("2", "a")
        await pilot.pause()
        assert "scored by lm-eval" in screen_text(app)

    drive(body, Snapshot(ready=True, runs=(benchmark_card(),)))


def test_a_run_that_grades_another_again_names_it_and_is_compared_with_it() -> None:
    first = suite_card((passing(),))
    between = replace(first, folder=first.folder.with_name("20261118-130000-custom"))
    origin = RegradeSource(run=first.id, outputs=first.id, again="rules")
    spec = msgspec.structs.replace(suite_spec("20261118-140000-custom"), origin=origin)
    again = suite_card((passing(),), folder=first.folder.with_name(spec.id), spec=spec)
    runs = (again, between, first)
    assert baseline_of(runs, again) == first.folder

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        shown = screen_text(app)
        assert "↻ custom" in shown
        assert first.id in shown

    drive(body, Snapshot(ready=True, runs=runs, chosen=ChosenRun(again)))


def test_the_results_count_the_labels_by_kind() -> None:
    kinds: dict[str, LabelKind] = {passing().id: "flaky", failing().id: "real failure"}
    labels = [
        Label(at=BEGAN, who="ann", task="custom", id=case, kind=kind)
        for case, kind in kinds.items()
    ]
    chosen = ONE.chosen
    assert chosen
    labelled = replace(chosen, labels={label.key: label for label in labels})

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await show(app, pilot, replace(ONE, chosen=labelled))
        said = app.screen.query_one(ResultsPane).border_subtitle
        assert said == "⚐ 1 real failure · ⚐ 1 flaky"

    drive(body, ONE)


def test_help_explains_what_can_be_typed_to_find_samples() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("4", "question_mark", "end")
        await pilot.pause()
        shown = screen_text(app)
        for term in ("status:error", "label:flaky", "issue:forbidden", "judge<4"):
            assert term in shown

    drive(body, ONE, size=(120, 80))
