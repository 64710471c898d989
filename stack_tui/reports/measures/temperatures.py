"""The figures of each temperature of a run, compared with the first one."""

from collections.abc import Sequence

import msgspec

from stack_tui.reports.measures.effects import DECIDING, Effect, effects
from stack_tui.reports.measures.pairing import SamplePair, outcome_missing
from stack_tui.reports.measures.repeats import Repeats, repeats_of
from stack_tui.reports.measures.summary import Intervals, SuiteSummary, intervals, summarize
from stack_tui.reports.stats.paired import holm
from stack_tui.runs.events import Sample
from stack_tui.runs.view import RunView


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of one temperature, which is None if it was not recorded.

    `against_first` is the effect in the deciding measure, paired with the first temperature by case
    and repeat, with p adjusted for the number of temperatures (Holm).
    """

    temperature: float | None
    summary: SuiteSummary
    intervals: Intervals
    repeats: Repeats | None
    against_first: Effect | None = None


def settings_of(view: RunView) -> list[Setting]:
    """Return the figures of each temperature, in the run's order."""
    temperatures = view.spec.temperatures
    if len(temperatures) < 2:
        return [_setting(view.open_samples, next(iter(temperatures), None), None)]
    groups = [
        [sample for sample in view.open_samples if sample.temperature == temperature]
        for temperature in temperatures
    ]
    found = [_deciding(_paired(groups[0], group)) for group in groups[1:]]
    adjusted = iter(holm([effect.p for effect in found if effect]))
    against = [
        effect and msgspec.structs.replace(effect, p_adjusted=next(adjusted)) for effect in found
    ]
    return [
        _setting(group, temperature, effect)
        for group, temperature, effect in zip(groups, temperatures, [None, *against], strict=True)
    ]


def _setting(
    samples: Sequence[Sample], temperature: float | None, against: Effect | None
) -> Setting:
    return Setting(
        temperature=temperature,
        summary=summarize(samples),
        intervals=intervals(samples),
        repeats=repeats_of(samples),
        against_first=against,
    )


def _paired(first: Sequence[Sample], other: Sequence[Sample]) -> list[SamplePair]:
    held = {sample.key[:3]: sample for sample in first}
    pairs = [SamplePair(held[sample.key[:3]], sample) for sample in other if sample.key[:3] in held]
    return [pair for pair in pairs if not (outcome_missing(pair.a) or outcome_missing(pair.b))]


def _deciding(pairs: Sequence[SamplePair]) -> Effect | None:
    found = {effect.measure: effect for effect in effects(pairs)}
    return next((found[name] for name in DECIDING if name in found), None)
