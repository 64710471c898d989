"""What to do about errors: resuming is advised only where it can help."""

from collections.abc import Iterable

import pytest

from stack_tui.errors import Failure, FailureKind
from stack_tui.reports.measures.resume_advice import describe_repeating, resume_advice
from stack_tui.runs.events import Event, Finished, Sample
from stack_tui.runs.view import RunView
from tests.reports.views import SPEC
from tests.runs.samples import fold, planned, sample, started

TIMEOUT = Failure(kind="timeout", message="no answer")
REFUSED = Failure(kind="bad_request", message="400: stop is unsupported", status=400)
LONG = Failure(kind="bad_request", message="400: too long", remedy="Shorten it.", status=400)


def ended(*failures: Failure, missing: int = 0, good: int = 1) -> RunView:
    """A run that ended with those errors."""
    errors = [
        Sample(at=1.0, task="custom", id=f"e{n}", status="error", failure=failure)
        for n, failure in enumerate(failures)
    ]
    passed = [sample(f"c{n}") for n in range(good)]
    events: Iterable[Event] = [
        started(),
        planned(len(errors) + good + missing),
        *errors,
        *passed,
        Finished(at=2.0, outcome="errors", errors=len(errors)),
    ]
    return fold(SPEC, events)


@pytest.mark.parametrize("kind", ["timeout", "rate_limit", "server_error", "internal"])
def test_resume_is_advised_for_what_may_pass(kind: FailureKind) -> None:
    advice = resume_advice(ended(Failure(kind=kind, message="x")))
    assert advice.resume
    assert describe_repeating(advice) == ""


def test_resume_is_not_advised_if_each_error_would_repeat() -> None:
    advice = resume_advice(ended(REFUSED, LONG, LONG))
    assert not advice.resume
    assert describe_repeating(advice) == (
        "3 errors would repeat. Change what the error names, and start a new run. Shorten it."
    )


def test_resume_is_advised_for_some_and_the_others_are_named() -> None:
    advice = resume_advice(ended(TIMEOUT, LONG))
    assert advice.resume
    assert describe_repeating(advice) == "1 error would repeat. Shorten it."


def test_resume_is_advised_for_missing_samples_beside_errors_that_would_repeat() -> None:
    assert resume_advice(ended(REFUSED, missing=3)).resume


def test_what_is_not_found_may_be_served_later() -> None:
    assert resume_advice(ended(Failure(kind="bad_request", message="404", status=404))).resume


def test_a_refused_key_has_to_be_replaced_first() -> None:
    advice = resume_advice(ended(Failure(kind="auth", message="401", status=401)))
    assert advice.resume
    assert describe_repeating(advice) == "Set a key that the server accepts first."


def test_answers_that_were_never_readable_will_not_be() -> None:
    unread = Failure(kind="bad_answer", message="no choices")
    assert resume_advice(ended(unread)).resume
    assert not resume_advice(ended(unread, unread, good=0)).resume


@pytest.mark.parametrize("resumable", [True, False])
def test_a_failed_run_says_itself_whether_it_can_go_on(resumable: bool) -> None:
    end = Finished(at=1.0, outcome="failed", message="no", remedy="Fix it.", resumable=resumable)
    advice = resume_advice(fold(SPEC, [started(), end]))
    assert advice.resume is resumable


def test_an_interrupted_run_can_be_resumed_whatever_its_errors_are() -> None:
    error = Sample(at=1.0, task="custom", id="e", status="error", failure=REFUSED)
    assert resume_advice(fold(SPEC, [started(), planned(2), error])).resume
