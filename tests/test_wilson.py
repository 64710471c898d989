"""The interval of a rate."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack_tui.wilson import wilson_interval


@pytest.mark.parametrize("trials", range(1, 200))
def test_the_interval_holds_a_rate_of_all_and_of_none(trials: int) -> None:
    none, every = wilson_interval(0, trials), wilson_interval(trials, trials)
    assert none is not None
    assert every is not None
    assert none[0] == 0.0
    assert every[1] == 1.0


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_the_interval_holds_its_rate(trials: int, share: float) -> None:
    successes = round(trials * share)
    interval = wilson_interval(successes, trials)
    assert interval is not None
    assert interval[0] <= successes / trials <= interval[1]
