"""Errors by reason: what counts as one reason, and what stands for it."""

from stack_tui.errors import Failure
from stack_tui.reports.measures.error_groups import error_groups
from stack_tui.runs.events import JudgeScore, Sample


def failed(id: str, message: str, remedy: str = "") -> Sample:
    """A sample whose request was refused."""
    failure = Failure(kind="bad_request", message=message, remedy=remedy)
    return Sample(at=1.0, task="t", id=id, status="error", failure=failure)


def test_messages_that_differ_in_numbers_alone_are_one_reason() -> None:
    samples = [
        failed("1", "timeout"),
        failed("2", "the prompt has 5,120 tokens", "Shorten it."),
        failed("3", "the prompt has 6,000 tokens", "Shorten it."),
        Sample(at=1.0, task="t", id="4", passed=True),
    ]
    first, second = error_groups(samples)
    assert (first.count, first.sample, first.message, first.remedy) == (
        2,
        "2",
        "the prompt has 5,120 tokens",
        "Shorten it.",
    )
    assert (second.count, second.message) == (1, "timeout")
    assert first.title == "2 × bad_request"


def test_the_errors_of_a_judge_are_its_own() -> None:
    refused = Failure(kind="auth", message="401")
    verdicts = tuple(JudgeScore(judge=name, model="m", failure=refused) for name in ("x", "y"))
    groups = error_groups([Sample(at=1.0, task="t", id="1", verdicts=verdicts)])
    assert [group.title for group in groups] == ["1 × auth of judge x", "1 × auth of judge y"]


def test_a_run_without_errors_has_no_groups() -> None:
    assert error_groups([Sample(at=1.0, task="t", id="1", passed=False)]) == []
