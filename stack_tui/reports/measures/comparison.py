"""Two runs compared, sample by sample: b is better, worse, or the result is inconclusive."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from stack_tui.reports.measures.compared_parts import compared_parts, differently_judged
from stack_tui.reports.measures.effects import Effect, Verdict, effects
from stack_tui.reports.measures.lm_eval_scores import metric_directions
from stack_tui.reports.measures.pairing import SamplePair, SetApart, SuiteFingerprint, pair_samples
from stack_tui.reports.measures.setting_differences import (
    SettingDifference,
    differing_settings,
    model_name,
    more_than_one_thing,
)
from stack_tui.reports.measures.verdicts import PartVerdict, overall_verdict, part_verdicts
from stack_tui.reports.number_format import describe_p
from stack_tui.reports.stats.paired import holm
from stack_tui.runs.view import RunView

OWN_MEASURE = "the measure of each"


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


class Comparison(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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
    """How far the difference can reach, if the verdict does not tell."""
    holdout_pairs: int
    """Pairs of held-out samples, which are not among `pairs`."""
    holdout: tuple[Effect, ...]
    """Their effects, which decide nothing."""
    parts: tuple[PartVerdict, ...]
    """The verdict on the suite, or on each benchmark that was named."""

    @property
    def part(self) -> PartVerdict | None:
        """The only part, None if there are several or none."""
        return self.parts[0] if len(self.parts) == 1 else None

    def effect(self, measure: str) -> Effect | None:
        """Return the overall effect in that measure, None if no pair has it."""
        return next((effect for effect in self.overall if effect.measure == measure), None)


def compare(
    a: RunView,
    b: RunView,
    *,
    suite_a: SuiteFingerprint | None = None,
    suite_b: SuiteFingerprint | None = None,
    margin: float | None = None,
    pooled: bool = False,
) -> Comparison:
    """Compare run `b` with run `a`, the baseline, sample by sample.

    Samples pair by task, id, repeat and temperature. The suites' fingerprints show which cases
    changed; their samples are set apart. Each benchmark that was named has a verdict of its own,
    unless they are `pooled`. A verdict rests on one measure, so that it errs in at most 5 % of
    equal runs: the first of pass rate, judge score and rule score that any pair has, or the primary
    metric of a benchmark whose documents neither pass nor fail. `margin` is that of equivalence, a
    share of 1.
    """
    found = pair_samples(a, b, suite_a, suite_b)
    held = [pair for pair in found.pairs if pair.a.holdout or pair.b.holdout]
    pairs = [pair for pair in found.pairs if not (pair.a.holdout or pair.b.holdout)]
    unanswered = [p for p in found.unanswered if not (p.a.holdout or p.b.holdout)]
    directions = metric_directions(a) | metric_directions(b)
    final = not (unfinished(a) or unfinished(b))
    wanted = compared_parts(a, b, pairs, unanswered, pooled=pooled)
    parts = part_verdicts(wanted, directions, final=final, margin=margin)
    versions = (suite_a.version, suite_b.version) if suite_a and suite_b else None
    settings = differing_settings(a, b, versions, [*pairs, *unanswered])
    measures = list(dict.fromkeys(part.effect.measure for part in parts))
    return Comparison(
        a=_label(a),
        b=_label(b),
        settings=settings,
        warnings=(
            *_warnings(a, b, settings, checked=versions is not None),
            *_warnings_on_parts(parts, pairs),
        ),
        pairs=len(pairs),
        set_apart=tuple(found.apart),
        overall=effects(pairs, directions),
        tasks=_by_task(pairs, directions),
        flips=_flips(pairs),
        decided_by=OWN_MEASURE if len(measures) > 1 else next(iter(measures), None),
        verdict=overall_verdict(parts) if final else "not final",
        settle=_settle(parts),
        holdout_pairs=len(held),
        holdout=effects(held, directions),
        parts=parts,
    )


def unfinished(view: RunView) -> int:
    """Return how many samples of the run are missing: looking early finds too many differences."""
    return max(view.total.planned - view.total.done, int(view.plan_is_partial))


def _settle(parts: Sequence[PartVerdict]) -> str:
    if not parts:
        return "No pair of samples has a score in both runs: there is nothing to compare."
    return parts[0].settle if len(parts) == 1 else ""


def _warnings_on_parts(parts: Sequence[PartVerdict], pairs: Sequence[SamplePair]) -> Iterable[str]:
    if different := sum(map(differently_judged, pairs)):
        yield (
            f"{different} of {len(pairs)} pairs are judged in one run alone or by other criteria: "
            "the verdict is on what both runs share, the rules"
        )
    for part in parts:
        if (bounds := part.unanswered) and bounds.uneven:
            more, less = ("b", "a") if bounds.b > bounds.a else ("a", "b")
            counts = {"a": bounds.a, "b": bounds.b}
            of = f" of {part.name}" if len(parts) > 1 else ""
            yield (
                f"run {more} has no outcome for {counts[more]} samples{of}, run {less} for "
                f"{counts[less]} ({describe_p(bounds.p)}): that is no accident"
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
    if not settings and a.samples and b.samples:
        yield "the runs differ in no setting: what differs between them is noise"
    if not checked and any(difference.name == "suite version" for difference in settings):
        yield "the suite changed in between, and its cases were not checked one by one"
    for name, view in (("a", a), ("b", b)):
        if missing := unfinished(view):
            yield f"run {name} lacks {missing} of its {view.total.planned} samples"


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
