"""One run on the whole screen."""

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from textual.pilot import Pilot

from stack_tui.reports.measures.lm_eval_scores import RecordedScore
from stack_tui.runs.events import Finding, Sample
from stack_tui.runs.spec import BenchmarkSubject
from stack_tui.tui.app import StackApp
from stack_tui.tui.dashboard import Dashboard
from stack_tui.tui.results.pane import ResultsPane
from stack_tui.tui.state.metrics_history import Load, Series
from stack_tui.tui.state.pass_rate_history import pass_rate_history
from stack_tui.tui.state.snapshot import ChosenRun, Counts, Snapshot, TaskRow
from stack_tui.tui.ui.table import Table
from stack_tui.worker import control
from tests.tui.data import (
    benchmark_card,
    benchmark_spec,
    drive,
    passing,
    running_card,
    screen_text,
    settle,
    show,
    snapshot,
)

LOAD = Load(
    running=31,
    waiting=2,
    kv_cache=0.37,
    tokens_out=5100,
    recent=Series(tokens_out=(4000.0, 5100.0)),
)


def live() -> Snapshot:
    """Return a run of two tasks of a group that goes on, with its course and its server's load."""
    card = benchmark_card()
    tasks = tuple(
        TaskRow(
            row.name, row.plan and msgspec.structs.replace(row.plan, groups=("mmlu",)), row.counts
        )
        for row in card.tasks
    )
    card = replace(card, phase="running", rate=41.0, left_s=95, tasks=tasks)
    found = tuple(
        Sample(at=0, task="mmlu_anatomy", id=str(n), place=n, passed=n % 3 != 0) for n in range(140)
    )
    chosen = ChosenRun(card, found, course=pass_rate_history(found, 200), load=LOAD)
    return Snapshot(ready=True, runs=(card,), chosen=chosen)


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
def test_v_shows_progress_tasks_course_and_server_at_once(size: tuple[int, int]) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("2", "v")
        await pilot.pause()
        shown = screen_text(app)
        for part in (
            "140/200",
            "41/s",
            "1:35 left",
            "▾ mmlu",
            "├ anatomy",
            ".61",
            "[.51–.70]",
        ):
            assert part in shown
        server = "run 31" if size == (80, 24) else "running 31"
        for part in ("Accuracy against samples", "200 samples", server, "5.1k"):
            assert part in shown
        await pilot.press("escape")
        assert isinstance(app.screen, Dashboard)

    drive(body, live(), size=size)


def test_enter_folds_a_group_and_shows_a_tasks_samples() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("2", "v")
        await pilot.pause()
        table = app.screen.query_one(Table)
        await pilot.press("enter")
        assert len(table.order) == 1
        await pilot.press("enter", "down", "down", "enter")
        await pilot.pause()
        assert isinstance(app.screen, Dashboard)
        assert app.screen.active == ResultsPane.NUMBER
        assert app.screen.query_one(ResultsPane).wanted == "task:mmlu_astronomy"

    drive(body, live())


def test_a_suites_run_has_the_plot_alone_and_f_shows_its_samples() -> None:
    found = (passing(),)
    shown = snapshot(*found, card=running_card())
    assert shown.chosen
    shown = replace(shown, chosen=replace(shown.chosen, course=pass_rate_history(found, 2)))

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("2", "v")
        await pilot.pause()
        assert "Pass rate against samples" in screen_text(app)
        assert not app.screen.query_one(Table).display
        await pilot.press("f")
        await pilot.pause()
        assert isinstance(app.screen, Dashboard)
        assert app.screen.active == ResultsPane.NUMBER

    drive(body, shown)


def test_the_runs_keys_work_there_too(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Path] = []
    monkeypatch.setattr(control, "stop", asked.append)

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("2", "v")
        await pilot.pause()
        await pilot.press("s")
        await settle(app, pilot)
        assert asked == [benchmark_card().folder]

    drive(body, live())


def test_what_a_check_finds_while_a_run_goes_is_told_once() -> None:
    before = live()
    finding = Finding(at=0, check="letters", task="mmlu", seen="A was chosen in 71 %", cause="…")
    card = replace(before.runs[0], findings=(finding,))
    after = replace(before, runs=(card,))

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        assert len(app._notifications) == 0
        await show(app, pilot, after)
        assert [note.message for note in app._notifications] == [
            "warning: mmlu: A was chosen in 71 %"
        ]
        await show(app, pilot, replace(after, problem=None, suites=()))
        assert len(app._notifications) == 1

    drive(body, before)


def perplexity(task: str, value: float, stderr: float | None = None) -> RecordedScore:
    return RecordedScore(
        task=task,
        metric="word_perplexity",
        filter="none",
        value=value,
        stderr=stderr,
        higher_is_better=False,
        version="2",
        fewshot=0,
    )


def recorded(tasks: tuple[str, ...], *scores: RecordedScore) -> Snapshot:
    """Return a finished run of the tasks, whose samples neither pass nor fail."""
    spec = msgspec.structs.replace(benchmark_spec(), subject=BenchmarkSubject(tasks=tasks))
    counts = Counts(planned=10, done=10)
    rows = tuple(TaskRow(task, None, counts) for task in tasks)
    by_name: dict[str, tuple[RecordedScore, ...]] = {}
    for score in scores:
        by_name[score.task] = (*by_name.get(score.task, ()), score)
    card = replace(
        benchmark_card(), spec=spec, phase="finished", counts=counts, tasks=rows, scores=by_name
    )
    return Snapshot(ready=True, runs=(card,), chosen=ChosenRun(card))


def test_a_score_that_is_not_from_0_to_1_is_shown_with_its_metric_and_standard_error() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        rows = [line for line in screen_text(app).splitlines() if "llama-8b " in line]
        assert any("wikitext" in line and "12.35" in line for line in rows)
        await pilot.press("2", "v")
        await pilot.pause()
        assert "lm-eval  word_perplexity 12.35 ↓ ± 0.21 standard error" in screen_text(app)

    drive(body, recorded(("wikitext",), perplexity("wikitext", 12.3456, 0.21)), size=(160, 48))


def test_every_metric_of_the_task_stands_below_the_live_figures() -> None:
    scores = (
        msgspec.structs.replace(
            perplexity("gsm8k", 0.5, 0.05), metric="exact_match", filter="strict-match"
        ),
        msgspec.structs.replace(
            perplexity("gsm8k", 0.625, 0.04), metric="exact_match", filter="flexible"
        ),
    )

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("2", "v")
        await pilot.pause()
        assert (
            "lm-eval  exact_match (strict-match) .50 ↓ ± .05   exact_match (flexible) .62 ↓ ± .04"
        ) in screen_text(app)

    drive(body, recorded(("gsm8k",), *scores), size=(160, 48))


def test_a_group_has_its_own_score_beside_its_tasks() -> None:
    scores = [perplexity(name, 5.0 + n) for n, name in enumerate(("texts", "wikitext", "lambada"))]
    snapshot = recorded(("wikitext", "lambada"), *scores)
    spec = msgspec.structs.replace(benchmark_spec(), subject=BenchmarkSubject(tasks=("texts",)))
    card = replace(snapshot.runs[0], spec=spec)

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        detail = [line for line in screen_text(app).splitlines() if "word_perplexity" in line]
        assert any("lm-eval  word_perplexity 5 ↓" in line for line in detail)
        assert any("texts" in line and " 5" in line for line in detail)
        assert any("lambada" in line and " 7" in line for line in detail)

    drive(body, Snapshot(ready=True, runs=(card,), chosen=ChosenRun(card)), size=(160, 60))


def test_each_task_has_its_score_of_record() -> None:
    scores = (perplexity("wikitext", 12.3456, 0.2), perplexity("lambada", 5.5))

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        detail = [line for line in screen_text(app).splitlines() if "word_perplexity" in line]
        assert any("wikitext" in line and "12.35 [11.95–12.74]" in line for line in detail)
        assert any("lambada" in line and "5.5" in line for line in detail)
        await pilot.press("2", "v")
        await pilot.pause()
        rows = screen_text(app).splitlines()
        assert any("wikitext" in line and "12.35" in line for line in rows)
        assert any("lambada" in line and "5.5" in line for line in rows)

    drive(body, recorded(("wikitext", "lambada"), *scores), size=(160, 60))
