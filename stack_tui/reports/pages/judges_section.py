"""What a report says about a run's judges, and about the people who label."""

from stack_tui.reports.measures.calibration import AgreementWithPeople, Calibration, calibration
from stack_tui.reports.measures.judge_agreement import (
    JudgeAgreement,
    JudgeNotes,
    PairAgreement,
    panel_report,
)
from stack_tui.reports.measures.summary import JudgeSummary, summarize
from stack_tui.reports.number_format import format_interval, format_number, format_with_interval
from stack_tui.reports.pages.model import Blocks, FactRows, facts, section
from stack_tui.reports.stats.corrected_rate import CorrectedRate
from stack_tui.reports.stats.rater_agreement import Alpha
from stack_tui.runs.view import RunView

_APART_SHOWN = 5
_KIN = {
    "itself": "is the model itself: models favour their own outputs, so its scores may be too high",
    "family": "is of the model's family: it may favour outputs like its own",
}


def judges_section(view: RunView) -> Blocks:
    """Return how the judges agree, then what to know about each."""
    panel = panel_report(view)
    if panel is None:
        return ()
    judges = summarize(view.open_samples).judges
    rows = [*_panel(panel), *_means(judges)]
    return section("judges", facts(rows))


def _panel(panel: JudgeAgreement) -> FactRows:
    if panel.alpha:
        yield "alpha", _alpha(panel.alpha)
    for pair in panel.pairs:
        yield f"{pair.one}, {pair.other}", _pair(pair)
    if panel.no_majority:
        yield "no majority", f"{panel.no_majority}: the median was used instead"
    for each in panel.apart[:_APART_SHOWN]:
        scores = ", ".join(f"{judge} {score:.3g}" for judge, score in each.scores.items())
        yield "most apart", f"{each.sample}: {scores}"
    for judge in panel.judges:
        yield from _judge(judge)


def _alpha(found: Alpha) -> str:
    if found.alpha is None:
        return "– (all scores are equal, so alpha is undefined)"
    value = format_with_interval(found.alpha, found.interval, rate=False)
    if found.alpha >= 0.8:
        meaning = "they agree"
    elif found.alpha >= 0.667:
        meaning = "enough for tentative conclusions"
    else:
        meaning = "too little to rely on"
    return f"{value}, Krippendorff's over {found.samples} samples: {meaning}"


def _pair(pair: PairAgreement) -> str:
    share = format_with_interval(pair.same / pair.samples, pair.same_interval, rate=True)
    text = f"same point in {pair.same} of {pair.samples}, {share}; "
    text += f"within 1 in {pair.near}; same verdict in {pair.same_verdict}"
    if pair.difference:
        higher = pair.one if pair.difference > 0 else pair.other
        text += f"; {higher} gives {abs(pair.difference):.2f} more"
    return text


def _judge(judge: JudgeNotes) -> FactRows:
    if judge.kinship:
        yield judge.judge, _KIN[judge.kinship]
    for each in judge.criteria:
        mean = "–" if each.avg is None else f"{each.avg:.2f}"
        unread = each.n_asked - each.n_scored
        without = f", {unread} without a score" if unread else ""
        yield f"{judge.judge}, {each.name}", f"{mean} of 5, n={each.n_scored}{without}"
    if length := judge.length:
        if length.interval[0] > 0:
            meaning = "longer outputs get higher scores, because they are better or just longer"
        elif length.interval[1] < 0:
            meaning = "longer outputs get lower scores"
        else:
            meaning = "no clear tendency"
        rho = format_with_interval(length.rho, length.interval, rate=False)
        text = f"ρ {rho} with length over {length.cases} cases: {meaning}"
        yield f"{judge.judge}, length", text


def _means(judges: tuple[JudgeSummary, ...]) -> FactRows:
    """Yield each judge's mean if there are several, or if some of its answers are no score."""
    for judge in judges:
        if len(judges) > 1 or judge.failures or judge.unreadable:
            mean = "–" if judge.avg is None else f"{judge.avg:.2f}"
            text = f"{mean} of 5, n={judge.n_scored}"
            text += f", {judge.unreadable} unreadable" if judge.unreadable else ""
            text += f", {judge.failures} failed requests" if judge.failures else ""
            yield f"{judge.judge}, mean", text


def labels_section(view: RunView) -> Blocks:
    """Return the labels, each judge's agreement with them, and the corrected pass rate."""
    found = calibration(view)
    return section("labels by people", facts(_labels(found))) if found else ()


def _labels(found: Calibration) -> FactRows:
    kinds = ", ".join(f"{kind} {count}" for kind, count in found.labels.items())
    total = sum(found.labels.values())
    text = f"{total} ({kinds}); {found.judged} show whether judges should pass"
    if found.lost:
        text += f"; {found.lost} belong to samples that this run does not have"
    yield "labels", text
    for judge in found.judges:
        yield judge.judge, _agreement(judge)
    yield "people's rate", _corrected(found.corrected)


def _agreement(judge: AgreementWithPeople) -> str:
    share = format_with_interval(judge.agree / judge.labelled, judge.agree_interval, rate=True)
    text = f"agrees with people in {judge.agree} of {judge.labelled}, {share}"
    if judge.kappa is not None:
        text += f", κ {format_with_interval(judge.kappa, judge.kappa_interval, rate=False)}"
    if judge.passes_wrongly or judge.fails_wrongly:
        text += f"; passes {judge.passes_wrongly} that people fail"
        text += f", fails {judge.fails_wrongly} that people pass"
    if judge.difference:
        more = "more" if judge.difference > 0 else "less"
        text += f"; gives {abs(judge.difference):.2f} {more} than people over {judge.scored}"
    return text


def _corrected(found: CorrectedRate) -> str:
    if found.rate is None:
        return f"– ({found.lacking})"
    measured = format_number(found.passed / (found.passed + found.failed), rate=True)
    return (
        f"{format_number(found.rate, rate=True)} pass "
        f"({format_interval(found.interval, rate=True)}) according to people, "
        f"{measured} according to judges; from {found.passed_labelled} labels of "
        f"{found.passed} passed and {found.failed_labelled} of {found.failed} failed"
    )
