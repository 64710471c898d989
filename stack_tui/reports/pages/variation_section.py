"""What asking more than once shows: temperatures side by side, repeats, and the noise floor."""

from collections.abc import Sequence

from stack_tui.reports.measures.effects import Effect, format_difference
from stack_tui.reports.measures.noise import Count, Noise, noise_of
from stack_tui.reports.measures.repeats import CaseSpread, Repeats
from stack_tui.reports.measures.temperatures import Setting, settings_of
from stack_tui.reports.number_format import format_interval, format_points
from stack_tui.reports.pages.model import Blocks, FactRows, TableBlock, facts, section
from stack_tui.runs.events import sample_name
from stack_tui.runs.spec import SuiteSubject
from stack_tui.runs.view import RunView
from stack_tui.wilson import Interval

_CASES_SHOWN = 40
_DIFFERING_SHOWN = 20


def variation_sections(view: RunView) -> Blocks:
    """Return the sections of a suite's run that asked more than once; noise is no variation."""
    once = len(view.spec.temperatures) < 2 and view.spec.repeats < 2
    if not isinstance(view.spec.subject, SuiteSubject) or view.spec.noise or once:
        return ()
    settings = settings_of(view)
    first = _side_by_side(settings) if len(settings) > 1 else _repeats(settings[0])
    return first + section("cases that vary", facts(_varying(settings)))


def _side_by_side(settings: Sequence[Setting]) -> Blocks:
    found: dict[str, dict[int, str]] = {}
    for place, setting in enumerate(settings):
        for name, value in _figures(setting):
            found.setdefault(name, {})[place] = value
    against = [
        (f"{_title(setting)} less {_title(settings[0])}", _effect(setting.against_first))
        for setting in settings
        if setting.against_first
    ]
    table = TableBlock(
        ("", *map(_title, settings)),
        tuple(
            (name, *(cells.get(place, "–") for place in range(len(settings))))
            for name, cells in found.items()
        ),
    )
    return section("by temperature, with 95% intervals", table, facts(against))


def _repeats(setting: Setting) -> Blocks:
    rows = list(_repeat_figures(setting.repeats)) if setting.repeats else []
    return section("repeats, with 95% intervals", facts(rows))


def _title(setting: Setting) -> str:
    return f"t={setting.temperature:g}"


def _figures(setting: Setting) -> FactRows:
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


def _repeat_figures(repeats: Repeats) -> FactRows:
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
    return f"{effect.measure} {format_difference(effect)}, p={p:.3f}, {effect.verdict}"


def _varying(settings: Sequence[Setting]) -> list[tuple[str, str]]:
    """Return the cases whose repeats differ, those nearest to passing in half of them first."""
    several = len(settings) > 1
    found = [
        (sample_name(case.id, 0, setting.temperature if several else None), case)
        for setting in settings
        if setting.repeats
        for case in setting.repeats.cases
        if case.varies
    ]
    found.sort(key=lambda each: (not each[1].flaky, each[1].imbalance))
    rows = [(name, _spread(case)) for name, case in found[:_CASES_SHOWN]]
    if len(found) > _CASES_SHOWN:
        rows.append(("…", f"and {len(found) - _CASES_SHOWN} more, all in the JSON report"))
    return rows


def _spread(case: CaseSpread) -> str:
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


def noise_section(view: RunView) -> Blocks:
    """Return the noise floor, nothing for a run that measures something else."""
    noise = noise_of(view)
    if noise is None:
        return ()
    concurrency = f", {view.spec.concurrency} at a time" if view.spec.concurrency else ""
    rows = [
        ("requests", f"{noise.cases} cases, each twice at temperature 0{concurrency}"),
        ("outputs differ", _counted(noise.outputs)),
        ("flips", f"{_counted(noise.flips)} pass once and fail once"),
    ]
    if noise.set_apart:
        rows.append(("set apart", f"{noise.set_apart} without an outcome both times"))
    for name, apart in (("rule score", noise.rule), ("judge score", noise.judge)):
        if apart:
            bounds = format_interval(apart.interval, rate=False)
            rows.append((f"{name} moves", f"by {apart.mean:.3f} on average ({bounds})"))
    if noise.judge_alone.of:
        rows.append(
            ("judges alone", f"{_counted(noise.judge_alone)} equal outputs scored differently")
        )
    rows += _floors(noise)
    if noise.differing:
        more = len(noise.differing) - _DIFFERING_SHOWN
        names = ", ".join(noise.differing[:_DIFFERING_SHOWN])
        rows.append(("differing", names + (f" and {more} more" if more > 0 else "")))
    return section("noise floor, with 95% intervals", facts(rows))


def _counted(count: Count) -> str:
    if not count.of:
        return "none of 0"
    return f"{count.count} of {count.of} ({format_interval(count.interval, rate=True)})"


def _floors(noise: Noise) -> FactRows:
    """Yield what a difference under the floor means."""
    if noise.floor is not None and noise.floor_at_most is not None:
        most = format_points(noise.floor_at_most)
        yield (
            "floor",
            f"pass rates of two equal runs differ by up to {format_points(noise.floor)} "
            f"({most} at most): a smaller difference says nothing about the model or the prompt"
            if noise.floor
            else f"no case flipped; chance alone can still make {most}; more cases would tell",
        )
    for name, apart in (("rule", noise.rule), ("judge", noise.judge)):
        if apart and apart.floor:
            yield f"{name} floor", f"mean scores differ by up to {apart.floor:.3f} by chance alone"
