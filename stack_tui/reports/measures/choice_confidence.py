"""A run's multiple-choice documents: how sure the model was of its choice, and whether rightly."""

import math
from collections.abc import Sequence
from statistics import fmean

import msgspec

from stack_tui.reports.stats.model_confidence import (
    CalibrationError,
    ConfidenceBin,
    accuracy_at_coverage,
    auroc,
    calibration_error,
    confidence_bins,
)
from stack_tui.reports.stats.sample_intervals import Interval
from stack_tui.runs.events import Sample
from stack_tui.runs.view import RunView

# Fewer documents than that say nothing about ten bins.
LEAST_DOCUMENTS = 100
COVERAGES = (0.5, 0.8, 0.9)


class SelectiveAccuracy(msgspec.Struct, frozen=True, kw_only=True):
    """The accuracy on the most confident share of the documents."""

    coverage: float
    accuracy: float
    interval: Interval | None


class ChoiceConfidence(msgspec.Struct, frozen=True, kw_only=True):
    """The calibration of a model on choice tasks.

    The confidence is the likeliest choice's share of the choices' probabilities, and it is right if
    that choice is the target, whatever the task's own metric divides by.
    """

    documents: int
    accuracy: float
    confidence: float
    """The mean confidence."""
    error: CalibrationError
    brier: float
    """Brier's score over all choices, from 0 to 2; less is better."""
    auroc: float | None
    auroc_interval: Interval | None
    selective: tuple[SelectiveAccuracy, ...]
    bins: tuple[ConfidenceBin, ...]


class _Choice(msgspec.Struct, frozen=True):
    confidence: float
    correct: bool
    brier: float


def choice_confidence(view: RunView) -> ChoiceConfidence | None:
    """Return the calibration over the run's choice documents; None with fewer than 100."""
    choices = [choice for sample in view.open_samples if (choice := _choice(sample))]
    if len(choices) < LEAST_DOCUMENTS:
        return None
    sure = [choice.confidence for choice in choices]
    right = [choice.correct for choice in choices]
    ranking = auroc(sure, right)
    return ChoiceConfidence(
        documents=len(choices),
        accuracy=fmean(right),
        confidence=fmean(sure),
        error=calibration_error(sure, right),
        brier=fmean(choice.brier for choice in choices),
        auroc=ranking[0] if ranking else None,
        auroc_interval=ranking[1] if ranking else None,
        selective=tuple(_selective(sure, right, coverage) for coverage in COVERAGES),
        bins=tuple(confidence_bins(sure, right)),
    )


def _selective(sure: list[float], right: list[bool], coverage: float) -> SelectiveAccuracy:
    accuracy, interval = accuracy_at_coverage(sure, right, coverage)
    return SelectiveAccuracy(coverage=coverage, accuracy=accuracy, interval=interval)


def _choice(sample: Sample) -> _Choice | None:
    """Return the likeliest choice's confidence; None without log-probabilities or one target."""
    if sample.status != "ok" or len(sample.choices) < 2:
        return None
    logprobs = [choice.logprob for choice in sample.choices if choice.logprob is not None]
    gold = [place for place, choice in enumerate(sample.choices) if choice.text == sample.target]
    if len(logprobs) < len(sample.choices) or len(gold) != 1:
        return None
    shares = _softmax(logprobs)
    best = max(shares)
    # Σ (share − truth)², with the square written out.
    brier = sum(share * share for share in shares) - 2 * shares[gold[0]] + 1
    return _Choice(best, shares.index(best) == gold[0], brier)


def _softmax(logprobs: Sequence[float]) -> list[float]:
    top = max(logprobs)
    weights = [math.exp(value - top) for value in logprobs]
    total = sum(weights)
    return [weight / total for weight in weights]
