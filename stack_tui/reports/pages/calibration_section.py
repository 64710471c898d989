"""What a report says of people's labels."""

from collections.abc import Iterator

from stack_tui.reports.measures.calibration import AgreementWithPeople, Calibration
from stack_tui.reports.number_format import format_interval, format_number
from stack_tui.reports.pages.section import Section
from stack_tui.reports.stats.corrected_rate import CorrectedRate


def calibration_section(found: Calibration | None) -> Section | None:
    """Return the labels, each judge's agreement with them, and the corrected pass rate."""
    return Section(title="labels by people", rows=tuple(_rows(found))) if found else None


def _rows(found: Calibration) -> Iterator[tuple[str, str]]:
    kinds = ", ".join(f"{kind} {count}" for kind, count in found.labels.items())
    total = sum(found.labels.values())
    words = f"{total} ({kinds}), {found.judged} of them say whether judges should pass"
    if found.lost:
        words += f"; {found.lost} of samples that the run does not have"
    yield "labels", words
    for judge in found.judges:
        yield judge.judge, _agreement(judge)
    yield "people's rate", _corrected(found.corrected)


def _agreement(judge: AgreementWithPeople) -> str:
    share = format_number(judge.agree / judge.labelled, rate=True)
    interval = format_interval(judge.agree_interval, rate=True)
    words = f"agrees with people in {judge.agree} of {judge.labelled}, {share} ({interval})"
    if judge.kappa is not None:
        bounds = format_interval(judge.kappa_interval, rate=False)
        words += f", κ {judge.kappa:.2f}" + (f" ({bounds})" if bounds else "")
    if judge.passes_wrongly or judge.fails_wrongly:
        words += f"; passes {judge.passes_wrongly} that people fail"
        words += f", fails {judge.fails_wrongly} that people pass"
    if judge.difference:
        more = "more" if judge.difference > 0 else "less"
        words += f"; gives {abs(judge.difference):.2f} {more} than people over {judge.scored}"
    return words


def _corrected(found: CorrectedRate) -> str:
    if found.rate is None:
        return f"– ({found.lacking})"
    measured = format_number(found.passed / (found.passed + found.failed), rate=True)
    return (
        f"{format_number(found.rate, rate=True)} pass "
        f"({format_interval(found.interval, rate=True)}), as people would say; "
        f"{measured} as judged; from {found.passed_labelled} labels of "
        f"{found.passed} passed and {found.failed_labelled} of {found.failed} failed"
    )
