"""A model's calibration on choice tasks: figures, and the reliability diagram as a table."""

from stack_tui.reports.measures.choice_confidence import ChoiceConfidence, choice_confidence
from stack_tui.reports.number_format import format_interval, format_number, format_with_interval
from stack_tui.reports.pages.model import (
    Blocks,
    FactRows,
    RateBar,
    RateBars,
    TableBlock,
    facts,
    section,
)
from stack_tui.reports.stats.model_confidence import ConfidenceBin
from stack_tui.runs.view import RunView

_BAR = 20


def confidence_section(view: RunView) -> Blocks:
    """Return the calibration of a run with enough choice documents, else nothing."""
    found = choice_confidence(view)
    if found is None:
        return ()
    columns = ("confidence", "documents", "claimed", "accuracy", "95 % interval", "┃ claimed")
    rows = tuple(
        (
            f"{each.lowest:.2f} to {each.highest:.2f}",
            f"{each.documents:,}",
            format_number(each.confidence, rate=True),
            format_number(each.accuracy, rate=True),
            format_interval(each.interval, rate=True),
            _bar(each),
        )
        for each in found.bins
    )
    figures = facts(_figures(found))
    return section("confidence in choices", figures, TableBlock(columns, rows), _chart(found))


def _chart(found: ChoiceConfidence) -> RateBars:
    bars = tuple(
        RateBar(
            f"claimed {format_number(each.confidence, rate=True)}",
            each.accuracy,
            each.interval,
            f"{each.documents:,} documents",
        )
        for each in found.bins
    )
    return RateBars("Accuracy by confidence", bars)


def _figures(found: ChoiceConfidence) -> FactRows:
    error = found.error
    yield "documents", f"{found.documents:,} with log-probabilities of all choices"
    claimed = format_number(found.confidence, rate=True)
    yield "claimed", f"{claimed} on average; right in {format_number(found.accuracy, rate=True)}"
    yield (
        "calibration error",
        f"{format_with_interval(error.value, error.interval, rate=False)}; "
        f"{error.by_chance:.3f} would be chance",
    )
    yield "Brier score", f"{found.brier:.3f} of 2, less is better"
    if found.auroc is not None:
        value = format_with_interval(found.auroc, found.auroc_interval, rate=False)
        yield "AUROC", f"{value}: a right choice is held more surely than a wrong one"
    for each in found.selective:
        label = f"surest {each.coverage:.0%}"
        yield label, f"{format_with_interval(each.accuracy, each.interval, rate=True)} right"


def _bar(each: ConfidenceBin) -> str:
    """Return the accuracy as a bar, with a mark where the claimed confidence stands."""
    filled = round(each.accuracy * _BAR)
    mark = min(_BAR - 1, round(each.confidence * _BAR))
    cells = ["█" if place < filled else "·" for place in range(_BAR)]
    return "".join(cells[:mark]) + "┃" + "".join(cells[mark + 1 :])
