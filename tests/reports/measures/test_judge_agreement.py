"""What is reported of a run's judges."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack_tui.errors import Failure
from stack_tui.reports.measures.gates import evaluate_all, parse
from stack_tui.reports.measures.judge_agreement import kinship, panel_report
from stack_tui.reports.measures.summary import summarize
from stack_tui.reports.pages.judges_section import judges_section
from stack_tui.reports.render.json_report import report_document
from stack_tui.reports.render.text_report import text_report
from stack_tui.runs.events import CriterionScore, JudgeScore, Sample
from tests.reports.forms import facts_of, html_report, markdown_report
from tests.reports.views import SPEC, view

TIMEOUT = Failure(kind="timeout", message="no answer")


def judged(place: int, *scores: float | None, output: str = "fine", **fields: Any) -> Sample:
    """A sample that judges a, b, … gave those scores; None is an answer without one."""
    verdicts = tuple(
        JudgeScore(judge=judge, model=f"model-{judge}", score=score)
        for judge, score in zip("abc", scores, strict=False)
    )
    return Sample(
        at=1.0,
        task="custom",
        id=f"c{place}",
        place=place,
        output=output,
        judge_score=next((score for score in scores if score is not None), None),
        verdicts=verdicts,
        **fields,
    )


def rows(*samples: Sample, spec: Any = SPEC) -> dict[str, str]:
    return facts_of(judges_section(view(samples, spec)))


SCORES = [(5, 4), (2, 2), (1, 1), (4, 4), (5, 2), (3, 3)]
PANEL = [judged(place, *pair) for place, pair in enumerate(SCORES)]


def test_agreement_and_the_samples_on_which_judges_differ_most_are_told() -> None:
    found = rows(*PANEL)
    assert found["alpha"].startswith("0.58 (")
    assert found["alpha"].endswith("Krippendorff's over 6 samples: too little to rely on")
    assert found["a, b"].startswith("same point in 4 of 6, 66.7% (30.0% to 90.3%); within 1 in 5; ")
    assert found["a, b"].endswith("same verdict in 5; a gives 0.67 more")
    panel = panel_report(view(PANEL))
    assert panel is not None
    assert [(each.sample, each.spread) for each in panel.apart] == [("c4", 3), ("c0", 1)]


def test_a_single_judge_has_no_agreement() -> None:
    panel = panel_report(view([judged(0, 5), judged(1, 2)]))
    assert panel is not None
    assert (panel.alpha, panel.pairs, panel.apart) == (None, (), ())
    assert rows(judged(0, 5), judged(1, 2)) == {}


def test_a_run_without_judges_has_no_panel() -> None:
    assert panel_report(view([Sample(at=1.0, task="custom", id="a")])) is None


@pytest.mark.parametrize(
    ("model", "said"),
    [("model-a", "is the model itself"), ("org/model-large", "is of the model's family")],
)
def test_a_judge_that_is_the_model_or_of_its_family_is_marked(model: str, said: str) -> None:
    endpoint = msgspec.structs.replace(SPEC.endpoint, model=model)
    found = rows(judged(0, 5), spec=msgspec.structs.replace(SPEC, endpoint=endpoint))
    assert found["a"].startswith(said)


def test_a_judge_that_likes_long_outputs_is_told_once_there_are_ten_cases() -> None:
    samples = [judged(n, 1 + n // 3, output="word " * (n + 1)) for n in range(12)]
    assert rows(*samples)["a, length"].endswith(
        "with length over 12 cases: longer outputs get higher scores, because they are better or "
        "just longer"
    )
    assert "a, length" not in rows(*samples[:9])


def test_lengths_are_of_cases_and_not_of_their_repeats() -> None:
    samples = [judged(n % 4, 1 + n % 5, output="x" * n, repeat=n // 4) for n in range(20)]
    assert "a, length" not in rows(*samples)


def test_each_criterion_has_its_mean_and_what_could_not_be_read() -> None:
    def sample(place: int, style: float | None) -> Sample:
        criteria = (
            CriterionScore(name="facts", score=4.0, weight=2.0),
            CriterionScore(name="style", score=style),
        )
        verdict = JudgeScore(judge="a", model="m", score=style, criteria=criteria)
        return Sample(at=1.0, task="custom", id=f"c{place}", verdicts=(verdict,))

    found = rows(sample(0, 5.0), sample(1, None))
    assert found["a, facts"] == "4.00 of 5, n=2"
    assert found["a, style"] == "5.00 of 5, n=1, 1 without a score"


def test_votes_without_a_majority_are_counted() -> None:
    samples = [judged(0, 5, 1, no_majority=True), judged(1, 4, 4)]
    assert rows(*samples)["no majority"] == "1: the median was used instead"
    assert summarize(samples).no_majority == 1


def test_every_form_of_the_report_has_it() -> None:
    run = view(PANEL)
    assert "── judges ──\n  alpha:           0.58 (" in text_report(run, None)
    assert "#### Judges" in markdown_report(run)
    assert "<h2>Judges</h2>" in html_report(run)
    panel = report_document(run)["panel"]
    assert panel["pairs"][0]["same"] == 4
    assert panel["judges"][0]["judge"] == "a"


def test_a_gate_can_ask_for_agreement() -> None:
    texts = "alpha >= 0.5", "alpha >= 0.8", "alpha >= 0.9 ± ci"
    states = [result.state for result in evaluate_all(map(parse, texts), view(PANEL), {})]
    assert states[:2] == ["met", "failed"]
    assert states[2] in ("failed", "inconclusive")
    (lone,) = evaluate_all([parse("alpha >= 0.5")], view([judged(0, 5)]), {})
    assert lone.state == "inconclusive"


GIVEN = st.lists(
    st.tuples(*[st.none() | st.integers(1, 5).map(float)] * 3), min_size=1, max_size=10
)


@given(GIVEN)
def test_sums_add_up_whatever_judges_left_out(given_scores: list[tuple[float | None, ...]]) -> None:
    samples = [judged(place, *scores) for place, scores in enumerate(given_scores)]
    panel = panel_report(view(samples))
    assert panel is not None
    known = [[score for score in scores if score is not None] for scores in given_scores]
    several = [scores for scores in known if len(scores) > 1]
    assert (panel.alpha.samples if panel.alpha else 0) == len(several)
    assert (panel.alpha.scores if panel.alpha else 0) == sum(map(len, several))
    assert sum(pair.samples for pair in panel.pairs) == sum(
        len(scores) * (len(scores) - 1) // 2 for scores in known
    )
    assert len(panel.apart) == sum(len(set(scores)) > 1 for scores in known)
    for pair in panel.pairs:
        assert pair.same <= pair.near <= pair.samples
        assert pair.same_verdict <= pair.samples


@pytest.mark.parametrize(
    ("judge", "model", "expected"),
    [
        ("meta-llama/Llama-3.1-8B-Instruct", "llama-3.1-8b-instruct", "itself"),
        ("meta-llama/Llama-3.3-70B-Instruct", "llama3.2:3b", "family"),
        ("gpt-4o", "o3-mini", "family"),
        ("gpt-4o", "openai/gpt-oss-20b", "family"),
        ("Qwen/QwQ-32B", "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B", "family"),
        ("codellama-13b", "llama-2-7b", "family"),
        ("gpt-4o", "claude-sonnet-4-5", None),
        ("gpt-4o", "meta-llama/Llama-3.1-8B", None),
        ("mistral-small", "google/gemma-3-4b", None),
        ("SmolLM2-1.7B", "smollm2", "family"),
        ("house-judge", "support-bot", None),
        ("", "", None),
    ],
)
def test_names_tell(judge: str, model: str, expected: str | None) -> None:
    assert kinship(judge, model) == expected


@given(st.text(), st.text())
def test_any_names_are_compared_either_way_round(one: str, other: str) -> None:
    assert kinship(one, other) == kinship(other, one)
    assert kinship(one, one) == ("itself" if one else None)
