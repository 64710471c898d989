"""lm-eval's own scores: any metric, with its standard error, in every form and in the app."""

from typing import Any

import msgspec
import pytest

from stack_tui.reports.measures.lm_eval_scores import recorded_score, recorded_scores
from stack_tui.reports.pages.run_report import report_page, run_sections
from stack_tui.reports.render.html_page import render_html
from stack_tui.reports.render.markdown import render_markdown
from stack_tui.reports.render.plain_text import render_text, text_lines
from stack_tui.runs.events import RecordScores, Sample
from stack_tui.runs.spec import BenchmarkSubject
from stack_tui.runs.view import RunView
from tests.reports.views import SPEC, view

RESULTS = {
    "results": {
        "mmlu": {"acc,none": 0.681, "acc_stderr,none": 0.0042, "alias": "mmlu"},
        "gsm8k": {
            "exact_match,strict-match": 0.61,
            "exact_match_stderr,strict-match": 0.02,
            "exact_match,flexible-extract": 0.7,
            "exact_match_stderr,flexible-extract": 0.019,
        },
        "wikitext": {"word_perplexity,none": 11.52, "word_perplexity_stderr,none": "N/A"},
    },
    "n-shot": {"mmlu": 5},
    "versions": {"mmlu": 2, "wikitext": 2},
    "higher_is_better": {"mmlu": {"acc": True}, "wikitext": {"word_perplexity": False}},
}


def run(*tasks: str, results: Any = RESULTS, missing: dict[str, int] | None = None) -> RunView:
    """A finished run of those tasks, whose documents neither pass nor fail."""
    spec = msgspec.structs.replace(SPEC, subject=BenchmarkSubject(tasks=tasks), judges=())
    samples = [Sample(at=1.0, task=task, id="0", metrics={"bits": 2.0}) for task in tasks]
    found = view(samples, spec)
    found.apply([RecordScores(at=2.0, results=results, table="", missing=missing or {})])
    return found


def test_every_value_comes_with_its_error_its_direction_and_its_version() -> None:
    accuracy, *_, perplexity = recorded_scores(run("mmlu"))
    assert (accuracy.value, accuracy.stderr, accuracy.fewshot) == (0.681, 0.0042, 5)
    assert accuracy.interval == pytest.approx((0.6728, 0.6892), abs=1e-4)
    assert accuracy.name == "mmlu.acc"
    assert accuracy.text == "acc 0.681 ± 0.004"
    assert (perplexity.stderr, perplexity.interval, perplexity.version) == (None, None, "2")
    assert (accuracy.direction, perplexity.direction) == (" ↑", " ↓")


def test_a_run_of_one_task_has_its_score_whatever_the_metric() -> None:
    score = recorded_score(run("wikitext"))
    assert score is not None
    assert (score.metric, score.value) == ("word_perplexity", 11.52)


def test_of_several_metrics_the_one_that_decides_about_passing_counts() -> None:
    found = run("gsm8k")
    first = recorded_score(found)
    plan = found.plan["gsm8k"]
    metric = "exact_match,flexible-extract"
    found.plan["gsm8k"] = msgspec.structs.replace(plan, metric=metric)
    second = recorded_score(found)
    assert first is not None
    assert second is not None
    assert (first.filter, second.filter) == ("strict-match", "flexible-extract")


def test_several_tasks_have_no_score_together_but_each_its_own() -> None:
    found = run("mmlu", "wikitext")
    assert recorded_score(found) is None
    score = recorded_score(found, "mmlu")
    assert score is not None
    assert score.value == 0.681
    assert recorded_score(found, "absent") is None


@pytest.mark.parametrize("results", [{}, {"results": []}, {"results": {"t": {"acc,none": "N/A"}}}])
def test_results_without_numbers_give_no_scores(results: Any) -> None:
    assert recorded_scores(run("mmlu", results=results)) == ()


def test_the_score_of_record_is_in_every_form_and_among_the_sections_that_the_app_shows() -> None:
    found = run("wikitext", missing={"wikitext": 2})
    page = report_page(found)
    forms = (render_text(page), render_markdown(page), render_html(page))
    for text in (*forms, "\n".join(text_lines(run_sections(found)))):
        for part in ("core of record, by lm-eval", "word_perplexity ↓", "11.5200"):
            assert part in text
        assert "incomplete: 2 documents have no answer" in text
