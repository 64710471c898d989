"""What a duel came to, as sections that every form of its report shows alike."""

from collections.abc import Iterator

from stack_tui.reports.measures.duels.duel_judges import JudgeResult
from stack_tui.reports.measures.duels.duel_pairs import PairResult, verdict_words
from stack_tui.reports.measures.duels.duel_ratings import Rating
from stack_tui.reports.measures.duels.duel_summary import DuelSummary
from stack_tui.reports.measures.holdout_summary import seen
from stack_tui.reports.number_format import format_interval, format_number
from stack_tui.reports.pages.section import Section
from stack_tui.runs.spec import DuelRun


def duel_sections(summary: DuelSummary) -> list[Section]:
    """Return who takes part, each pair, the judges, and the ratings where there are any."""
    runs = tuple((run.letter, _run(run)) for run in summary.runs)
    found = [Section(title="duel", rows=runs)]
    found += [
        Section(title=f"{pair.b} against {pair.a}", rows=tuple(_pair(pair)))
        for pair in summary.pairs
    ]
    found += [
        Section(title=f"{pair.b} against {pair.a}, holdout", rows=tuple(_pair(pair)))
        for pair in summary.holdout
    ]
    if summary.holdout:
        found.append(Section(title="holdout, scored apart", rows=(("seen", seen(summary.looks)),)))
    if summary.ratings:
        rows = tuple((rating.run, _rating(rating)) for rating in summary.ratings)
        found.append(Section(title="ratings: 400 points are ten wins to one", rows=rows))
    judges = tuple(row for judge in summary.judges for row in _judge(judge))
    notes = tuple(_notes(summary))
    if judges or notes:
        found.append(Section(title="judges", rows=(*judges, *notes)))
    return found


def _run(run: DuelRun) -> str:
    return f"{run.id}  {run.model}" + (f"  {run.note}" if run.note else "")


def _pair(pair: PairResult) -> Iterator[tuple[str, str]]:
    if pair.win_rate is not None:
        interval = f" ({format_interval(pair.interval, rate=True)})"
        yield (
            "win rate",
            f"{format_number(pair.win_rate, rate=True)}{interval} of {pair.cases} cases",
        )
    said = f"{pair.b_wins} by {pair.b}, {pair.a_wins} by {pair.a}, {pair.ties} ties"
    yield "won", said + (f", {pair.identical} of them the same text" if pair.identical else "")
    adjusted = f", {pair.p_adjusted:.3f} by Holm" if pair.p_adjusted is not None else ""
    yield "p", f"{pair.p:.3f}{adjusted} ({pair.test})"
    if pair.unscored:
        yield "unscored", f"{pair.unscored}, no judge answered in both orders"
    if pair.missing:
        yield "missing", f"{pair.missing} not judged yet"
    if pair.apart:
        yield "set apart", "; ".join(f"{count} {why}" for why, count in pair.apart.items())
    yield "verdict", verdict_words(pair)
    if pair.settle:
        yield "to settle it", pair.settle


def _judge(judge: JudgeResult) -> Iterator[tuple[str, str]]:
    asked = (
        f"decided {judge.decided} of {judge.asked}, tied {judge.tied}, went by position "
        f"{judge.by_position}, wavered {judge.wavered}, incomplete {judge.incomplete}"
    )
    yield f"{judge.judge} ({judge.model})", asked
    if judge.first_rate is not None:
        share = format_number(judge.first_rate, rate=True)
        interval = format_interval(judge.first_interval, rate=True)
        yield "  position", f"named the first output in {share} ({interval}) of {judge.named}"
    if judge.unreadable or judge.failures:
        yield "  no answer", f"{judge.unreadable} unreadable, {judge.failures} failed requests"
    if judge.same_model_as:
        runs = " and ".join(judge.same_model_as)
        yield "  !", f"is the model of {runs} itself, and may favour its own"


def _notes(summary: DuelSummary) -> Iterator[tuple[str, str]]:
    if summary.errors:
        kinds = ", ".join(f"{kind} {count}" for kind, count in summary.errors.items())
        yield "errors", kinds
    if summary.flagged:
        yield "flagged", f"{summary.flagged} with an output that tries to steer its judge"


def _rating(rating: Rating) -> str:
    shown = f"{rating.rating:+.0f}"
    if rating.low is None or rating.high is None:
        return shown
    return f"{shown} ({rating.low:+.0f} to {rating.high:+.0f})"
