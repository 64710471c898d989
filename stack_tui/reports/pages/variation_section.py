"""Temperatures side by side, and what repeats show, as sections of a report."""

from collections.abc import Iterator, Sequence

from stack_tui.reports.measures.effects import Effect
from stack_tui.reports.measures.repeats import CaseSpread, Repeats
from stack_tui.reports.measures.temperatures import Setting, settings_of
from stack_tui.reports.number_format import format_interval
from stack_tui.reports.pages.section import Section
from stack_tui.reports.render.comparison_text import difference
from stack_tui.reports.stats.sample_intervals import Interval
from stack_tui.runs.events import sample_name
from stack_tui.runs.spec import SuiteSubject
from stack_tui.runs.view import RunView

_CASES_SHOWN = 40
Named = tuple[str, str]


def variation_sections(view: RunView) -> list[Section]:
    """Return them for a suite's run that asked more than once, else none; noise is no variation."""
    once = len(view.spec.temperatures) < 2 and view.spec.repeats < 2
    if not isinstance(view.spec.subject, SuiteSubject) or view.spec.noise or once:
        return []
    settings = settings_of(view)
    found = [_side_by_side(settings)] if len(settings) > 1 else [_repeats(settings[0])]
    found.append(Section(title="cases that vary", rows=_varying(settings)))
    return [section for section in found if section.rows or section.table]


def _side_by_side(settings: Sequence[Setting]) -> Section:
    found: dict[str, dict[int, str]] = {}
    for place, setting in enumerate(settings):
        for name, value in _figures(setting):
            found.setdefault(name, {})[place] = value
    against = [
        (f"{_title(setting)} less {_title(settings[0])}", _effect(setting.against_first))
        for setting in settings
        if setting.against_first
    ]
    return Section(
        title="by temperature, with 95% intervals",
        columns=tuple(map(_title, settings)),
        table=tuple(
            (name, *(cells.get(place, "–") for place in range(len(settings))))
            for name, cells in found.items()
        ),
        rows=tuple(against),
    )


def _repeats(setting: Setting) -> Section:
    rows = tuple(_repeat_figures(setting.repeats)) if setting.repeats else ()
    return Section(title="repeats, with 95% intervals", rows=rows)


def _title(setting: Setting) -> str:
    return f"t={setting.temperature:g}"


def _figures(setting: Setting) -> Iterator[Named]:
    summary, bounds = setting.summary, setting.intervals
    for name, value, interval in (
        ("pass rate", summary.pass_rate, bounds.pass_rate),
        ("rule avg", summary.rule_avg, bounds.rule_avg),
        ("rule pass rate", summary.rule_pass_rate, bounds.rule_pass_rate),
        ("judge avg", summary.judge_avg, bounds.judge_avg),
        ("judge pass rate", summary.judge_pass_rate, bounds.judge_pass_rate),
    ):
        if value is not None:
            yield name, (_share if name.endswith("rate") else _score)(value, interval)
    if setting.repeats:
        yield from _repeat_figures(setting.repeats)
    yield "samples", str(summary.n_samples)
    for name, count in (("errors", sum(summary.errors.values())), ("unscored", summary.unscored)):
        if count:
            yield name, str(count)


def _repeat_figures(repeats: Repeats) -> Iterator[Named]:
    for at in repeats.at:
        few = f", {at.cases} cases" if at.cases < len(repeats.cases) else ""
        if at.k == 1:
            yield "mean of cases", _share(at.any_passes, at.any_interval) + few
        else:
            yield f"pass@{at.k}", _share(at.any_passes, at.any_interval) + few
            yield f"all of {at.k}", _share(at.all_pass, at.all_interval) + few
    if repeats.flaky_rate is not None:
        yield "flaky cases", _share(repeats.flaky_rate, repeats.flaky_interval)
    for name, spread in (("rule", repeats.rule_spread), ("judge", repeats.judge_spread)):
        if spread:
            yield f"{name} spread", _score(spread.deviation, spread.interval)


def _effect(effect: Effect | None) -> str:
    if effect is None:
        return ""
    p = effect.p if effect.p_adjusted is None else effect.p_adjusted
    return f"{effect.measure} {difference(effect)}, p={p:.3f}, {effect.verdict}"


def _varying(settings: Sequence[Setting]) -> tuple[Named, ...]:
    """Return the cases whose repeats differ, those first that most nearly half pass."""
    several = len(settings) > 1
    found = [
        (sample_name(case.id, 0, setting.temperature if several else None), case)
        for setting in settings
        if setting.repeats
        for case in setting.repeats.cases
        if case.varies
    ]
    found.sort(key=lambda each: (not each[1].flaky, each[1].imbalance))
    rows = [(name, _said(case)) for name, case in found[:_CASES_SHOWN]]
    if len(found) > _CASES_SHOWN:
        rows.append(("…", f"and {len(found) - _CASES_SHOWN} more, all in the JSON report"))
    return tuple(rows)


def _said(case: CaseSpread) -> str:
    parts = [f"{'flaky, ' if case.flaky else ''}{case.passed} of {case.outcomes} pass"]
    if case.rule:
        parts.append(f"rule {format_interval(case.rule, rate=False)}")
    if case.judge:
        parts.append(f"judge {case.judge[0]:.4g} to {case.judge[1]:.4g}")
    return ", ".join(parts)


def _share(value: float, interval: Interval | None) -> str:
    bounds = f" [{100 * interval[0]:.0f}–{100 * interval[1]:.0f}]" if interval else ""
    return f"{value:.0%}{bounds}"


def _score(value: float, interval: Interval | None) -> str:
    return f"{value:.2f}" + (f" [{interval[0]:.2f}–{interval[1]:.2f}]" if interval else "")
