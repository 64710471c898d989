"""What became of a sample, and why, in the words that every report uses."""

from collections.abc import Iterable, Iterator
from typing import Literal

from stack_tui.endpoints.endings import ending_of
from stack_tui.reports.measures.summary import in_order
from stack_tui.runs.duel_verdicts import TIE, by_judge, kind
from stack_tui.runs.events import JUDGE_PASS, CriterionScore, JudgeScore, Sample
from stack_tui.runs.status_words import status_words
from stack_tui.runs.view import RunView
from stack_tui.text import one_line

SampleResult = Literal["passed", "failed", "error", "unscored", "no verdict"]
_WORST_FIRST: tuple[SampleResult, ...] = ("error", "failed", "unscored", "no verdict", "passed")


def outcome(sample: Sample) -> SampleResult:
    """Return the sample's result; an error or an unreadable judge is never a failure."""
    if sample.status == "error":
        return "error"
    if sample.passed is None:
        return "unscored" if sample.unscored else "no verdict"
    return "passed" if sample.passed else "failed"


def why(sample: Sample) -> str:
    """Return why the sample did not pass as raw text, "" if it did."""
    match outcome(sample):
        case "passed":
            return ""
        case "error":
            return sample.failure.message if sample.failure else "ended in an error"
        case "unscored":
            known = filter(None, map(unread_because, sample.verdicts))
            return next(known, "no judge gave a readable score")
        case "no verdict":
            return "scored, but by no rule of passing or failing"
    reasons = [str(issue) for issue in sample.rule_issues]
    if sample.judge_score is not None and sample.judge_score < JUDGE_PASS:
        reasons.append(f"judge score {sample.judge_score:.4g}")
    if sample.status != "ok":
        reasons.append(status_words(sample))
    if sample.chosen is not None and sample.chosen < len(sample.choices):
        reasons.append(f"chose {sample.choices[sample.chosen].text.strip()}")
    reasons += [f"read {value} ({name})" for name, value in sample.extracted.items()]
    if sample.target:
        reasons.append(f"wanted {sample.target.strip()}")
    return "; ".join(reasons)


def worst_first(samples: Iterable[Sample]) -> list[Sample]:
    """Return the samples by result, errors and failures first, else in the suite's order."""
    return sorted(in_order(samples), key=lambda sample: _WORST_FIRST.index(outcome(sample)))


def missing(view: RunView) -> int:
    """Return how many planned samples have no outcome yet."""
    return max(0, view.total.planned - view.total.done)


def judge_answer(verdict: JudgeScore) -> str:
    """Return the judge's answer: each criterion, the answer, or why there is none."""
    if verdict.criteria:
        return "; ".join(map(_criterion, verdict.criteria))
    if verdict.failure:
        return verdict.failure.message
    because = unread_because(verdict)
    return f"{verdict.answer} ({because})".strip() if because else verdict.answer


def unread_because(each: JudgeScore | CriterionScore) -> str:
    """Return why a judge's answer states no score, "" if it does or nothing is known of it."""
    if isinstance(each, JudgeScore) and each.criteria:
        return next(filter(None, map(unread_because, each.criteria)), "")
    if each.score is not None or not each.finish_reason:
        return ""
    match ending_of(each.finish_reason):
        case "truncated":
            when = "" if each.answer.strip() else " while thinking"
            return f"the judge was cut off{when}: raise judge_max_tokens"
        case "filtered":
            return f"the judge's answer was filtered ({each.finish_reason})"
    return ""


def has_cut_off_judge(sample: Sample) -> bool:
    """Return whether a judge's answer about the sample was cut off, and states no score."""
    return any(
        each.score is None and ending_of(each.finish_reason) == "truncated"
        for verdict in sample.verdicts
        for each in (verdict.criteria or (verdict,))
    )


def _criterion(each: CriterionScore) -> str:
    score = "–" if each.score is None else f"{each.score:g}"
    weight = "" if each.weight == 1 else f" × {each.weight:g}"
    why = ""
    if each.failure:
        why = f" ({each.failure.message})"
    elif each.score is None:
        why = f" ({unread_because(each) or f'no score in {one_line(each.answer, 80)!r}'})"
    return f"{each.name}{weight} {score}{why}"


def match_result(sample: Sample) -> str:
    """Return who won the match, in a word or two."""
    if not sample.winner:
        return "unscored"
    return TIE if sample.winner == TIE else f"{sample.winner} won"


def describe_match(sample: Sample) -> Iterator[str]:
    """Yield what each judge's answers in both orders come to."""
    if not sample.verdicts:
        yield "the same output twice"
    a, b = sample.outputs
    for (judge, _), orders in by_judge(sample.verdicts).items():
        how = kind(orders)
        chosen = f" for {b if orders[0].score == 1 else a}" if how == "decided" else ""
        yield f"{judge} {how}{chosen}"
