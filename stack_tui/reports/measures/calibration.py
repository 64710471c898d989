"""Judges compared with people's labels, and the pass rate according to people."""

from collections.abc import Hashable, Sequence
from statistics import fmean

import msgspec

from stack_tui.reports.measures.summary import in_order
from stack_tui.reports.stats.bootstrap import resampled_interval
from stack_tui.reports.stats.corrected_rate import CorrectedRate, corrected_rate
from stack_tui.reports.stats.rater_agreement import kappas
from stack_tui.reports.stats.sample_intervals import Interval, rate_interval
from stack_tui.runs import labels
from stack_tui.runs.events import JUDGE_PASS, Sample
from stack_tui.runs.labels import Label
from stack_tui.runs.view import RunView

TOGETHER = "all together"


class AgreementWithPeople(msgspec.Struct, frozen=True, kw_only=True):
    """How often a judge and people agree on passing."""

    judge: str
    labelled: int
    """Samples with a verdict by the judge and by a person."""
    agree: int
    agree_interval: Interval | None
    kappa: float | None
    """Cohen's kappa, None if chance alone would always agree."""
    kappa_interval: Interval | None
    passes_wrongly: int
    fails_wrongly: int
    scored: int
    """Samples that a person gave a score."""
    difference: float | None
    """By how much the judge scores them higher, on average."""


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    """The labels by kind, the judges' agreement with them, and the corrected pass rate.

    `judged` labels say whether judges should pass a sample that they scored; `lost` labels belong
    to samples that the run does not have.
    """

    labels: dict[str, int]
    judged: int
    lost: int
    judges: tuple[AgreementWithPeople, ...]
    corrected: CorrectedRate


def calibration(view: RunView) -> Calibration | None:
    """Return what people's labels say about the run, None without labels."""
    if not view.labels:
        return None
    samples = in_order(view.open_samples)
    labelled = [(s, view.labels[s.key]) for s in samples if s.key in view.labels]
    verdicts = [
        (sample, label, wanted)
        for sample, label in labelled
        if sample.judge_score is not None
        and (wanted := judges_should_pass(label, sample)) is not None
    ]
    names = dict.fromkeys(verdict.judge for sample, _, _ in verdicts for verdict in sample.verdicts)
    several = [TOGETHER] if len(names) > 1 else []
    return Calibration(
        labels=labels.counts(view.labels.values()),
        judged=len(verdicts),
        lost=len(view.labels) - len(labelled),
        judges=tuple(
            agreement
            for name in (*names, *several)
            if (agreement := _agreement(name, verdicts)) is not None
        ),
        corrected=_corrected(samples, labelled),
    )


def _corrected(
    samples: Sequence[Sample], labelled: Sequence[tuple[Sample, Label]]
) -> CorrectedRate:
    by_people: dict[bool, list[tuple[Hashable, bool]]] = {True: [], False: []}
    for sample, label in labelled:
        passes = should_pass(label, sample)
        if passes is not None and sample.passed is not None:
            by_people[sample.passed].append((sample.counted_as, passes))
    verdicts = [(s.counted_as, s.passed) for s in samples if s.passed is not None]
    return corrected_rate(verdicts, by_people[True], by_people[False])


def _score(sample: Sample, judge: str) -> float | None:
    if judge == TOGETHER:
        return sample.judge_score
    return next((v.score for v in sample.verdicts if v.judge == judge), None)


def _agreement(
    judge: str, verdicts: Sequence[tuple[Sample, Label, bool]]
) -> AgreementWithPeople | None:
    import numpy as np

    found = [
        (sample.counted_as, score >= JUDGE_PASS, wanted)
        for sample, _, wanted in verdicts
        if (score := _score(sample, judge)) is not None
    ]
    if not found:
        return None
    differences = [
        score - label.judge_score
        for sample, label, _ in verdicts
        if label.judge_score is not None and (score := _score(sample, judge)) is not None
    ]
    agree = [passed == wanted for _, passed, wanted in found]
    by_case: dict[Hashable, list[int]] = {}
    for case, passed, wanted in found:
        by_case.setdefault(case, [0, 0, 0, 0])[2 * passed + wanted] += 1
    table = np.array(list(by_case.values()))
    kappa = float(kappas(table.sum(axis=0, keepdims=True))[0])
    return AgreementWithPeople(
        judge=judge,
        labelled=len(found),
        agree=sum(agree),
        agree_interval=rate_interval(agree, [case for case, _, _ in found]),
        kappa=None if np.isnan(kappa) else kappa,
        kappa_interval=resampled_interval(table, kappas),
        passes_wrongly=sum(passed and not wanted for _, passed, wanted in found),
        fails_wrongly=sum(wanted and not passed for _, passed, wanted in found),
        scored=len(differences),
        difference=fmean(differences) if differences else None,
    )


def judges_should_pass(label: Label, sample: Sample) -> bool | None:
    """Return whether the judges should pass the sample, None if the label does not say.

    "Wrong judge" without a score means the opposite of their verdict. A real failure concerns the
    judges only if the rules passed the output.
    """
    if label.kind == "bad case":
        return None
    if label.judge_score is not None:
        return label.judge_score >= JUDGE_PASS
    if label.kind == "real pass":
        return True
    if label.kind == "real failure" and _passes_rules(sample):
        return False
    if label.kind == "wrong judge" and sample.judge_score is not None:
        return sample.judge_score < JUDGE_PASS
    return None


def should_pass(label: Label, sample: Sample) -> bool | None:
    """Return whether the output passes according to a person, None if the label does not say."""
    if label.kind == "real pass":
        return True
    if label.kind == "real failure":
        return False
    judged = judges_should_pass(label, sample)
    return None if judged is None else judged and _passes_rules(sample)


def _passes_rules(sample: Sample) -> bool:
    return sample.rules_met is not False
