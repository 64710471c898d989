"""The page of a run."""

from dataclasses import replace
from pathlib import Path

import msgspec

from stack_tui.errors import StackError
from stack_tui.reports.measures.task_results import MetricMean
from stack_tui.reports.pages.model import Fact, Facts, Heading, TableBlock
from stack_tui.runs.events import Fault, Finding
from stack_tui.tui.runs.run_page import run_blocks
from stack_tui.tui.state.snapshot import Counts, RunCard
from tests.tui.data import (
    benchmark_card,
    erring,
    failing,
    passing,
    running_card,
    suite_card,
    suite_spec,
    text_of,
)


def test_a_running_run_tells_rate_and_time_left() -> None:
    shown = text_of(run_blocks(running_card(), "r"))
    assert "► running" in shown
    assert "1/2  50 %   1.5/s   0:16 left" in shown


def test_a_finished_run_tells_its_figures_and_counts() -> None:
    shown = text_of(run_blocks(suite_card((passing(), failing(), erring())), "r"))
    assert "rules .75" in shown
    assert "judge 3.5" in shown
    assert "pass 50 %" in shown
    assert "1 error" in shown


def test_a_run_of_several_tasks_tells_each() -> None:
    shown = text_of(run_blocks(benchmark_card(), "r"))
    assert "mmlu_anatomy" in shown
    assert "40/100" in shown
    assert "Press r to resume" in shown


def test_faults_and_findings_are_told_with_their_remedies() -> None:
    card = suite_card(
        (passing(),),
        fault=Fault(at=0, where="local", message="404: no such model", remedy="It serves x."),
        faults=3,
        findings=(Finding(at=0, check="blank", task="t", seen="90 % empty", cause="Template?"),),
    )
    shown = text_of(run_blocks(card, "r"))
    assert "local: 404: no such model  (3 in total)" in shown
    assert "→ It serves x." in shown
    assert "warning t: 90 % empty" in shown
    assert "→ Template?" in shown


def test_a_run_whose_folder_cannot_be_read_says_why() -> None:
    card = RunCard(Path("r/x"), problem=StackError("not valid TOML", where="r/x/run.toml"))
    assert "not valid TOML" in text_of(run_blocks(card, "r"))


def test_unscored_and_empty_outputs_are_counted_beside_the_figures() -> None:
    card = replace(suite_card(), counts=Counts(planned=9, done=9, empty=2, unscored=1))
    shown = text_of(run_blocks(card, "r"))
    assert "2 empty" in shown
    assert "1 unscored" in shown


def test_a_run_at_several_temperatures_sets_them_in_columns() -> None:
    spec = msgspec.structs.replace(suite_spec(), temperatures=(0.0, 0.7))
    blocks = (
        Heading("by temperature"),
        TableBlock(("", "t=0", "t=0.7"), (("pass rate", "100%", "6%"),)),
        Facts((Fact("t=0.7 less t=0", "worse"),)),
    )
    shown = text_of(run_blocks(replace(suite_card((passing(),)), spec=spec, sections=blocks), "r"))
    assert "at temperatures 0, 0.7" in shown
    assert "            t=0    t=0.7\npass rate   100%   6%\nt=0.7 less t=0  worse" in shown


def test_a_run_tells_the_sections_of_its_report() -> None:
    blocks = (Heading("tokens"), Facts((Fact("judge [b]x", "12 in, 3 out"),)))
    text = text_of(run_blocks(suite_card((passing(),), sections=blocks), "r"))
    assert "Tokens" in text
    assert "judge [b]x  12 in, 3 out" in text


def test_a_run_whose_metric_takes_fractions_shows_its_mean_and_no_accuracy() -> None:
    mean = MetricMean(
        metric="f1", value=0.475, interval=(0.44, 0.51), documents=100, higher_is_better=True
    )
    card = benchmark_card()
    card = replace(card, tasks=card.tasks[:1], means={card.tasks[0].name: mean})
    shown = text_of(run_blocks(card, "r"))
    assert "f1 .47 ↑ [.44–.51]" in shown
    assert "accuracy" not in shown


def test_each_task_shows_its_own_mean() -> None:
    card = benchmark_card()
    mean = MetricMean(metric="f1", value=0.475, interval=None, documents=9, higher_is_better=None)
    shown = text_of(run_blocks(replace(card, means={card.tasks[0].name: mean}), "r"))
    assert "f1 .47" in shown
