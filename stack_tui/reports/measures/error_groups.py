"""Why requests failed: the errors of a run by reason, each with its count and an example."""

import re
from collections.abc import Iterable, Iterator

import msgspec

from stack_tui.errors import Failure, FailureKind
from stack_tui.runs.events import Sample

MODEL = "model"
# Messages name tokens, seconds and document numbers, which differ for one and the same reason.
_NUMBER = re.compile(r"\d[\d.,]*")

ErrorReason = tuple[str, FailureKind, str]


class ErrorGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Errors of one kind whose messages differ in numbers alone."""

    who: str
    """Whose request failed: "model", or "judge:" and a name."""
    kind: FailureKind
    message: str
    """The message of the example."""
    count: int
    task: str
    """The example's task or suite."""
    sample: str
    """The example: the sample's name within its task."""
    remedy: str = ""

    @property
    def title(self) -> str:
        """The kind with the count, and the judge if one's request failed: 3 × timeout."""
        judge = "" if self.who == MODEL else f" of {self.who.replace(':', ' ', 1)}"
        return f"{self.count:,} × {self.kind}{judge}"


def failures(sample: Sample) -> Iterator[tuple[str, Failure]]:
    """Yield who failed in the sample, and why: the model, or judges."""
    if sample.failure:
        yield MODEL, sample.failure
    for verdict in sample.verdicts:
        if verdict.failure:
            yield f"judge:{verdict.judge}", verdict.failure


def reason(who: str, failure: Failure) -> ErrorReason:
    """Return what errors of one group have in common."""
    return who, failure.kind, _NUMBER.sub("#", failure.message)


def error_groups(samples: Iterable[Sample]) -> list[ErrorGroup]:
    """Return the errors by reason, the most frequent ones first."""
    counts: dict[ErrorReason, int] = {}
    examples: dict[ErrorReason, tuple[Sample, Failure]] = {}
    for sample in samples:
        for who, failure in failures(sample):
            why = reason(who, failure)
            counts[why] = counts.get(why, 0) + 1
            examples.setdefault(why, (sample, failure))
    groups = [
        ErrorGroup(
            who=why[0],
            kind=failure.kind,
            message=failure.message,
            count=counts[why],
            task=sample.task,
            sample=sample.name,
            remedy=failure.remedy,
        )
        for why, (sample, failure) in examples.items()
    ]
    return sorted(groups, key=lambda group: -group.count)
