"""Judges held against people's labels, and the pass rate as people would give it."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack_tui.reports.measures.calibration import (
    TOGETHER,
    calibration,
    judges_should_pass,
    should_pass,
)
from stack_tui.reports.pages.judges_section import labels_section
from stack_tui.reports.render.json_report import report_document
from stack_tui.reports.render.text_report import text_report
from stack_tui.reports.stats.corrected_rate import corrected_rate
from stack_tui.reports.stats.rater_agreement import kappas
from stack_tui.runs.events import JudgeScore, Sample
from stack_tui.runs.labels import LABEL_KINDS, Label, LabelKind
from stack_tui.runs.view import RunView
from tests.reports.forms import facts_of, html_report, markdown_report
from tests.reports.views import view


def judged(place: int, *scores: float, rule: float | None = 1.0) -> Sample:
    """A sample that judges a, b, … gave those scores, and the first one's is the panel's."""
    verdicts = tuple(
        JudgeScore(judge=judge, model="m", score=score)
        for judge, score in zip("abc", scores, strict=False)
    )
    return Sample(
        at=1.0,
        task="custom",
        id=f"c{place}",
        place=place,
        rule_score=rule,
        judge_score=scores[0],
        verdicts=verdicts,
        passed=scores[0] >= 4 and (rule is None or rule >= 0.8),
    )


def label(place: int, kind: LabelKind, score: float | None = None) -> Label:
    return Label(at=1.0, who="ada", task="custom", id=f"c{place}", kind=kind, judge_score=score)


def labelled(samples: list[Sample], *labels: Label) -> RunView:
    run = view(samples)
    run.relabel({each.key: each for each in labels})
    return run


def rows(run: RunView) -> dict[str, str]:
    return facts_of(labels_section(run))


@pytest.mark.parametrize(
    ("kind", "score", "rule", "judges", "passes"),
    [
        ("real pass", None, 1.0, True, True),
        ("real failure", None, 1.0, False, False),
        ("real failure", None, 0.5, None, False),
        ("real failure", 5.0, 0.5, True, False),
        ("wrong judge", None, 1.0, False, False),
        ("wrong judge", 4.0, 1.0, True, True),
        ("wrong judge", 4.0, 0.5, True, False),
        ("flaky", None, 1.0, None, None),
        ("flaky", 2.0, 1.0, False, False),
        ("bad case", 5.0, 1.0, None, None),
    ],
)
def test_what_a_label_says(
    kind: LabelKind, score: float | None, rule: float, judges: bool | None, passes: bool | None
) -> None:
    sample = judged(0, 5, rule=rule)
    assert judges_should_pass(label(0, kind, score), sample) is judges
    assert should_pass(label(0, kind, score), sample) is passes


def test_each_judge_is_held_against_people_and_all_of_them_together() -> None:
    samples = [judged(0, 5, 2), judged(1, 5, 5), judged(2, 1, 1), judged(3, 2, 5)]
    kinds: list[LabelKind] = ["real failure", "real pass", "real failure", "real pass"]
    found = calibration(labelled(samples, *(label(n, kind) for n, kind in enumerate(kinds))))
    assert found is not None
    assert [(each.judge, each.agree, each.labelled) for each in found.judges] == [
        ("a", 2, 4),
        ("b", 4, 4),
        (TOGETHER, 2, 4),
    ]
    assert (found.judges[0].passes_wrongly, found.judges[0].fails_wrongly) == (1, 1)
    assert (found.judges[0].kappa, found.judges[1].kappa) == (0.0, 1.0)


def test_scores_that_people_gave_tell_which_judge_is_generous() -> None:
    samples = [judged(0, 5), judged(1, 4)]
    run = labelled(samples, label(0, "wrong judge", 3), label(1, "wrong judge", 4))
    assert rows(run)["a"].endswith("gives 1.00 more than people over 2")


def test_cohens_own_kind_of_example_comes_out() -> None:
    # Wikipedia, "Cohen's kappa": 20 both yes, 5 and 10 apart, 15 both no: κ = .4.
    assert kappas(np.array([[15, 10, 5, 20]]))[0] == pytest.approx(0.4)
    assert np.isnan(kappas(np.array([[0, 0, 0, 9]]))[0])


def test_too_few_labels_give_no_rate_and_are_said_to() -> None:
    samples = [judged(n, 5 if n < 20 else 1) for n in range(40)]
    run = labelled(samples, *(label(n, "real pass") for n in range(3)))
    assert rows(run)["people's rate"] == ("– (too few labels: 3 of 20 passed and 0 of 20 failed)")


def test_the_rate_is_what_people_say_within_the_passed_and_within_the_failed() -> None:
    samples = [judged(n, 5 if n < 30 else 1) for n in range(40)]
    given_labels = [label(n, "real failure" if n < 2 else "real pass") for n in range(10)]
    given_labels += [label(30 + n, "real pass" if n == 0 else "real failure") for n in range(10)]
    found = calibration(labelled(samples, *given_labels))
    assert found is not None
    assert found.corrected.rate == pytest.approx(0.75 * 0.8 + 0.25 * 0.1)
    assert found.corrected.interval is not None
    assert found.corrected.interval[0] < 0.625 < found.corrected.interval[1]


def test_a_label_of_a_sample_that_is_not_there_is_counted() -> None:
    assert (
        "1 belong to samples that this run does not have"
        in rows(labelled([judged(0, 5)], label(7, "flaky")))["labels"]
    )


def test_every_form_of_the_report_has_the_labels() -> None:
    run = labelled([judged(0, 5)], label(0, "real pass"))
    assert "── labels by people ──\n  labels:          1 (real pass 1)" in text_report(run, None)
    assert "#### Labels by people" in markdown_report(run)
    assert "<h2>Labels by people</h2>" in html_report(run)
    document = report_document(run)
    assert document["summary"]["labels"] == {"real pass": 1}
    assert document["labels"]["judges"][0]["agree"] == 1
    assert report_document(view([judged(0, 5)]))["labels"] is None


@pytest.mark.parametrize(("chosen", "wrong"), [("at random", 0.1), ("failures rather", 0.3)])
def test_the_corrected_rate_covers_what_people_would_say(chosen: str, wrong: float) -> None:
    generator = np.random.default_rng(7)
    runs, cases, people_pass, held = 300, 150, 0.7, 0
    for _ in range(runs):
        truth = generator.random(cases) < people_pass
        judge = truth ^ (generator.random(cases) < wrong)
        share = 0.3 if chosen == "at random" else np.where(judge, 0.15, 0.6)
        seen = generator.random(cases) < share
        told = {
            said: [(n, bool(truth[n])) for n in range(cases) if seen[n] and judge[n] == said]
            for said in (True, False)
        }
        verdicts = [(n, bool(judge[n])) for n in range(cases)]
        interval = corrected_rate(verdicts, told[True], told[False]).interval
        held += interval is not None and interval[0] <= people_pass <= interval[1]
    assert 0.93 <= held / runs <= 0.98


GIVEN = st.dictionaries(
    st.integers(0, 12),
    st.tuples(st.sampled_from(LABEL_KINDS), st.none() | st.integers(1, 5).map(float)),
)
SCORES = st.lists(st.tuples(*[st.integers(1, 5).map(float)] * 2), min_size=1, max_size=10)


@given(SCORES, GIVEN)
def test_every_label_is_counted_once(scores: list[tuple[float, float]], labels: Any) -> None:
    samples = [judged(place, *pair) for place, pair in enumerate(scores)]
    run = labelled(samples, *(label(n, *said) for n, said in labels.items()))
    found = calibration(run)
    if not labels:
        assert found is None
        return
    assert found is not None
    assert sum(found.labels.values()) == len(labels)
    assert found.lost == sum(n >= len(samples) for n in labels)
    assert found.judged + found.lost <= len(labels)
    for judge in found.judges:
        wrong = judge.passes_wrongly + judge.fails_wrongly
        assert judge.agree + wrong == judge.labelled == found.judged
    corrected = found.corrected
    assert corrected.passed + corrected.failed == len(samples)
    assert (corrected.rate is None) == bool(corrected.lacking)
