"""The rule score from which on a case passes, and what that lets an output get away with."""

from fractions import Fraction

from stack_tui.suites.grading import rules
from stack_tui.suites.model.case import Case, Suite


def pass_mark_of(suite: Suite, case: Case) -> float:
    """Return the case's pass mark, its own or the suite's."""
    return suite.pass_mark if case.pass_mark is None else case.pass_mark


def condition_count(case: Case) -> int:
    """Return how many conditions the case's rules have, without the suite's length check."""
    return sum(rules.condition_totals(case))


def most_misses(suite: Suite, case: Case) -> int:
    """Return how many conditions of its rules an output may miss at most and still pass."""
    costs = sorted(
        Fraction(1, 2 * total) for total in rules.condition_totals(case) for _ in range(total)
    )
    left = _allowance(suite, case)
    misses = 0
    for cost in costs:
        left -= cost
        if left < 0:
            break
        misses += 1
    return misses


def can_fail(suite: Suite, case: Case) -> bool:
    """Return whether some output fails the case by its rules; one without rules always passes."""
    length = rules.LENGTH_COST if suite.length_check else Fraction(0)
    worst = length + sum(Fraction(1, 2) for total in rules.condition_totals(case) if total)
    return min(worst, Fraction(1)) > _allowance(suite, case)


def _allowance(suite: Suite, case: Case) -> Fraction:
    """Return what an output may lose of the score and still pass."""
    return 1 - Fraction(str(pass_mark_of(suite, case)))
