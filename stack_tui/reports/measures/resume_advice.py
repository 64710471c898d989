"""Whether resuming a run can help, and what helps instead where it cannot."""

from collections.abc import Iterable

import msgspec

from stack_tui.errors import Failure, will_repeat
from stack_tui.names import plural
from stack_tui.reports.measures.error_groups import failures
from stack_tui.runs.view import RunView

_FIRST = {
    "auth": "Set a key that the server accepts first.",
    "connection": "Start the server first.",
}
_OTHERWISE = {
    "bad_answer": "Use another version of the server, or another scoring method.",
}
_NEW_RUN = "Change what the error names, and start a new run."


class ResumeAdvice(msgspec.Struct, frozen=True, kw_only=True):
    """What to do about a run that has no complete result."""

    resume: bool
    """Whether a resumed run can come further."""
    repeating: int = 0
    """How many errors a resumed run would meet again."""
    remedy: str = ""
    """What helps with those, or what to do before resuming."""


def resume_advice(view: RunView) -> ResumeAdvice:
    """Return what to do about the run's errors and missing samples."""
    ended = view.finished
    if ended and ended.outcome == "failed" and not ended.resumable:
        return ResumeAdvice(resume=False, remedy=ended.remedy or _NEW_RUN)
    found = [failure for sample in view.samples for _, failure in failures(sample)]
    answered = any(sample.status != "error" for sample in view.samples)
    repeating = [each for each in found if _repeats(each, answered=answered)]
    missing = view.total.planned > view.total.done or view.plan_is_partial or not found
    if missing or len(repeating) < len(found):
        passing = [each for each in found if not _repeats(each, answered=answered)]
        first = next((_FIRST[each.kind] for each in passing if each.kind in _FIRST), "")
        remedy = _remedy(repeating) if repeating else first
        return ResumeAdvice(resume=True, repeating=len(repeating), remedy=remedy)
    return ResumeAdvice(resume=False, repeating=len(repeating), remedy=_remedy(repeating))


def describe_repeating(advice: ResumeAdvice) -> str:
    """Return how many errors would repeat, and what helps, "" if there is nothing to say."""
    if not advice.repeating:
        return advice.remedy
    return f"{plural(advice.repeating, 'error')} would repeat. {advice.remedy}".rstrip()


def _repeats(failure: Failure, *, answered: bool) -> bool:
    """Return whether the failure would repeat; an answer of a kind that was never read would."""
    return will_repeat(failure) or (failure.kind == "bad_answer" and not answered)


def _remedy(repeating: Iterable[Failure]) -> str:
    remedies = dict.fromkeys(
        each.remedy or _OTHERWISE.get(each.kind, _NEW_RUN) for each in repeating
    )
    return " ".join(list(remedies)[:2])
