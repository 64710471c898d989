"""What would settle a comparison that could not tell two runs apart."""

from stack_tui.reports.measures.effects import RATE, Effect
from stack_tui.reports.number_format import format_points
from stack_tui.reports.stats.power import (
    cases_for_mean_difference,
    cases_for_paired_difference,
    smallest_paired_difference,
)

_WORTH_SEEING = 0.05


def sample_size_advice(effect: Effect | None) -> str:
    """Return in words what would settle an inconclusive effect, "" for one that is settled."""
    if effect is None:
        return "No pair of samples has a score in both runs: there is nothing to compare."
    if effect.verdict != "inconclusive":
        return ""
    if effect.measure == RATE:
        return _rate(effect)
    return _score(effect)


def _rate(effect: Effect) -> str:
    differing = (effect.higher + effect.lower) / effect.pairs
    if not differing:
        reach = format_points(effect.high or 0.0)
        return (
            f"All {effect.pairs} pairs have the same outcome; a difference of up to {reach} can "
            "hide behind that. Only more cases, or harder ones, would tell."
        )
    if effect.cases < effect.pairs:
        return _needed(effect, format_points(abs(effect.difference)))
    shown = format_points(smallest_paired_difference(effect.cases, differing))
    start = (
        f"{effect.cases} cases of which {differing:.0%} differ show differences of {shown} or more."
    )
    if not effect.difference:
        needed = cases_for_paired_difference(_WORTH_SEEING, differing)
        return f"{start} To see one of {format_points(_WORTH_SEEING)} takes about {needed} cases."
    needed = cases_for_paired_difference(effect.difference, differing)
    return f"{start} {_more(format_points(abs(effect.difference)), needed, effect.cases)}"


def _score(effect: Effect) -> str:
    if not effect.higher + effect.lower:
        return f"All {effect.pairs} pairs have the same {effect.measure}; more cases would tell."
    return _needed(effect, f"{abs(effect.difference):.2f}")


def _needed(effect: Effect, size: str) -> str:
    if not effect.difference:
        return f"The mean {effect.measure} is the same in both; more cases would say how nearly."
    if not effect.deviation:
        alike = "One case says" if effect.cases == 1 else f"{effect.cases} cases alike say"
        return f"{alike} too little of the others: more cases would tell."
    needed = cases_for_mean_difference(effect.difference, effect.deviation)
    return _more(size, needed, effect.cases)


def _more(size: str, needed: int | None, cases: int) -> str:
    more = max(1, (needed or 0) - cases)
    return (
        f"Were the difference of {size} real, about {cases + more} cases would show it "
        f"(four times in five): {more} more."
    )
