"""How reliable a run's judges are: their agreement, and notes on each."""

import math
import re
from collections.abc import Sequence
from itertools import combinations
from statistics import fmean
from typing import Literal

import msgspec

from stack_tui.reports.measures.setting_differences import model_name
from stack_tui.reports.measures.summary import in_order
from stack_tui.reports.stats.rater_agreement import Alpha, krippendorff
from stack_tui.reports.stats.sample_intervals import Interval, mean_interval, rate_interval
from stack_tui.reports.stats.spearman import spearman
from stack_tui.runs.events import JUDGE_PASS, Sample
from stack_tui.runs.spec import DuelSubject
from stack_tui.runs.view import RunView

_APART_KEPT = 20


JudgeKinship = Literal["itself", "family"]

# Words that name a family. The name of a fine-tune mostly keeps that of its base model.
_FAMILIES = {
    "llama": ("llama", "vicuna", "alpaca", "nemotron"),
    "qwen": ("qwen", "qwq", "qvq"),
    "mistral": ("mistral", "mixtral", "ministral", "codestral", "magistral", "devstral", "pixtral"),
    "gemma": ("gemma", "gemini"),
    "gpt": ("gpt", "chatgpt", "o1", "o3", "o4", "davinci"),
    "claude": ("claude",),
    "deepseek": ("deepseek",),
    "phi": ("phi",),
    "command": ("command", "aya"),
    "glm": ("glm", "chatglm"),
    "yi": ("yi",),
    "grok": ("grok",),
    "kimi": ("kimi", "moonshot"),
}
_WORD_FAMILIES = {word: family for family, words in _FAMILIES.items() for word in words}
_WORD = re.compile(r"[a-z]+(?:\d(?![a-z0-9]))?")


class PairAgreement(msgspec.Struct, frozen=True, kw_only=True):
    """How often two judges agree."""

    one: str
    other: str
    samples: int
    """Samples that both scored."""
    same: int
    """Samples with the same whole point."""
    near: int
    """Samples with scores within one point."""
    same_verdict: int
    """Samples that both pass or both fail."""
    same_interval: Interval | None
    difference: float
    """By how much `one` scores higher, on average."""
    difference_interval: Interval | None


class JudgeDisagreement(msgspec.Struct, frozen=True, kw_only=True):
    """A sample that judges score differently, and by how many points."""

    task: str
    sample: str
    spread: float
    scores: dict[str, float]


class LengthTendency(msgspec.Struct, frozen=True, kw_only=True):
    """Spearman's ρ of a judge's scores with the lengths of outputs, over cases."""

    rho: float
    interval: Interval
    cases: int


class CriterionMean(msgspec.Struct, frozen=True, kw_only=True):
    """A criterion's mean over the `n_scored` outputs with a readable score."""

    name: str
    n_scored: int
    n_asked: int
    avg: float | None


class JudgeNotes(msgspec.Struct, frozen=True, kw_only=True):
    """What to know about one judge."""

    judge: str
    model: str
    kinship: JudgeKinship | None
    length: LengthTendency | None
    criteria: tuple[CriterionMean, ...]


class JudgeAgreement(msgspec.Struct, frozen=True, kw_only=True):
    """The judges' agreement, None and empty for a single judge, and notes on each."""

    alpha: Alpha | None
    pairs: tuple[PairAgreement, ...]
    apart: tuple[JudgeDisagreement, ...]
    no_majority: int
    judges: tuple[JudgeNotes, ...]


def panel_report(view: RunView) -> JudgeAgreement | None:
    """Return what the run shows about its judges, None without judges."""
    samples = in_order(sample for sample in view.open_samples if sample.verdicts)
    if not samples or isinstance(view.spec.subject, DuelSubject):
        return None
    judges = {(v.judge, v.model): None for sample in samples for v in sample.verdicts}
    model = model_name(view)
    return JudgeAgreement(
        alpha=agreement(samples),
        pairs=tuple(
            pair
            for one, other in combinations(judges, 2)
            if (pair := _pair(samples, one[0], other[0]))
        ),
        apart=_apart(samples),
        no_majority=sum(sample.no_majority for sample in samples),
        judges=tuple(_notes(samples, *judge, "" if model == "–" else model) for judge in judges),
    )


def agreement(samples: Sequence[Sample]) -> Alpha | None:
    """Return Krippendorff's alpha over the judges' scores, None if no sample has two."""
    judged = [sample for sample in samples if not sample.outputs]
    scores = [list(_scores(sample).values()) for sample in judged]
    return krippendorff(scores, [sample.counted_as for sample in judged])


def _scores(sample: Sample) -> dict[str, float]:
    return {v.judge: v.score for v in sample.verdicts if v.score is not None}


def _pair(samples: Sequence[Sample], one: str, other: str) -> PairAgreement | None:
    both = [
        (sample.counted_as, given[one], given[other])
        for sample in samples
        if one in (given := _scores(sample)) and other in given
    ]
    if not both:
        return None
    cases = [case for case, _, _ in both]
    same = [whole_point(a) == whole_point(b) for _, a, b in both]
    differences = [a - b for _, a, b in both]
    return PairAgreement(
        one=one,
        other=other,
        samples=len(both),
        same=sum(same),
        near=sum(abs(a - b) <= 1 for _, a, b in both),
        same_verdict=sum((a >= JUDGE_PASS) == (b >= JUDGE_PASS) for _, a, b in both),
        same_interval=rate_interval(same, cases),
        difference=fmean(differences),
        difference_interval=mean_interval(differences, cases, (-4.0, 4.0)),
    )


def whole_point(score: float) -> int:
    """Return the whole point nearest to a weighted score; halves are rounded up."""
    return math.floor(score + 0.5)


def _apart(samples: Sequence[Sample]) -> tuple[JudgeDisagreement, ...]:
    found = [
        JudgeDisagreement(task=sample.task, sample=sample.name, spread=spread, scores=scores)
        for sample in samples
        if (scores := _scores(sample))
        and (spread := max(scores.values()) - min(scores.values())) > 0
    ]
    return tuple(sorted(found, key=lambda each: -each.spread)[:_APART_KEPT])


def _notes(samples: Sequence[Sample], judge: str, name: str, model: str) -> JudgeNotes:
    return JudgeNotes(
        judge=judge,
        model=name,
        kinship=kinship(name, model),
        length=_length(samples, judge),
        criteria=_criteria(samples, judge),
    )


def _length(samples: Sequence[Sample], judge: str) -> LengthTendency | None:
    """Return the tendency over cases; the lengths and scores of a case are averaged first."""
    by_case: dict[object, list[tuple[int, float]]] = {}
    for sample in samples:
        if (score := _scores(sample).get(judge)) is not None:
            by_case.setdefault(sample.counted_as, []).append((len(sample.output), score))
    lengths = [fmean(length for length, _ in found) for found in by_case.values()]
    scores = [fmean(score for _, score in found) for found in by_case.values()]
    correlated = spearman(lengths, scores)
    if correlated is None:
        return None
    return LengthTendency(rho=correlated[0], interval=correlated[1], cases=len(scores))


def _criteria(samples: Sequence[Sample], judge: str) -> tuple[CriterionMean, ...]:
    found: dict[str, list[float | None]] = {}
    for sample in samples:
        for verdict in sample.verdicts:
            for each in verdict.criteria if verdict.judge == judge else ():
                found.setdefault(each.name, []).append(each.score)
    means = []
    for name, given in found.items():
        scores = [score for score in given if score is not None]
        avg = fmean(scores) if scores else None
        means.append(CriterionMean(name=name, n_scored=len(scores), n_asked=len(given), avg=avg))
    return tuple(means)


def families(model: str) -> frozenset[str]:
    """Return the families that a model's name shows; for an unknown one, its first word."""
    name = model.lower()
    known = {_WORD_FAMILIES[each] for word in _WORD.findall(name) for each in _parts(word)}
    if known:
        return frozenset(known)
    own = re.findall("[a-z]+", name.rsplit("/", 1)[-1])
    return frozenset(own[:1])


def _parts(word: str) -> list[str]:
    """Return the known words in a word: itself, without digits, or its end (codellama)."""
    bare = word.rstrip("0123456789")
    ends = [known for known in _WORD_FAMILIES if len(known) > 3 and bare.endswith(known)]
    return [each for each in {word, bare, *ends} if each in _WORD_FAMILIES]


def kinship(judge: str, model: str) -> JudgeKinship | None:
    """Return how the judge is related to the model, going by their names; None if it is not."""
    if not judge or not model:
        return None
    if _bare(judge) == _bare(model):
        return "itself"
    return "family" if families(judge) & families(model) else None


def _bare(model: str) -> str:
    return model.lower().rsplit("/", 1)[-1]
