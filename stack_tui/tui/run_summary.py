"""A run in a few words: what it evaluates, how far it is, and how it does."""

from stack_tui.runs.spec import DuelSubject, SuiteSubject
from stack_tui.text import one_line
from stack_tui.tui.state.snapshot import Counts, RunCard
from stack_tui.tui.ui import format


def title(card: RunCard) -> str:
    """Return what the run evaluates and on what, on one line."""
    if card.spec is None:
        return card.id
    return f"{one_line(card.spec.subject.name, 40)} · {model_of(card)}"


def model_of(card: RunCard) -> str:
    """Return the run's model, or its endpoint's name if it is unknown."""
    if card.spec is None:
        return ""
    if isinstance(card.spec.subject, DuelSubject):
        return one_line(" vs ".join(_short(run.model) for run in card.spec.subject.runs), 40)
    model = card.spec.endpoint.model or card.spec.endpoint.name
    return one_line(_short(model), 40)


def is_suite(card: RunCard) -> bool:
    """Return whether the run is of a suite, so that its samples pass or fail."""
    return card.spec is not None and isinstance(card.spec.subject, SuiteSubject)


def _short(model: str) -> str:
    return model.rsplit("/", 1)[-1]


def score(card: RunCard) -> str:
    """Return the pass rate of a suite's open cases, or a benchmark's accuracy."""
    open_cases = card.summary.pass_rate if card.summary else None
    rate = card.counts.pass_rate if open_cases is None else open_cases
    return format.percent(rate) if is_suite(card) else format.share(rate)


def tally(counts: Counts) -> str:
    """Return how many samples are done: 8,850/14,042, or 14,042 if all are.

    A + follows the sum while more tasks are being loaded.
    """
    if counts.partial:
        return f"{counts.done:,}/{counts.planned:,}+"
    if counts.done == counts.planned or not counts.planned:
        return f"{counts.done:,}"
    return f"{counts.done:,}/{counts.planned:,}"
