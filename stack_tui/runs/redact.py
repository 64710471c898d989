"""Samples of cases held out, without what the case or any answer to it says."""

import copy

from msgspec.structs import replace

from stack_tui.runs.events import Failure, JudgeScore, Sample
from stack_tui.runs.rule_issue import RuleIssue
from stack_tui.runs.view import RunView

HIDDEN = "held out: not shown"


def redacted_view(view: RunView) -> RunView:
    """Return the view with its held-out samples sealed; whatever is made of it holds no such text.

    Scores, statuses and counts are as they were.
    """
    if not view.holdouts:
        return view
    found = copy.copy(view)
    found.samples = [redact(sample) for sample in view.samples]
    return found


def redact(sample: Sample) -> Sample:
    """Return a held-out sample without its texts, any other as it is."""
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
        verdicts=tuple(_verdict(verdict) for verdict in sample.verdicts),
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


def _verdict(verdict: JudgeScore) -> JudgeScore:
    return replace(
        verdict,
        answer=_hidden(verdict.answer),
        reasoning=_hidden(verdict.reasoning),
        failure=_failure(verdict.failure),
        criteria=tuple(
            replace(
                each,
                answer=_hidden(each.answer),
                reasoning=_hidden(each.reasoning),
                failure=_failure(each.failure),
            )
            for each in verdict.criteria
        ),
    )


def _failure(failure: Failure | None) -> Failure | None:
    return failure and Failure(kind=failure.kind, message=HIDDEN)
