"""A duel's report in plain text."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from stack_tui.reports.measures.summary import in_order
from stack_tui.reports.pages.section import Section, section_lines
from stack_tui.runs.duel_verdicts import TIE, by_judge, kind
from stack_tui.runs.events import Sample
from stack_tui.runs.view import RunView
from stack_tui.text import one_line

_MATCHES_SHOWN = 200


def duel_report(view: RunView, sections: Sequence[Section], path: Path | None) -> str:
    """Return the report on the duel so far; `path` is where it lies in full, if it does."""
    samples = in_order(view.samples)
    parts = [section_lines(section) for section in sections]
    listed = [match_line(sample) for sample in samples[:_MATCHES_SHOWN]]
    if len(samples) > _MATCHES_SHOWN:
        listed.append(f"  … and {len(samples) - _MATCHES_SHOWN} more")
    parts.append(["── matches ──", *listed])
    if path is not None:
        parts.append([f"full report → {one_line(str(path), 2000)}"])
    return "\n\n".join("\n".join(part) for part in parts)


def match_line(sample: Sample) -> str:
    """Return a match on one line: who won it, the case, and what each judge said."""
    name = f"{sample.task}/{sample.name}"
    return f"  {won(sample):<8} {one_line(name, 60):<28} {one_line(', '.join(said(sample)), 200)}"


def won(sample: Sample) -> str:
    """Return who won the match, in a word or two."""
    if not sample.winner:
        return "unscored"
    return TIE if sample.winner == TIE else f"{sample.winner} won"


def said(sample: Sample) -> Iterator[str]:
    """Yield what each judge's answers in both orders come to."""
    if not sample.verdicts:
        yield "the same output twice"
    a, b = sample.outputs
    for (judge, _), orders in by_judge(sample.verdicts).items():
        how = kind(orders)
        chosen = f" for {b if orders[0].score == 1 else a}" if how == "decided" else ""
        yield f"{judge} {how}{chosen}"
