"""Held-out cases: hiding their texts, and the log of who has seen them.

A `RunView` gives held-out samples redacted. Their texts are in `RunView.including_holdout` alone,
which wants the access that `log_access` has logged. The log is SUITE.looks.jsonl beside the runs.
"""

import time
from pathlib import Path

import msgspec
from msgspec.structs import replace

from stack_tui.errors import StackError
from stack_tui.names import file_name
from stack_tui.record_file import append_record, read_records
from stack_tui.runs.events import Failure, JudgeScore, Sample
from stack_tui.runs.labels import whoever
from stack_tui.runs.rule_issue import RuleIssue

HIDDEN = "held out: not shown"


class HoldoutAccess(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An access to the texts of held-out cases."""

    at: float
    """When, in seconds since 1970."""
    who: str
    """The user's name."""
    what: str
    """What was revealed: a run's id, or a file."""


def log_access(results: Path, suite: str, what: str) -> HoldoutAccess:
    """Log this user's access to `what` and return it; raises StackError if it cannot be logged.

    Call it before anything is revealed, so that no access goes unlogged.
    """
    path = _path(results, suite)
    access = HoldoutAccess(at=time.time(), who=whoever(), what=what)
    try:
        results.mkdir(parents=True, exist_ok=True)
        append_record(path, access)
    except OSError as error:
        raise StackError(
            f"the access to held-out cases cannot be logged: {error.strerror}",
            where=str(path),
            remedy="Check the folder's permissions and free space.",
        ) from None
    return access


def read_accesses(results: Path, suite: str) -> tuple[HoldoutAccess, ...]:
    """Return all logged accesses, oldest first; damaged lines are skipped."""
    return tuple(read_records(_path(results, suite), HoldoutAccess))


def redact(sample: Sample) -> Sample:
    """Return a held-out sample without its texts, any other as it is.

    Scores, statuses and counts stay, so that figures are the same with and without the texts.
    """
    if not sample.holdout:
        return sample
    return replace(
        sample,
        prompt=_hidden(sample.prompt),
        output=_hidden(sample.output),
        reasoning=_hidden(sample.reasoning),
        target=_hidden(sample.target),
        flags=tuple(HIDDEN for _ in sample.flags),
        rule_issues=tuple(_kind_alone(issue) for issue in sample.rule_issues),
        failure=_failure(sample.failure),
        verdicts=tuple(_judge_score(score) for score in sample.verdicts),
        choices=(),
        chosen=None,
        extracted={},
        outputs={run: _hidden(output) for run, output in sample.outputs.items()},
    )


def _hidden(text: str) -> str:
    return HIDDEN if text else ""


def _kind_alone(issue: RuleIssue) -> RuleIssue:
    """Return the issue without what the rule looks for, and without what the output says."""
    kind, colon, _ = str(issue).partition(":")
    return RuleIssue(rule=issue.rule, text=f"{kind}: not shown" if colon else HIDDEN)


def _judge_score(score: JudgeScore) -> JudgeScore:
    return replace(
        score,
        answer=_hidden(score.answer),
        reasoning=_hidden(score.reasoning),
        failure=_failure(score.failure),
        criteria=tuple(
            replace(
                each,
                answer=_hidden(each.answer),
                reasoning=_hidden(each.reasoning),
                failure=_failure(each.failure),
            )
            for each in score.criteria
        ),
    )


def _failure(failure: Failure | None) -> Failure | None:
    return failure and Failure(kind=failure.kind, message=HIDDEN)


def _path(results: Path, suite: str) -> Path:
    return results / file_name(suite, ".looks.jsonl")
