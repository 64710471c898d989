"""Which samples of two runs can be compared, and why the others cannot."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from stack_tui.runs.events import Sample, SampleKey
from stack_tui.runs.view import RunView

UnpairedReason = Literal["only in a", "only in b", "no outcome", "case changed"]


class SuiteFingerprint(msgspec.Struct, frozen=True, kw_only=True):
    """A suite as a run used it: its version, and a fingerprint of each case by id."""

    version: str
    cases: Mapping[str, str]


class SetApart(msgspec.Struct, frozen=True, kw_only=True):
    """A sample that is not compared; `reason` holds details if there are any."""

    task: str
    id: str
    repeat: int
    why: UnpairedReason
    temperature: float | None = None
    reason: str = ""


class SamplePair(msgspec.Struct, frozen=True):
    """The same sample's outcomes in both runs."""

    a: Sample
    b: Sample

    @property
    def case(self) -> tuple[str, str, bool]:
        """The unit of statistics: the case with its repeats, or the case's cluster."""
        return self.b.counted_as


class Pairing(msgspec.Struct, frozen=True, kw_only=True):
    """The samples of two runs: each is in a pair or set apart."""

    pairs: list[SamplePair]
    apart: list[SetApart]
    unanswered: list[SamplePair]
    """Those set apart because one run or both have no outcome, such as an error."""


def pair_samples(
    a: RunView,
    b: RunView,
    suite_a: SuiteFingerprint | None = None,
    suite_b: SuiteFingerprint | None = None,
) -> Pairing:
    """Return the pairs and the samples set apart.

    Without both suites' fingerprints, a case counts as unchanged unless its targets differ.
    """
    changed = _changed_cases(suite_a, suite_b)
    samples_a, samples_b = keyed(a, b), keyed(b, a)
    pairs: list[SamplePair] = []
    apart: list[SetApart] = []
    unanswered: list[SamplePair] = []
    for key in sorted(samples_a.keys() | samples_b.keys(), key=_order):
        first, second = samples_a.get(key), samples_b.get(key)
        if first is None or second is None:
            apart.append(_apart(key, "only in b" if first is None else "only in a"))
        elif first.id in changed or _other_target(first, second):
            apart.append(_apart(key, "case changed"))
        elif reason := _no_outcome(first, second):
            apart.append(_apart(key, "no outcome", reason))
            unanswered.append(SamplePair(first, second))
        else:
            pairs.append(SamplePair(first, second))
    return Pairing(pairs=pairs, apart=apart, unanswered=unanswered)


def keyed(view: RunView, other: RunView) -> dict[SampleKey, Sample]:
    """Return the samples by the key that pairs them with the other run's.

    If either run has several temperatures, samples pair by temperature. Otherwise each run has one,
    and the two may differ.
    """
    several = any(len(each.spec.temperatures) > 1 for each in (view, other))
    only = view.spec.temperatures[0] if len(view.spec.temperatures) == 1 else None
    own = only if several else None
    return {
        (*sample.key[:3], own if sample.temperature is None else sample.temperature): sample
        for sample in view.samples
    }


def _order(key: SampleKey) -> tuple[str, str, int, float]:
    return (*key[:3], -1.0 if key[3] is None else key[3])


def _apart(key: SampleKey, why: UnpairedReason, reason: str = "") -> SetApart:
    task, id, repeat, temperature = key
    return SetApart(
        task=task, id=id, repeat=repeat, temperature=temperature, why=why, reason=reason
    )


def _changed_cases(a: SuiteFingerprint | None, b: SuiteFingerprint | None) -> set[str]:
    if a is None or b is None:
        return set()
    return {id for id in a.cases.keys() | b.cases.keys() if a.cases.get(id) != b.cases.get(id)}


def _other_target(a: Sample, b: Sample) -> bool:
    return bool(a.target and b.target) and a.target != b.target


def _no_outcome(a: Sample, b: Sample) -> str:
    reasons = (("a", outcome_missing(a)), ("b", outcome_missing(b)))
    return ", ".join(f"{reason} in {side}" for side, reason in reasons if reason)


def outcome_missing(sample: Sample) -> str:
    """Return why the sample has no outcome, "" if it has one."""
    if sample.status == "error":
        return f"error: {sample.failure.kind}" if sample.failure else "error"
    if sample.unscored and sample.passed is None:
        return "unscored"
    scores = (sample.passed, sample.rule_score, sample.judge_score)
    if all(score is None for score in scores) and not sample.metrics:
        return "no score"
    return ""
