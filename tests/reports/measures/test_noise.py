"""The noise floor: what two askings of the same thing show, and what it means."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack_tui.reports.measures.noise import Noise, noise_of
from stack_tui.reports.render.json_report import report_document
from stack_tui.reports.render.text_report import text_report
from stack_tui.runs.events import Sample
from stack_tui.runs.view import RunView
from stack_tui.wilson import wilson_interval
from tests.reports.views import SPEC, view

NOISE = msgspec.structs.replace(SPEC, repeats=2, temperatures=(0.0,), noise=True, concurrency=16)
Twice = tuple[tuple[str, bool | None], tuple[str, bool | None]]


def run(cases: list[Twice], judged: list[tuple[float, float]] | None = None) -> RunView:
    """Each case's output and outcome both times, None for an error, and its judge's scores."""
    samples = [
        Sample(
            at=1.0,
            task="custom",
            id=f"c{place}",
            place=place,
            repeat=repeat,
            status="error" if passed is None else "ok",
            output=output,
            passed=passed,
            rule_score=None if passed is None else 1.0 if passed else 0.5,
            judge_score=judged[place][repeat] if judged else None,
        )
        for repeat in range(2)
        for place, both in enumerate(cases)
        for output, passed in (both[repeat],)
    ]
    return view(samples, NOISE)


def noise(cases: list[Twice], judged: list[tuple[float, float]] | None = None) -> Noise:
    found = noise_of(run(cases, judged))
    assert found is not None
    return found


SAME: Twice = (("a", True), ("a", True))
WORDS: Twice = (("a", True), ("b", True))
FLIP: Twice = (("a", True), ("b", False))
LOST: Twice = (("a", True), ("", None))


def test_other_words_and_flips_are_counted_apart_and_a_lost_case_is_set_apart() -> None:
    found = noise([SAME] * 6 + [WORDS, FLIP, LOST])
    assert (found.cases, found.set_apart) == (8, 1)
    assert (found.outputs.count, found.flips.count) == (2, 1)
    assert found.flips.interval == wilson_interval(1, 8)
    assert found.differing == ("c6", "c7")
    assert found.rule is not None
    assert found.rule.mean == pytest.approx(0.5 / 8)


def test_the_floor_is_1_96_standard_errors_of_the_difference_that_flips_make() -> None:
    found = noise([SAME] * 90 + [FLIP] * 10)
    assert found.floor == pytest.approx(1.96 * (0.1 / 100) ** 0.5, abs=1e-4)
    assert found.floor_at_most == pytest.approx(1.96 * (0.1744 / 100) ** 0.5, abs=1e-3)


def test_a_judge_that_scores_equal_outputs_apart_is_told_as_such() -> None:
    found = noise([SAME, SAME, WORDS], [(4.0, 4.0), (4.0, 5.0), (2.0, 4.0)])
    assert (found.judge_alone.count, found.judge_alone.of) == (1, 2)
    assert found.judge is not None
    assert found.judge.mean == 1.0


def test_the_report_says_in_words_what_a_smaller_difference_means() -> None:
    text = text_report(run([SAME] * 38 + [FLIP, WORDS]), None)
    _, _, told = text.partition("── noise floor, with 95% intervals ──\n")
    assert "40 cases, each twice at temperature 0, 16 at a time" in told
    assert "outputs differ:   2 of 40 (1.4% to 16.5%)" in told
    assert "differ by up to 4.9 points (11.1 points at most)" in told
    assert "a smaller difference says nothing about the model or the prompt" in told
    assert "differing:        c38, c39" in told
    assert "repeats, with" not in text


def test_without_a_flip_it_is_not_said_that_there_is_no_noise() -> None:
    text = text_report(run([SAME] * 12), None)
    assert "no case flipped; chance alone can still make 27.9 points" in text


def test_nothing_with_an_outcome_makes_no_floor() -> None:
    found = noise([LOST, LOST])
    assert (found.cases, found.set_apart, found.floor, found.rule) == (0, 2, None, None)
    assert "0 cases" in text_report(run([LOST]), None)


def test_json_holds_it_and_a_run_of_another_kind_has_none() -> None:
    assert report_document(run([SAME, FLIP]))["noise"]["flips"]["count"] == 1
    assert "noise" not in report_document(view([]))


@given(st.lists(st.sampled_from([SAME, WORDS, FLIP, LOST]), min_size=1, max_size=20))
def test_every_case_is_paired_or_set_apart(cases: list[Twice]) -> None:
    found = noise(cases)
    assert found.cases + found.set_apart == len(cases)
    assert found.set_apart == cases.count(LOST)
    assert found.flips.count <= found.outputs.count == len(found.differing)
    assert (found.floor or 0.0) <= (found.floor_at_most or 0.0)
