"""Two runs compared, sample by sample: b is better, worse, or the result is inconclusive."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from stack_tui.reports.measures.effects import (
    JUDGE_SCORE,
    RATE,
    RULE_SCORE,
    Effect,
    Verdict,
    effects,
)
from stack_tui.reports.measures.lm_eval_scores import metric_directions
from stack_tui.reports.measures.pairing import SamplePair, SetApart, SuiteFingerprint, pair_samples
from stack_tui.reports.measures.setting_differences import (
    SettingDifference,
    differing_settings,
    model_name,
    more_than_one_thing,
)
from stack_tui.reports.number_format import format_points
from stack_tui.reports.stats.paired import holm
from stack_tui.reports.stats.power import (
    cases_for_mean_difference,
    cases_for_paired_difference,
    smallest_paired_difference,
)
from stack_tui.runs.view import RunView

_WORTH_SEEING = 0.05
DECIDING = (RATE, JUDGE_SCORE, RULE_SCORE)


class RunLabel(msgspec.Struct, frozen=True, kw_only=True):
    """A run in a comparison, and its number of samples."""

    id: str
    subject: str
    endpoint: str
    model: str
    samples: int


class TaskComparison(msgspec.Struct, frozen=True, kw_only=True):
    """One task's effects, with p-values adjusted for the number of tasks."""

    task: str
    effects: tuple[Effect, ...]


class Flip(msgspec.Struct, frozen=True, kw_only=True):
    """A sample that passes in one run and fails in the other."""

    task: str
    id: str
    repeat: int
    kind: Literal["pass → fail", "fail → pass"]
    temperature: float | None = None
    rule_a: float | None = None
    rule_b: float | None = None
    judge_a: float | None = None
    judge_b: float | None = None


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Run b compared with run a, the baseline. Each sample is in a pair or set apart."""

    a: RunLabel
    b: RunLabel
    settings: tuple[SettingDifference, ...]
    warnings: tuple[str, ...]
    pairs: int
    set_apart: tuple[SetApart, ...]
    overall: tuple[Effect, ...]
    tasks: tuple[TaskComparison, ...]
    flips: tuple[Flip, ...]
    decided_by: str | None
    """The measure that the verdict rests on, None if no pair has one."""
    verdict: Verdict
    settle: str
    """What would settle an inconclusive verdict."""
    holdout_pairs: int = 0
    """Pairs of held-out samples, which are not among `pairs`."""
    holdout: tuple[Effect, ...] = ()
    """Their effects, which decide nothing."""

    def effect(self, measure: str) -> Effect | None:
        """Return the overall effect in that measure, None if no pair has it."""
        return next((effect for effect in self.overall if effect.measure == measure), None)


def compare(
    a: RunView,
    b: RunView,
    *,
    suite_a: SuiteFingerprint | None = None,
    suite_b: SuiteFingerprint | None = None,
) -> Comparison:
    """Compare run `b` with run `a`, the baseline, sample by sample.

    Samples pair by task, id, repeat and temperature. The suites' fingerprints show which cases
    changed; their samples are set apart. The verdict rests on one measure, so that it errs in at
    most 5 % of equal runs: the first of pass rate, judge score and rule score that any pair has, or
    the primary metric of a benchmark whose documents neither pass nor fail.
    """
    found, apart = pair_samples(a, b, suite_a, suite_b)
    held = [pair for pair in found if pair.a.holdout or pair.b.holdout]
    pairs = [pair for pair in found if not (pair.a.holdout or pair.b.holdout)]
    directions = metric_directions(a) | metric_directions(b)
    overall = effects(pairs, directions)
    deciding = _deciding(overall, a, b)
    versions = (suite_a.version, suite_b.version) if suite_a and suite_b else None
    settings = differing_settings(a, b, versions)
    return Comparison(
        a=_label(a),
        b=_label(b),
        settings=settings,
        warnings=tuple(_warnings(a, b, settings, checked=versions is not None)),
        pairs=len(pairs),
        set_apart=tuple(apart),
        overall=overall,
        tasks=_by_task(pairs, directions),
        flips=_flips(pairs),
        decided_by=deciding.measure if deciding else None,
        verdict=deciding.verdict if deciding else "inconclusive",
        settle=sample_size_advice(deciding),
        holdout_pairs=len(held),
        holdout=effects(held),
    )


def _label(view: RunView) -> RunLabel:
    return RunLabel(
        id=view.spec.id,
        subject=view.spec.subject.name,
        endpoint=view.spec.endpoint.name,
        model=model_name(view),
        samples=len(view.samples),
    )


def _warnings(
    a: RunView, b: RunView, settings: tuple[SettingDifference, ...], *, checked: bool
) -> Iterable[str]:
    if a.spec.same_outputs(b.spec):
        yield "both runs grade the same recorded outputs: only the grading is compared"
    if more_than_one_thing(settings):
        names = ", ".join(difference.name for difference in settings)
        yield f"the runs differ in more than one thing ({names}): no one of them is the cause"
    if not settings:
        yield "the runs differ in no setting: what differs between them is noise"
    if not checked and any(difference.name == "suite version" for difference in settings):
        yield "the suite changed in between, and its cases were not checked one by one"
    for name, view in (("a", a), ("b", b)):
        missing = view.total.planned - view.total.done
        if missing > 0:
            yield f"run {name} lacks {missing} of its {view.total.planned} samples"


def _deciding(overall: Sequence[Effect], a: RunView, b: RunView) -> Effect | None:
    """Return the effect that the verdict rests on."""
    found = {effect.measure: effect for effect in overall}
    primary = [view.metric(name) for view in (a, b) for name in view.tasks]
    fractional = any(task.fractional for view in (a, b) for task in view.tasks.values())
    names = (*dict.fromkeys(primary), *DECIDING) if fractional else (*DECIDING, *primary)
    return next((found[name] for name in names if name in found), None)


def _by_task(
    pairs: Sequence[SamplePair], directions: Mapping[str, bool]
) -> tuple[TaskComparison, ...]:
    tasks: dict[str, list[SamplePair]] = {}
    for pair in pairs:
        tasks.setdefault(pair.a.task, []).append(pair)
    if len(tasks) < 2:
        return ()
    found = {task: list(effects(of_task, directions)) for task, of_task in tasks.items()}
    measures = dict.fromkeys(effect.measure for some in found.values() for effect in some)
    for measure in measures:
        places = [
            (of_task, place)
            for of_task in found.values()
            for place, effect in enumerate(of_task)
            if effect.measure == measure
        ]
        adjusted = holm([of_task[place].p for of_task, place in places])
        for (of_task, place), p in zip(places, adjusted, strict=True):
            of_task[place] = msgspec.structs.replace(of_task[place], p_adjusted=p)
    return tuple(
        TaskComparison(task=task, effects=tuple(of_task)) for task, of_task in found.items()
    )


def _flips(pairs: Sequence[SamplePair]) -> tuple[Flip, ...]:
    pairs = sorted(pairs, key=lambda pair: pair.a.position)
    lost = [_flip(pair) for pair in pairs if pair.a.passed is True and pair.b.passed is False]
    gained = [_flip(pair) for pair in pairs if pair.a.passed is False and pair.b.passed is True]
    return (*lost, *gained)


def _flip(pair: SamplePair) -> Flip:
    a, b = pair.a, pair.b
    return Flip(
        task=a.task,
        id=a.id,
        repeat=a.repeat,
        temperature=b.temperature if a.temperature is None else a.temperature,
        kind="pass → fail" if a.passed else "fail → pass",
        rule_a=a.rule_score,
        rule_b=b.rule_score,
        judge_a=a.judge_score,
        judge_b=b.judge_score,
    )


def sample_size_advice(effect: Effect | None) -> str:
    """Return in words what would settle an inconclusive effect, "" for a settled one."""
    if effect is None:
        return "No pair of samples has a score in both runs: there is nothing to compare."
    if effect.verdict != "inconclusive":
        return ""
    if effect.measure == RATE:
        return _rate_advice(effect)
    return _score_advice(effect)


def _rate_advice(effect: Effect) -> str:
    differing = (effect.higher + effect.lower) / effect.pairs
    if not differing:
        reach = format_points(effect.high or 0.0)
        return (
            f"All {effect.pairs} pairs have the same outcome; a difference of up to {reach} can "
            "hide behind that. Only more cases, or harder ones, would tell."
        )
    if effect.cases < effect.pairs:
        return _needed(effect, format_points(abs(effect.difference)))
    shown = format_points(smallest_paired_difference(effect.cases, differing))
    start = (
        f"{effect.cases} cases of which {differing:.0%} differ show differences of {shown} or more."
    )
    if not effect.difference:
        needed = cases_for_paired_difference(_WORTH_SEEING, differing)
        return f"{start} To see one of {format_points(_WORTH_SEEING)} takes about {needed} cases."
    needed = cases_for_paired_difference(effect.difference, differing)
    return f"{start} {_more(format_points(abs(effect.difference)), needed, effect.cases)}"


def _score_advice(effect: Effect) -> str:
    if not effect.higher + effect.lower:
        return f"All {effect.pairs} pairs have the same {effect.measure}; more cases would tell."
    return _needed(effect, f"{abs(effect.difference):.2f}")


def _needed(effect: Effect, size: str) -> str:
    if not effect.difference:
        return f"The mean {effect.measure} is the same in both; more cases would say how nearly."
    if not effect.deviation:
        alike = "One case says" if effect.cases == 1 else f"{effect.cases} cases alike say"
        return f"{alike} too little of the others: more cases would tell."
    needed = cases_for_mean_difference(effect.difference, effect.deviation)
    return _more(size, needed, effect.cases)


def _more(size: str, needed: int | None, cases: int) -> str:
    more = max(1, (needed or 0) - cases)
    return (
        f"Were the difference of {size} real, about {cases + more} cases would show it "
        f"(four times in five): {more} more."
    )
