"""Which samples of a run are listed, and in which order."""

from collections.abc import Callable, Sequence
from typing import Any, Literal

from stack_tui.runs.events import Sample
from stack_tui.tui.results.sample_filter import Test
from stack_tui.tui.ui.icons import concern

Arrangement = Literal["all", "failing first", "failing only"]
ARRANGEMENTS: tuple[Arrangement, ...] = ("all", "failing first", "failing only")


def order_samples(
    samples: Sequence[Sample],
    *,
    test: Test | None = None,
    key: Callable[[Sample], Any] | None = None,
    descending: bool = False,
    arrangement: Arrangement = "all",
) -> Sequence[int]:
    """Return the places in `samples` to list, top to bottom.

    Those that meet the test are sorted by `key`; then failing ones come first or alone: failed,
    then with an error, then unsettled.
    """
    places = list(range(len(samples)))
    if test:
        places = [place for place in places if test(samples[place])]
    if key:
        places.sort(key=lambda place: key(samples[place]), reverse=descending)
    if arrangement == "failing only":
        places = [place for place in places if concern(samples[place]) < 3]
    if arrangement != "all":
        places.sort(key=lambda place: concern(samples[place]))
    return places
