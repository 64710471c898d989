"""What servers refused, so that the model or a judge was asked without it."""

from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from stack_tui.runs.events import Sample

MODEL = "model"


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """A field that was not sent to `who`, "model" or a judge's name, and in how many samples."""

    who: str
    field: str
    samples: int


def left_out(samples: Iterable[Sample]) -> tuple[LeftOut, ...]:
    """Return the fields that were not sent, the model's first."""
    counts: Counter[tuple[str, str]] = Counter()
    for sample in samples:
        if sample.dropped or sample.verdicts:
            counts.update(set(_of(sample)))
    ordered = sorted(counts.items(), key=lambda item: (item[0][0] != MODEL, item[0]))
    return tuple(LeftOut(who=who, field=field, samples=n) for (who, field), n in ordered)


def _of(sample: Sample) -> Iterator[tuple[str, str]]:
    yield from ((MODEL, field) for field in sample.dropped)
    for verdict in sample.verdicts:
        yield from ((f"judge {verdict.judge}", field) for field in verdict.dropped)
