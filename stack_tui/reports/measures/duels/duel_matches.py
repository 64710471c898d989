"""What became of one match of a duel, in a few words."""

from collections.abc import Iterator

from stack_tui.runs.duel_verdicts import TIE, by_judge, kind
from stack_tui.runs.events import Sample


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
