"""Pane 4: the samples of the chosen run."""

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from textual.pilot import Pilot

from stack_tui.reports.measures.lm_eval_scores import RecordedScore
from stack_tui.runs.events import Answer, Sample
from stack_tui.runs.journal import Journal
from stack_tui.runs.spec import BenchmarkSubject
from stack_tui.runs.store import create, journal_path
from stack_tui.suites.grading import rules
from stack_tui.suites.grading.rules import Mark
from stack_tui.suites.model.case import Case
from stack_tui.tui.app import StackApp
from stack_tui.tui.dashboard import Dashboard
from stack_tui.tui.results.pane import ResultsPane
from stack_tui.tui.results.sample_screen import SampleScreen
from stack_tui.tui.results.sample_view import SampleView
from stack_tui.tui.state.snapshot import ChosenRun, Snapshot
from tests.tui.data import (
    BEGAN,
    benchmark_card,
    benchmark_spec,
    chosen_answer,
    drive,
    erring,
    failing,
    passing,
    running_card,
    screen_text,
    show,
    snapshot,
    suite_card,
    suite_spec,
    wait_for,
)

THREE = snapshot(passing("a", 0), failing("kv-cache", 1), erring("c", 2))


def results(app: StackApp) -> ResultsPane:
    return app.screen_stack[0].query_one(ResultsPane)


def current(app: StackApp) -> str:
    sample = results(app).current
    return sample.id if sample else ""


def test_every_sample_is_told_with_sign_scores_and_first_issue() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        shown = screen_text(app)
        for part in ("✓ pass", "✗ fail", "! error", ".50", "contains forb", "✗ 2/3"):
            assert part in shown

    drive(body, THREE, size=(200, 60))


def test_f_puts_failing_ones_first_then_shows_them_alone_then_all() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        orders = []
        for _ in range(4):
            orders.append(list(results(app).table.order))
            await pilot.press("4", "f")
            await pilot.pause()
        assert orders == [[0, 1, 2], [1, 2, 0], [1, 2], [0, 1, 2]]

    drive(body, THREE)


def test_brackets_go_to_the_next_and_the_previous_failing_sample() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("4", "right_square_bracket", "right_square_bracket")
        assert current(app) == "c"
        await pilot.press("left_square_bracket")
        assert current(app) == "kv-cache"
        await pilot.press("left_square_bracket")
        assert current(app) == "kv-cache"

    drive(body, THREE)


def test_the_sample_under_the_cursor_is_told_with_its_matches_marked() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("4", "down")
        view = results(app).query_one(SampleView)
        await wait_for(pilot, lambda: view._marks)
        assert {mark.phrase for mark in view._marks} == {"KV", "cache", "caching", "GPU memory"} - {
            "cache"
        }
        assert "KV caching keeps keys and values in GPU memory." in screen_text(app)

    drive(body, THREE)


def test_enter_opens_the_sample_and_moves_on_from_there() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("4", "enter")
        await pilot.pause()
        assert isinstance(app.screen, SampleScreen)
        await pilot.press("right_square_bracket")
        await pilot.pause()
        assert "contains forbidden: ['GPU memory']" in screen_text(app)
        await pilot.press("n", "t", "escape")
        await pilot.pause()
        assert isinstance(app.screen, Dashboard)
        assert current(app) == "c"

    drive(body, THREE)


def test_reasoning_and_prompt_unfold_by_their_keys() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("4", "down", "z")
        await pilot.pause()
        assert "The user wants one sentence." not in screen_text(app)
        await pilot.press("t")
        await pilot.pause()
        assert "The user wants one sentence." in screen_text(app)
        await pilot.press("t", "p")
        await pilot.pause()
        assert "TL;DR A transformer keeps" in screen_text(app)

    drive(body, THREE, size=(120, 60))


def test_o_sorts_by_one_column_after_the_other_and_shift_o_the_other_way() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("4", "o", "o", "o")
        assert results(app).sorted_by == (2, False)
        assert list(results(app).table.order) == [1, 0, 2]
        await pilot.press("O")
        assert list(results(app).table.order) == [2, 0, 1]
        await pilot.press("o", "o", "o")
        assert list(results(app).table.order) == [0, 1, 2]

    drive(body, THREE)


def test_y_sends_the_output_to_the_clipboard_and_says_what_else_there_is() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("4", "down", "y")
        await pilot.pause()
        assert app.clipboard == failing().output
        assert "w writes" in screen_text(app)

    drive(body, THREE)


def test_w_writes_the_whole_sample_to_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("4", "down", "w")
        await pilot.pause()

    drive(body, THREE)
    written = (tmp_path / "sample-custom-kv-cache-1.txt").read_text()
    for part in (failing().output, failing().prompt, failing().reasoning, "Score: 2/5"):
        assert part in written


def test_x_shows_the_requests_and_responses_behind_a_sample(tmp_path: Path) -> None:
    spec = suite_spec()
    folder = create(tmp_path, spec)
    request, response = {"model": "llama-8b"}, {"choices": [{"text": "KV caching"}]}
    with Journal(journal_path(folder)) as journal:
        for sample in ("kv-cache", "other"):
            journal.append(
                Answer(
                    at=BEGAN,
                    key=sample,
                    task="custom",
                    sample=sample,
                    role="model",
                    request=request,
                    response=response | {"of": sample},
                )
            )
    card = suite_card((failing(),), folder=folder)

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("4", "z", "x")
        view = results(app).query_one(SampleView)
        await wait_for(pilot, lambda: '"of": "kv-cache"' in view.text)
        assert '"model": "llama-8b"' in view.text
        assert '"of": "other"' not in view.text

    drive(body, snapshot(failing(), card=card))


def test_a_search_goes_through_the_samples() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("4", "slash", *"gpu mem")
        await pilot.pause()
        assert list(results(app).table.order) == [1]
        await pilot.press("escape")
        await pilot.pause()
        assert len(results(app).table.order) == 3

    drive(body, THREE)


def test_samples_appear_as_they_finish_and_the_cursor_stays() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("4", "down")
        await pilot.pause()
        samples = (passing("a"), failing("kv-cache"), passing("c"))
        await show(app, pilot, snapshot(*samples, card=running_card(3, 9)))
        assert current(app) == "kv-cache"
        assert len(results(app).table.order) == 3

    drive(body, snapshot(passing("a"), failing("kv-cache"), card=running_card(2, 9)))


def test_a_retried_sample_is_told_anew() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("4")
        assert "no answer in 300 s" in screen_text(app)
        await show(app, pilot, snapshot(passing("c"), card=running_card()))
        assert "no answer in 300 s" not in screen_text(app)

    drive(body, snapshot(erring("c"), card=running_card()))


def test_another_run_begins_at_its_first_sample() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("4", "end")
        card = suite_card(folder=Path("eval-results/other"))
        samples = (passing("x", 0), passing("y", 1), passing("z", 2))
        await show(app, pilot, snapshot(*samples, card=card))
        assert current(app) == "x"

    drive(body, THREE)


def test_a_benchmarks_samples_are_told_by_answer_and_target() -> None:
    card = benchmark_card()
    shown = Snapshot(ready=True, runs=(card,), chosen=ChosenRun(card, (chosen_answer(37),)))

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("4")
        await pilot.pause()
        row = next(line for line in screen_text(app).splitlines() if "✗ fail" in line)
        for part in ("mmlu_anatomy", "37", "B", "A", "-0.40"):
            assert part in row

    drive(body, shown, size=(80, 24))


def test_a_run_without_samples_says_what_to_expect() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        assert "has no sample yet" in screen_text(app)

    drive(body, snapshot(card=running_card(0, 9)))


def test_fourteen_thousand_samples_are_listed_without_a_widget_each() -> None:
    samples = tuple(Sample(at=0, task="t", id=str(n), place=n, passed=True) for n in range(14_042))

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("4", "end")
        await pilot.pause()
        assert current(app) == "14041"
        assert len(list(app.screen.walk_children())) < 60

    drive(body, snapshot(*samples))


def test_a_cursor_held_down_looks_for_marks_in_one_thread_and_then_for_the_last_sample(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    began, go_on = threading.Semaphore(0), threading.Event()
    searched: list[str] = []

    def marks(case: Case, output: str) -> list[Mark]:
        searched.append(output)
        began.release()
        go_on.wait(30)
        return [Mark(0, 3, "required", "out")]

    monkeypatch.setattr(rules, "marks", marks)
    samples = tuple(
        msgspec.structs.replace(failing("kv-cache", n), output=f"output {n}", repeat=n)
        for n in range(40)
    )

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await wait_for(pilot, lambda: began.acquire(blocking=False))
        await pilot.press("4", *["down"] * 39)
        assert searched == ["output 0"]
        go_on.set()
        await wait_for(pilot, lambda: results(app).query_one(SampleView)._marks)

    drive(body, snapshot(*samples))
    assert searched == ["output 0", "output 39"]


@pytest.mark.parametrize("presses", [1, 2, 3])
def test_f_shows_the_sample_under_the_cursor_once(
    monkeypatch: pytest.MonkeyPatch, presses: int
) -> None:
    shown: list[str] = []
    show_sample = SampleView.show_sample

    def noting(view: SampleView, sample: Sample | None, *others: Any) -> None:
        shown.append(sample.id if sample else "")
        show_sample(view, sample, *others)

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("4", *["f"] * (presses - 1))
        await pilot.pause()
        monkeypatch.setattr(SampleView, "show_sample", noting)
        await pilot.press("f")
        await pilot.pause()

    drive(body, THREE)
    assert shown == ["kv-cache"]


def test_the_frame_shows_the_scores_of_record_however_a_task_is_called() -> None:
    spec = msgspec.structs.replace(benchmark_spec(), subject=BenchmarkSubject(tasks=("[b]t", "u")))
    scores = {
        name: (
            RecordedScore(
                task=name,
                metric="acc",
                filter="none",
                value=0.5,
                stderr=0.1,
                higher_is_better=True,
                version="1",
                fewshot=0,
            ),
        )
        for name in ("[b]t", "u")
    }
    card = replace(benchmark_card(), spec=spec, scores=scores)

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        assert "lm-eval [b]t acc .50 ↑ ± .1  u acc .50 ↑ ± .1" in screen_text(app)

    run = Snapshot(ready=True, runs=(card,), chosen=ChosenRun(card, (chosen_answer(),)))
    drive(body, run, size=(200, 60))
