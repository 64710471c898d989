"""The pass rate according to people, from all verdicts of a run and the labels of a few."""

from collections.abc import Hashable, Sequence

import msgspec

from stack_tui.reports.stats.paired import SEED, cluster, design_effect
from stack_tui.wilson import Interval

LEAST_LABELS = 5
_DRAWS = 20_000
JudgedCase = tuple[Hashable, bool]


class CorrectedRate(msgspec.Struct, frozen=True, kw_only=True):
    """The rate and the numbers of labels it rests on; without a rate `lacking` says why."""

    rate: float | None
    interval: Interval | None
    passed: int
    passed_labelled: int
    failed: int
    failed_labelled: int
    lacking: str = ""


def corrected_rate(
    verdicts: Sequence[JudgedCase], of_passed: Sequence[JudgedCase], of_failed: Sequence[JudgedCase]
) -> CorrectedRate:
    """Return the pass rate that people would give; each sample comes with its case.

    `verdicts` has whether each sample passed; `of_passed` and `of_failed` have what people say
    about some of the passed and of the failed. Double sampling (Tenenbein 1970, JASA 65:1350): the
    share that people pass is estimated within the passed and within the failed, so labelling more
    failures does no harm, as long as the labelled are like the rest of their group. The interval
    holds 95 % of the joint Jeffreys posterior of the three shares.
    """
    passed = sum(verdict for _, verdict in verdicts)
    failed = len(verdicts) - passed
    found = CorrectedRate(
        rate=None,
        interval=None,
        passed=passed,
        passed_labelled=len(of_passed),
        failed=failed,
        failed_labelled=len(of_failed),
    )
    few = [
        f"{labelled} of {count} {what}"
        for labelled, count, what in (
            (len(of_passed), passed, "passed"),
            (len(of_failed), failed, "failed"),
        )
        if labelled < min(LEAST_LABELS, count)
    ]
    if few or not verdicts:
        lacking = f"too few labels: {' and '.join(few) or 'no sample passes or fails'}"
        return msgspec.structs.replace(found, lacking=lacking)
    share = passed / len(verdicts)
    rate = share * _share(of_passed) + (1 - share) * _share(of_failed)
    low, high = _interval(verdicts, of_passed, of_failed)
    return msgspec.structs.replace(found, rate=rate, interval=(min(low, rate), max(high, rate)))


def _share(labelled: Sequence[JudgedCase]) -> float:
    return sum(passes for _, passes in labelled) / len(labelled) if labelled else 0.0


def _interval(
    verdicts: Sequence[JudgedCase], of_passed: Sequence[JudgedCase], of_failed: Sequence[JudgedCase]
) -> Interval:
    import numpy as np

    generator = np.random.default_rng(SEED)
    share, passed, failed = (
        generator.beta(yes + 0.5, no + 0.5, _DRAWS)
        for yes, no in map(_effective, (verdicts, of_passed, of_failed))
    )
    low, high = np.quantile(share * passed + (1 - share) * failed, [0.025, 0.975])
    return float(low), float(high)


def _effective(verdicts: Sequence[JudgedCase]) -> tuple[float, float]:
    """Return the numbers of passes and failures, divided by the design effect of their cases."""
    if not verdicts:
        return 0.0, 0.0
    yes = sum(passes for _, passes in verdicts)
    clusters = cluster((float(passes) for _, passes in verdicts), (case for case, _ in verdicts))
    effect = design_effect(yes, 0, clusters)
    return yes / effect, (len(verdicts) - yes) / effect
