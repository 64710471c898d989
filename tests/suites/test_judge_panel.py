"""Several judges' scores as one."""

import statistics
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack_tui.config.decode import PanelMethod
from stack_tui.suites.judging.judge_score import combine_scores, weighted_mean

SCORES = st.lists(st.integers(2, 10).map(lambda halves: halves / 2), min_size=1, max_size=7)


@pytest.mark.parametrize(
    ("panel", "scores", "score"),
    [
        ("median", [5, 1, 4], 4),
        ("median", [5, 4], 4.5),
        ("mean", [5, 1, 4], 10 / 3),
        ("majority", [5, 1, 5], 5),
        ("majority", [4, 4, 5, 5, 4], 4),
        ("majority", [3.5, 4.2, 1], 4),
    ],
)
def test_scores_are_combined_as_the_panel_says(
    panel: PanelMethod, scores: list[float], score: float
) -> None:
    found, no_majority = combine_scores(scores, panel)
    assert found == pytest.approx(score)
    assert not no_majority


@pytest.mark.parametrize("scores", [[5, 4], [1, 5, 3], [2, 2, 5, 5]])
def test_without_a_majority_the_median_stands_in_and_is_told(scores: list[float]) -> None:
    assert combine_scores(scores, "majority") == (statistics.median(scores), True)


@pytest.mark.parametrize("panel", ["median", "mean", "majority"])
def test_no_scores_are_no_score(panel: PanelMethod) -> None:
    assert combine_scores([], panel) == (None, False)


@given(SCORES, st.sampled_from(["median", "mean", "majority"]))
def test_a_panel_never_leaves_the_range_of_its_judges_whole_points(
    scores: list[float], panel: PanelMethod
) -> None:
    score, _ = combine_scores(scores, panel)
    assert score is not None
    assert min(scores) - 0.5 <= score <= max(scores) + 0.5
    assert combine_scores(list(reversed(scores)), panel)[0] == pytest.approx(score)


@given(
    st.lists(
        st.tuples(st.sampled_from(["0.1", "0.2", "0.3", "0.7", "1", "3"]), st.integers(1, 5)),
        min_size=1,
        max_size=5,
    )
)
def test_a_weighted_mean_of_exactly_a_point_is_that_point(given: list[tuple[str, int]]) -> None:
    weights = [Fraction(weight) for weight, _ in given]
    total = sum(weight * score for weight, (_, score) in zip(weights, given, strict=True))
    found = weighted_mean([float(weight) for weight, _ in given], [score for _, score in given])
    exact = total / sum(weights)
    assert (found >= 4) == (exact >= 4)
    assert found == pytest.approx(float(exact))


def test_judges_whose_mean_is_exactly_the_point_that_passes_pass() -> None:
    assert weighted_mean([0.1, 0.2], [2, 5]) == 4.0
    thirds = [weighted_mean([1, 1, 1], scores) for scores in ([4, 4, 5], [4, 5, 4], [3, 3, 4])]
    assert combine_scores(thirds, "mean")[0] == 4.0
