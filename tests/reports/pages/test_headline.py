"""The figures at the head of a report."""

import msgspec

from stack_tui.reports.pages.headline import headline
from stack_tui.runs.events import Sample
from stack_tui.runs.spec import BenchmarkSubject
from tests.reports.views import SPEC, view

FLAGGED = Sample(at=0, task="t", id="1", passed=True, flags=("route echo",))
BENCHMARK = msgspec.structs.replace(SPEC, subject=BenchmarkSubject(tasks=("t",)))


def test_an_output_that_addresses_its_judge_is_counted_in_a_suite() -> None:
    assert "flagged" in [figure.name for figure in headline(view([FLAGGED])).rows]


def test_how_a_document_was_asked_is_not_taken_for_an_attempt_to_steer_a_judge() -> None:
    assert "flagged" not in [figure.name for figure in headline(view([FLAGGED], BENCHMARK)).rows]
