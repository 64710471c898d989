"""What a duel came to: each pair, the judges, and the ratings if there are any."""

from stack_tui.reports.measures.duels.duel_judges import JudgeResult
from stack_tui.reports.measures.duels.duel_pairs import PairResult
from stack_tui.reports.measures.duels.duel_ratings import Rating
from stack_tui.reports.measures.duels.duel_summary import DuelSummary, duel_summary
from stack_tui.reports.measures.effects import describe_verdict
from stack_tui.reports.number_format import format_with_interval
from stack_tui.reports.pages.model import Blocks, FactRows, facts, section
from stack_tui.reports.pages.suite_sections import describe_accesses
from stack_tui.runs.spec import DuelParticipant
from stack_tui.runs.view import RunView


def duel_sections(view: RunView) -> Blocks:
    """Return who takes part, each pair, the ratings and the judges."""
    summary = duel_summary(view)
    blocks = section("duel", facts([(run.letter, _run(run)) for run in summary.runs]))
    for pair in summary.pairs:
        blocks += section(f"pair {pair.b} against {pair.a}", facts(_pair(pair)))
    for pair in summary.holdout:
        blocks += section(f"pair {pair.b} against {pair.a}, holdout", facts(_pair(pair)))
    if summary.holdout:
        revealed = describe_accesses(summary.looks)
        blocks += section("holdout, scored apart", facts([("revealed", revealed)]))
    ratings = [(rating.run, _rating(rating)) for rating in summary.ratings]
    blocks += section("ratings: 400 points are ten wins to one", facts(ratings))
    judges = [row for judge in summary.judges for row in _judge(judge)]
    return blocks + section("judges", facts([*judges, *_notes(summary)]))


def _run(run: DuelParticipant) -> str:
    return " · ".join(filter(None, (run.id, run.model, run.note)))


def _pair(pair: PairResult) -> FactRows:
    if pair.win_rate is not None:
        rate = format_with_interval(pair.win_rate, pair.interval, rate=True)
        yield "win rate", f"{rate} of {pair.cases} cases"
    won = f"{pair.b_wins} by {pair.b}, {pair.a_wins} by {pair.a}, {pair.ties} ties"
    yield "won", won + (f", {pair.identical} of them the same text" if pair.identical else "")
    adjusted = f", {pair.p_adjusted:.3f} by Holm" if pair.p_adjusted is not None else ""
    yield "p", f"{pair.p:.3f}{adjusted} ({pair.test})"
    if pair.unscored:
        yield "unscored", f"{pair.unscored}, no judge answered in both orders"
    if pair.missing:
        yield "missing", f"{pair.missing} not judged yet"
    if pair.apart:
        yield "set apart", "; ".join(f"{count} {why}" for why, count in pair.apart.items())
    yield "verdict", describe_verdict(pair.verdict, pair.a, pair.b)
    if pair.settle:
        yield "to settle it", pair.settle


def _judge(judge: JudgeResult) -> FactRows:
    counts = (
        f"decided {judge.decided} of {judge.asked}, tied {judge.tied}, went by position "
        f"{judge.by_position}, wavered {judge.wavered}, incomplete {judge.incomplete}"
    )
    yield f"{judge.judge} ({judge.model})", counts
    if judge.first_rate is not None:
        share = format_with_interval(judge.first_rate, judge.first_interval, rate=True)
        yield "  position", f"named the first output in {share} of {judge.named}"
    if judge.unreadable or judge.failures:
        yield "  no answer", f"{judge.unreadable} unreadable, {judge.failures} failed requests"
    if judge.same_model_as:
        runs = " and ".join(judge.same_model_as)
        yield "  !", f"is the same model as {runs}, and may favour its own outputs"


def _notes(summary: DuelSummary) -> FactRows:
    if summary.errors:
        yield "errors", ", ".join(f"{kind} {count}" for kind, count in summary.errors.items())
    if summary.flagged:
        yield "flagged", f"{summary.flagged} with an output that tries to steer its judge"


def _rating(rating: Rating) -> str:
    if rating.low is None or rating.high is None:
        return f"{rating.rating:+.0f}"
    return f"{rating.rating:+.0f} ({rating.low:+.0f} to {rating.high:+.0f})"
