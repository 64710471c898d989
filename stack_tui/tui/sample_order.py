"""Which samples of a run are listed, and in which order."""

from collections.abc import Sequence
from typing import Literal

from stack_tui.runs.events import Sample
from stack_tui.text import fold_case
from stack_tui.tui.signs import concern

Arrangement = Literal["all", "failing first", "failing only"]
ARRANGEMENTS: tuple[Arrangement, ...] = ("all", "failing first", "failing only")


def arrange(
    samples: Sequence[Sample], arrangement: Arrangement, wanted: str = "", *, settled: bool = True
) -> list[int]:
    """Return the places of the samples that hold `wanted`, in the order asked for.

    That is the suite's or the tasks' own where the run is `settled`, else the order in which they
    came. Failing samples are those that failed, erred or are unsettled, in that order.
    """
    places: Sequence[int] = range(len(samples))
    if settled:
        places = sorted(places, key=lambda place: _standing(samples[place]))
    if wanted:
        folded = fold_case(wanted)
        places = [place for place in places if holds(samples[place], folded)]
    if arrangement == "all":
        return list(places)
    ranked = sorted(places, key=lambda place: concern(samples[place]))
    if arrangement == "failing first":
        return ranked
    return [place for place in ranked if concern(samples[place]) < 3]


def _standing(sample: Sample) -> tuple[str, int, int]:
    return (sample.task, sample.place, sample.repeat)


def holds(sample: Sample, folded: str) -> bool:
    """Say whether any text of the sample holds the folded words."""
    texts = (sample.id, sample.task, sample.status, sample.output, sample.prompt, sample.target)
    return any(folded in fold_case(text) for text in (*texts, *sample.rule_issues))
