"""A run as one row of the list."""

from collections.abc import Callable

from stack_tui.text import fold_case
from stack_tui.tui.run_summary import model_of, score
from stack_tui.tui.state.snapshot import Counts, RunCard
from stack_tui.tui.ui import format
from stack_tui.tui.ui.columns import Column
from stack_tui.tui.ui.icons import PHASES, UNREADABLE
from stack_tui.tui.ui.list_pane import SortKey, known
from stack_tui.tui.ui.rows import Cell, Row

RUN_COLUMNS = (
    Column("state", 13),
    Column("run", 8, grow=3),
    Column("model", 8, grow=2),
    Column("done", 6, right=True, optional=2),
    Column("score", 5, right=True),
    Column("rules", 5, right=True, optional=3),
    Column("judge", 5, right=True, optional=4),
    Column("errors", 6, right=True, optional=5),
    Column("began", 12, optional=1),
)

RUN_KEYS: tuple[Callable[[RunCard], SortKey], ...] = (
    lambda card: (card.phase,),
    lambda card: (card.spec.subject.name if card.spec else "", card.id),
    lambda card: (model_of(card), card.id),
    lambda card: (card.counts.done,),
    lambda card: known(_score(card)),
    lambda card: known(card.summary.rule_avg if card.summary else None),
    lambda card: known(card.summary.judge_avg if card.summary else None),
    lambda card: (card.counts.errors,),
    lambda card: (card.spec.created if card.spec else "", card.id),
)


def run_row(card: RunCard, *, marked: bool) -> Row:
    """Return the cells for RUN_COLUMNS; a run that is `marked` is the baseline of comparisons."""
    if card.problem:
        return (Cell(str(UNREADABLE), "bad"), Cell(card.id), *[Cell("")] * 7)
    if not card.loaded or card.spec is None:
        return (Cell("… reading", "dim"), Cell(card.id, "dim"), *[Cell("")] * 7)
    sign, counts, summary = PHASES[card.phase], card.counts, card.summary
    return (
        Cell(f"⚑ {sign.word}" if marked else str(sign), sign.tone),
        Cell(f"↻ {card.spec.subject.name}" if card.spec.origin else card.spec.subject.name),
        Cell(model_of(card), "dim"),
        Cell(_done(counts)),
        Cell(score(card)),
        Cell(format.share(summary.rule_avg if summary else None)),
        Cell(format.grade(summary.judge_avg if summary else None)),
        Cell(format.count(counts.errors), "bad" if counts.errors else "dim"),
        Cell(format.moment(card.spec.created), "dim"),
    )


def _score(card: RunCard) -> float | None:
    if figure := card.record or card.mean:
        return figure.value
    return None if card.means else card.counts.pass_rate


def _done(counts: Counts) -> str:
    """Return the number of samples of a complete run, otherwise the share that is done."""
    all_done = counts.done == counts.planned or not counts.planned or counts.partial
    return format.count(counts.done) if all_done else format.percent(counts.share)


def words_of(card: RunCard) -> str:
    """Return the text of the run that a search looks at, case-folded."""
    model = card.spec.endpoint.model or "" if card.spec else ""
    return fold_case(f"{card.id} {model} {card.phase} {card.spec.note if card.spec else ''}")
