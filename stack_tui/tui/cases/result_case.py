"""Make a case of a sample: its prompt, and what its output should have met."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import msgspec

from stack_tui.names import first_free, slug
from stack_tui.runs.events import Sample

if TYPE_CHECKING:
    from stack_tui.suites.model.case import Case, Suite

_SHORT = 2


def case_of(sample: Sample, run_suite: Suite | None, taken: Collection[str]) -> Case:
    """Return a case to edit, under an id that is not `taken`.

    A suite's sample gives its case as the run had it; a benchmark's gives its prompt, and rules
    made from its target.
    """
    from stack_tui.suites.model.case import Case

    cases = run_suite.cases if run_suite else ()
    if known := next((case for case in cases if case.id == sample.id), None):
        return msgspec.structs.replace(known, id=first_free(known.id, taken))
    target = sample.target.strip()
    letters = bool(target) and len(target) <= _SHORT
    return Case(
        id=first_free(slug(f"{sample.task}-{sample.id}") or "result", taken),
        input=sample.prompt,
        must_mention=(target,) if target and not letters else (),
        starts_with=target if letters else None,
        rubric=f"The answer is {target}." if target else "",
    )
