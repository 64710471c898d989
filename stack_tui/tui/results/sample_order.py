"""Which samples of a run are listed, and in which order."""

from collections.abc import Mapping, Sequence
from typing import Literal

from stack_tui.runs.events import Sample, SampleKey
from stack_tui.runs.labels import Label
from stack_tui.tui.results import sample_filter
from stack_tui.tui.ui.icons import concern

Arrangement = Literal["all", "failing first", "failing only"]
ARRANGEMENTS: tuple[Arrangement, ...] = ("all", "failing first", "failing only")
_NO_LABELS: Mapping[SampleKey, Label] = {}


def arrange(
    samples: Sequence[Sample], places: Sequence[int], arrangement: Arrangement
) -> Sequence[int]:
    """Return the places, failing ones first or alone: failed, then erred, then unsettled."""
    if arrangement == "all":
        return places
    ranked = sorted(places, key=lambda place: concern(samples[place]))
    if arrangement == "failing first":
        return ranked
    return [place for place in ranked if concern(samples[place]) < 3]


def matching(
    samples: Sequence[Sample], wanted: str, labels: Mapping[SampleKey, Label] = _NO_LABELS
) -> Sequence[int]:
    """Return the places of the samples that meet what was typed, as they came."""
    if not wanted:
        return range(len(samples))
    test = sample_filter.parse(wanted, labels)
    return [place for place, sample in enumerate(samples) if test(sample)]


def standing(sample: Sample) -> tuple[str, int, float, int]:
    """Return where the sample stands in its suite or task."""
    return (sample.task, sample.place, sample.temperature or 0.0, sample.repeat)
