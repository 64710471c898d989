"""What a report says of a run's judges."""

from collections.abc import Iterator

from stack_tui.reports.measures.judge_agreement import JudgeAgreement, JudgeNotes, PairAgreement
from stack_tui.reports.number_format import format_interval, format_number
from stack_tui.reports.pages.section import Section
from stack_tui.reports.stats.rater_agreement import Alpha

_APART_SHOWN = 5
_KIN = {
    "itself": "is the model itself: models favour their own outputs, so its scores may be too high",
    "family": "is of the model's family: it may favour outputs like its own",
}


def panel_section(panel: JudgeAgreement | None) -> Section | None:
    """Return agreement first, then what is to be known of each judge; None for nothing."""
    rows = tuple(_rows(panel)) if panel else ()
    return Section(title="judges", rows=rows) if rows else None


def _rows(panel: JudgeAgreement) -> Iterator[tuple[str, str]]:
    if panel.alpha:
        yield "alpha", _alpha(panel.alpha)
    for pair in panel.pairs:
        yield f"{pair.one}, {pair.other}", _pair(pair)
    if panel.no_majority:
        yield "no majority", f"{panel.no_majority}: their median stood in"
    for each in panel.apart[:_APART_SHOWN]:
        given = ", ".join(f"{judge} {score:.3g}" for judge, score in each.scores.items())
        yield "most apart", f"{each.sample}: {given}"
    for judge in panel.judges:
        yield from _judge(judge)


def _alpha(found: Alpha) -> str:
    if found.alpha is None:
        return "– (all scores are equal: what the judges tell apart cannot be said)"
    interval = format_interval(found.interval, rate=False)
    shown = f"{found.alpha:.2f}" + (f" ({interval})" if interval else "")
    if found.alpha >= 0.8:
        word = "they agree"
    elif found.alpha >= 0.667:
        word = "enough for tentative conclusions"
    else:
        word = "too little to lean on"
    return f"{shown}, Krippendorff's over {found.samples} samples: {word}"


def _pair(pair: PairAgreement) -> str:
    share = format_number(pair.same / pair.samples, rate=True)
    interval = format_interval(pair.same_interval, rate=True)
    words = f"same point in {pair.same} of {pair.samples}, {share} ({interval}); "
    words += f"within 1 in {pair.near}; same verdict in {pair.same_verdict}"
    if pair.difference:
        higher = pair.one if pair.difference > 0 else pair.other
        words += f"; {higher} gives {abs(pair.difference):.2f} more"
    return words


def _judge(judge: JudgeNotes) -> Iterator[tuple[str, str]]:
    if judge.kinship:
        yield judge.judge, _KIN[judge.kinship]
    for each in judge.criteria:
        mean = "–" if each.avg is None else f"{each.avg:.2f}"
        unread = each.n_asked - each.n_scored
        without = f", {unread} without a score" if unread else ""
        yield f"{judge.judge}, {each.name}", f"{mean} of 5, n={each.n_scored}{without}"
    if length := judge.length:
        if length.interval[0] > 0:
            meaning = "longer outputs get higher scores, for being better or for being longer"
        elif length.interval[1] < 0:
            meaning = "longer outputs get lower scores"
        else:
            meaning = "no tendency can be told"
        interval = format_interval(length.interval, rate=False)
        shown = f"ρ {length.rho:.2f} ({interval}) with length over {length.cases} cases"
        yield f"{judge.judge}, length", f"{shown}: {meaning}"
