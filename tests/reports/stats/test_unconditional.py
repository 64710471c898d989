"""The unconditional exact test: it errs no more often than it says, and finds more."""

import numpy as np
import pytest
from scipy.stats import multinomial

from stack_tui.reports.stats.paired import mcnemar_exact
from stack_tui.reports.stats.unconditional import unconditional_exact


def rejected(pairs: int, gained: float, lost: float) -> tuple[float, float]:
    """The exact chances that this test and McNemar's reject, with those shares of pairs."""
    ours = theirs = 0.0
    chances = (gained, lost, 1 - gained - lost)
    for one in range(pairs + 1):
        for other in range(pairs + 1 - one):
            chance = multinomial.pmf((one, other, pairs - one - other), pairs, chances)
            if chance > 1e-12:
                ours += chance * (unconditional_exact(one, other, pairs) <= 0.05)
                theirs += chance * (mcnemar_exact(one, other) <= 0.05)
    return ours, theirs


@pytest.mark.parametrize("discordant", [0.02, 0.05, 0.1, 0.2, 0.37, 0.6, 1.0])
def test_equal_rates_are_called_different_in_at_most_5_of_100(discordant: float) -> None:
    ours, _ = rejected(20, discordant / 2, discordant / 2)
    assert ours <= 0.0501


def test_it_finds_a_gain_without_losses_more_often_than_mcnemars() -> None:
    # The audit's setting: 30 pairs, 15 % gained, none lost.
    ours, theirs = rejected(30, 0.15, 0.0)
    assert ours == pytest.approx(0.68, abs=0.02)
    assert theirs == pytest.approx(0.29, abs=0.02)


def test_both_directions_are_alike_and_no_difference_has_p_1() -> None:
    assert unconditional_exact(7, 2, 40) == unconditional_exact(2, 7, 40)
    assert unconditional_exact(3, 3, 40) == 1.0
    assert unconditional_exact(0, 0, 40) == 1.0


def test_more_of_the_same_makes_p_smaller() -> None:
    found = [unconditional_exact(gained, 1, 60) for gained in range(1, 15)]
    assert np.all(np.diff(found) < 0)
