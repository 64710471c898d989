"""Alpha against published examples, and what it must hold for any scores."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack_tui.reports.stats.rater_agreement import Alpha, krippendorff

Observers = tuple[tuple[int | None, ...], ...]
N: int | None = None  # no score
# Krippendorff 2011, Computing Krippendorff's Alpha-Reliability, example C: alpha (interval) .849.
FOUR_OBSERVERS: Observers = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, N, N, N),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, N, 3),
    (N, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, N),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, N),
)
# Wikipedia, "Krippendorff's alpha", a computational example: .811.
THREE_CODERS: Observers = (
    (N, N, N, N, N, 3, 4, 1, 2, 1, 1, 3, 3, N, 3),
    (1, N, 2, 1, 3, 3, 4, 3, N, N, N, N, N, N, N),
    (N, N, 2, 1, 3, 4, 4, N, 2, 1, 1, 3, 3, N, 4),
)


def alpha_of(observers: Observers) -> Alpha:
    samples = [
        [float(score) for score in unit if score is not None]
        for unit in zip(*observers, strict=True)
    ]
    found = krippendorff(samples, range(len(samples)))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("observers", "alpha", "samples", "scores"),
    [(FOUR_OBSERVERS, 0.849, 11, 40), (THREE_CODERS, 0.811, 12, 26)],
)
def test_published_examples_come_out(
    observers: Observers, alpha: float, samples: int, scores: int
) -> None:
    found = alpha_of(observers)
    assert found.alpha == pytest.approx(alpha, abs=0.0005)
    assert (found.samples, found.scores) == (samples, scores)
    assert found.interval is not None
    assert found.interval[0] < alpha < found.interval[1]


def test_judges_that_always_agree_have_an_alpha_of_one_and_no_interval() -> None:
    found = krippendorff([[1, 1], [5, 5], [3, 3]], range(3))
    assert found is not None
    assert (found.alpha, found.interval) == (1.0, None)


def test_scores_that_are_all_equal_tell_nothing() -> None:
    found = krippendorff([[4, 4], [4, 4, 4]], range(2))
    assert found == Alpha(alpha=None, interval=None, samples=2, scores=5)


def test_without_two_scores_of_any_sample_there_is_no_alpha() -> None:
    assert krippendorff([[4], [], [3]], range(3)) is None


def test_repeats_of_one_case_are_drawn_together() -> None:
    samples = [[1.0, 2.0], [5.0, 5.0], [2.0, 4.0], [4.0, 4.0]] * 5
    apart = krippendorff(samples, range(20))
    together = krippendorff(samples, [place % 4 for place in range(20)])
    assert apart is not None
    assert together is not None
    assert apart.alpha == together.alpha
    assert apart.interval is not None
    assert together.interval is not None
    assert together.interval[0] < apart.interval[0]


SAMPLES = st.lists(st.lists(st.integers(2, 10).map(lambda n: n / 2), max_size=4), max_size=8)


@given(SAMPLES, st.integers(-3, 3))
def test_alpha_is_at_most_one_and_knows_no_zero_point(
    samples: list[list[float]], shift: int
) -> None:
    found = krippendorff(samples, range(len(samples)))
    moved = krippendorff([[score + shift for score in one] for one in samples], range(len(samples)))
    if found is None or found.alpha is None:
        assert moved is None or moved.alpha is None
    else:
        assert found.alpha <= 1 + 1e-9
        assert moved is not None
        assert moved.alpha == pytest.approx(found.alpha, abs=1e-6)
