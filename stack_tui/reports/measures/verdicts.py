"""The verdict on each compared part, what it rests on, and whether missing answers can undo it."""

from collections.abc import Callable, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from stack_tui.reports.measures.compared_parts import ComparedPart
from stack_tui.reports.measures.effects import (
    JUDGE_SCORE,
    LEVEL,
    RATE,
    RULE_RATE,
    RULE_SCORE,
    Effect,
    Verdict,
    effect_of,
    format_amount,
    value_of,
)
from stack_tui.reports.measures.pairing import SamplePair, outcome_missing
from stack_tui.reports.stats.paired import holm, mcnemar_exact
from stack_tui.reports.stats.sample_intervals import Interval, unit_scale
from stack_tui.runs.events import Sample

MARGIN = 0.02
_PAIRS_FOR_MARGIN = 1000
_SCALES: Mapping[str, Interval] = {
    RATE: (0.0, 1.0),
    RULE_RATE: (0.0, 1.0),
    RULE_SCORE: (0.0, 1.0),
    JUDGE_SCORE: (1.0, 5.0),
}


class Unanswered(msgspec.Struct, frozen=True, kw_only=True):
    """Samples without an outcome in a run, such as errors, and what they could change."""

    a: int
    b: int
    p: float
    """p of McNemar's exact test that both runs lack outcomes equally often."""
    as_failed: Effect
    """The effect if all of them had failed, or had the worst score."""
    as_passed: Effect
    """The effect if all of them had passed, or had the best score."""

    @property
    def uneven(self) -> bool:
        """Whether one run clearly lacks more outcomes than the other."""
        return self.p <= LEVEL

    @property
    def effects(self) -> tuple[Effect, Effect]:
        """Both bounds."""
        return self.as_failed, self.as_passed


class PartVerdict(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The verdict on a suite, a task or a group, and the effect that it rests on."""

    name: str
    effect: Effect
    verdict: Verdict
    settle: str
    """How far the difference can reach, if the verdict does not tell; "" otherwise."""
    unanswered: Unanswered | None = None
    equal_tasks: bool = False
    """Whether the tasks of the group weigh the same, whatever their sizes."""
    parallel: bool = False
    """Whether its tasks ask the same documents, and a document counts once."""
    margin: float | None = None
    """The margin of equivalence, a share of 1; None if there is none."""


def part_verdicts(
    parts: Sequence[ComparedPart],
    directions: Mapping[str, bool],
    *,
    final: bool,
    margin: float | None,
) -> tuple[PartVerdict, ...]:
    """Return the verdict on each part that has an effect, p adjusted by Holm if there are several.

    Without `final` no part has a verdict. `margin` is that of equivalence; None takes two points
    from 1,000 pairs on, and no margin below.
    """
    deciding = [(part, effect) for part in parts if (effect := _deciding(part, directions))]
    if len(deciding) > 1:
        adjusted = holm([effect.p for _, effect in deciding])
        deciding = [
            (part, replace(effect, p_adjusted=p))
            for (part, effect), p in zip(deciding, adjusted, strict=True)
        ]
    return tuple(_part_verdict(*each, final=final, margin=margin) for each in deciding)


def _deciding(part: ComparedPart, directions: Mapping[str, bool]) -> Effect | None:
    for measure in part.measures:
        higher = directions.get(measure, True)
        if effect := _effect(part, measure, value_of(measure), part.pairs, higher=higher):
            return effect
    return None


def _effect(
    part: ComparedPart,
    measure: str,
    value: Callable[[Sample], float | None],
    pairs: Sequence[SamplePair],
    *,
    higher: bool,
) -> Effect | None:
    return effect_of(
        measure,
        value,
        pairs,
        higher_is_better=higher,
        equal_tasks=part.equal_tasks,
        cluster_of=part.cluster_of,
    )


def _part_verdict(
    part: ComparedPart, effect: Effect, *, final: bool, margin: float | None
) -> PartVerdict:
    bounds = _unanswered(part, effect)
    width = _margin(effect, margin)
    verdict: Verdict = _verdict(effect, width) if final else "not final"
    broken = bounds is not None and final and not _holds(verdict, bounds, width)
    return PartVerdict(
        name=part.name,
        effect=effect,
        verdict="inconclusive" if broken else verdict,
        settle=_settle(effect, verdict, width, broken=broken) if final else "",
        unanswered=bounds,
        equal_tasks=part.equal_tasks,
        parallel=part.parallel,
        margin=width,
    )


def _margin(effect: Effect, margin: float | None) -> float | None:
    """Return the margin of equivalence that applies to the effect, a share of 1."""
    shares = effect.in_points or (effect.measure not in _SCALES and 0 <= effect.a <= 1)
    if not (shares and (effect.in_points or 0 <= effect.b <= 1)):
        return None
    if margin is None:
        return MARGIN if effect.pairs >= _PAIRS_FOR_MARGIN else None
    return margin


def _verdict(effect: Effect, margin: float | None) -> Verdict:
    if effect.verdict == "inconclusive" and margin is not None and effect.within(margin):
        return "equivalent"
    return effect.verdict


def _holds(verdict: Verdict, bounds: Unanswered, margin: float | None) -> bool:
    """Return whether both bounds give the same verdict."""
    if verdict in ("better", "worse", "equivalent"):
        return all(_verdict(effect, margin) == verdict for effect in bounds.effects)
    return True


def _unanswered(part: ComparedPart, effect: Effect) -> Unanswered | None:
    """Return the bounds of the effect, None if no sample lacks an outcome."""
    if not part.unanswered:
        return None
    lacking = [
        (bool(outcome_missing(pair.a)), bool(outcome_missing(pair.b))) for pair in part.unanswered
    ]
    only_a, only_b = (sum(a and not b for a, b in lacking), sum(b and not a for a, b in lacking))
    value = value_of(effect.measure)
    worst, best = _ends(effect, value, part.pairs)
    ends = []
    for end in (worst, best):
        pairs = [*part.pairs, *part.unanswered]
        filled = _filled(value, end)
        bound = _effect(part, effect.measure, filled, pairs, higher=effect.higher_is_better)
        ends.append(bound or effect)
    return Unanswered(
        a=sum(a for a, _ in lacking),
        b=sum(b for _, b in lacking),
        p=mcnemar_exact(only_a, only_b),
        as_failed=ends[0],
        as_passed=ends[1],
    )


def _filled(
    value: Callable[[Sample], float | None], otherwise: float
) -> Callable[[Sample], float | None]:
    return lambda sample: otherwise if outcome_missing(sample) else value(sample)


def _ends(
    effect: Effect, value: Callable[[Sample], float | None], pairs: Sequence[SamplePair]
) -> Interval:
    """Return the worst and the best value: of an unknown scale, those that were seen."""
    scale = _SCALES.get(effect.measure)
    if scale is None:
        both = [value(sample) for pair in pairs for sample in (pair.a, pair.b)]
        seen = [each for each in both if each is not None]
        scale = unit_scale(seen) or (min(seen), max(seen))
    return scale if effect.higher_is_better else (scale[1], scale[0])


def _settle(effect: Effect, verdict: Verdict, margin: float | None, *, broken: bool) -> str:
    """Return how far the difference can reach, "" if the verdict needs no more words."""
    if broken:
        return (
            f"Over the samples that both runs answered, b is {verdict}; the ones without an "
            "outcome could change that. Resume the runs to answer them."
        )
    if effect.gain is None:
        return f"All {effect.pairs} pairs have the same {effect.measure}; more cases would tell."
    if verdict in ("better", "worse"):
        if margin is not None and effect.within(margin):
            return f"The difference is within {format_amount(margin, effect)}."
        return ""
    worse, better = (max(0.0, end) for end in (-effect.gain[0], effect.gain[1]))
    return (
        f"At 95 %, b is at most {format_amount(worse, effect)} worse and "
        f"{format_amount(better, effect)} better than a."
    )


def overall_verdict(parts: Sequence[PartVerdict]) -> Verdict:
    """Return the verdict on the whole: of several parts that are better or worse, what they say."""
    verdicts = {part.verdict for part in parts}
    if not verdicts:
        return "inconclusive"
    if len(verdicts) == 1:
        return verdicts.pop()
    if "not final" in verdicts:
        return "not final"
    if verdicts >= {"better", "worse"}:
        return "mixed"
    return next((each for each in ("better", "worse") if each in verdicts), "inconclusive")


def is_share(effect: Effect) -> bool:
    """Return whether margins, shares of 1, apply to the effect."""
    return _margin(effect, MARGIN) is not None


def widest(effects: Sequence[Effect]) -> Interval | None:
    """Return the interval from the lowest to the highest end of the effects' gains."""
    gains = [effect.gain for effect in effects]
    if any(gain is None for gain in gains):
        return None
    known = [gain for gain in gains if gain is not None]
    return min(gain[0] for gain in known), max(gain[1] for gain in known)
