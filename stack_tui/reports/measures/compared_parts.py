"""What a comparison gives verdicts on: a suite, or each benchmark that was named."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from stack_tui.reports.measures.effects import (
    JUDGE_SCORE,
    RATE,
    RULE_RATE,
    RULE_SCORE,
    ClusterName,
)
from stack_tui.reports.measures.lm_eval_scores import recorded_scores
from stack_tui.reports.measures.pairing import SamplePair
from stack_tui.runs.events import Sample
from stack_tui.runs.spec import BenchmarkSubject
from stack_tui.runs.view import RunView

_ALIKE = 0.9


@dataclass(frozen=True, slots=True)
class ComparedPart:
    """A suite, a task, or a group of tasks, with its samples in both runs."""

    name: str
    pairs: list[SamplePair] = field(default_factory=list)
    unanswered: list[SamplePair] = field(default_factory=list)
    measures: tuple[str, ...] = (RATE, JUDGE_SCORE, RULE_SCORE)
    """The measures that may decide: the first one that any pair has does."""
    equal_tasks: bool = False
    """Whether a group's tasks weigh the same in its score of record, whatever their sizes."""
    parallel: bool = False
    """Whether its tasks ask the same documents in several languages or with several prompts."""

    @property
    def cluster_of(self) -> ClusterName:
        """What names the cluster of a pair: across parallel tasks it is the document."""
        return _document if self.parallel else _case


def _case(pair: SamplePair) -> Hashable:
    return pair.case


def _document(pair: SamplePair) -> Hashable:
    return pair.b.id


def compared_parts(
    a: RunView,
    b: RunView,
    pairs: Sequence[SamplePair],
    unanswered: Sequence[SamplePair],
    *,
    pooled: bool,
) -> list[ComparedPart]:
    """Return the parts that have pairs; a benchmark's are its named tasks and groups, in order.

    A group without a score of record, such as a tag, is no part: its tasks are. `pooled` puts all
    pairs into one part.
    """
    subjects = (a.spec.subject, b.spec.subject)
    tasks = dict.fromkeys(pair.b.task for pair in (*pairs, *unanswered))
    if not all(isinstance(subject, BenchmarkSubject) for subject in subjects):
        measures = _shared_measures(pairs)
        return [ComparedPart(b.spec.subject.name, [*pairs], [*unanswered], measures)]
    if pooled:
        measures = _task_measures(a, b, tuple(tasks))
        return [ComparedPart("all together", [*pairs], [*unanswered], measures)]
    names = dict.fromkeys(name for s in subjects for name in getattr(s, "tasks", ()))
    parts = {part.name: part for name in names for part in _named(a, b, name, tuple(tasks), pairs)}
    leaves = {
        part.name: {name for name in tasks if part.name in (name, *_groups(a, b, name))}
        for part in parts.values()
    }
    for source, kept in ((pairs, "pairs"), (unanswered, "unanswered")):
        for pair in source:
            for part in parts.values():
                if pair.b.task in leaves[part.name]:
                    getattr(part, kept).append(pair)
    return [part for part in parts.values() if part.pairs]


def _named(
    a: RunView, b: RunView, name: str, tasks: Sequence[str], pairs: Sequence[SamplePair]
) -> Iterator[ComparedPart]:
    """Yield the task or group of that name, or the tasks of a group without a score."""
    if name in tasks:
        yield ComparedPart(name, measures=_task_measures(a, b, (name,)))
        return
    leaves = [task for task in tasks if name in _groups(a, b, task)]
    if not leaves:
        return
    metric = _group_metric(a, b, name, leaves)
    if not metric:
        for leaf in leaves:
            yield ComparedPart(leaf, measures=_task_measures(a, b, (leaf,)))
        return
    primary = {_metric(a, b, leaf) for leaf in leaves} == {metric}
    measures = _task_measures(a, b, leaves) if primary else (metric,)
    yield ComparedPart(
        name,
        measures=measures,
        equal_tasks=_weighs_equally(a, b, name, leaves, metric),
        parallel=are_parallel(leaves, pairs),
    )


def _task_measures(a: RunView, b: RunView, tasks: Sequence[str]) -> tuple[str, ...]:
    """Return the pass rate and the primary metrics, these first if any takes fractions."""
    metrics = tuple(dict.fromkeys(filter(None, (_metric(a, b, task) for task in tasks))))
    views = (view.tasks.get(task) for view in (a, b) for task in tasks)
    if any(count.fractional for count in views if count):
        return (*metrics, RATE)
    return (RATE, *metrics, JUDGE_SCORE, RULE_SCORE)


def _shared_measures(pairs: Sequence[SamplePair]) -> tuple[str, ...]:
    """Return what may decide between two runs of a suite: only what both measure alike."""
    if any(differently_judged(pair) for pair in pairs):
        return (RULE_RATE, RULE_SCORE)
    return (RATE, JUDGE_SCORE, RULE_SCORE)


def differently_judged(pair: SamplePair) -> bool:
    """Return whether judges decided in one run alone, or by other criteria."""
    if pair.a.truncated_while_thinking or pair.b.truncated_while_thinking:
        return False
    return _judged_by(pair.a) != _judged_by(pair.b)


def _judged_by(sample: Sample) -> Hashable:
    if not sample.verdicts:
        return None
    return frozenset((each.name, each.weight) for each in sample.verdicts[0].criteria)


def _groups(a: RunView, b: RunView, task: str) -> tuple[str, ...]:
    return tuple(group for view in (b, a) if (plan := view.plan.get(task)) for group in plan.groups)


def _metric(a: RunView, b: RunView, task: str) -> str:
    return b.metric(task) or a.metric(task)


def _group_metric(a: RunView, b: RunView, name: str, leaves: Sequence[str]) -> str:
    """Return the metric of the group's score of record, its tasks' primary one if it is there."""
    recorded = dict.fromkeys(
        f"{score.metric},{score.filter}"
        for view in (b, a)
        for score in recorded_scores(view)
        if score.task == name
    )
    primary = [_metric(a, b, leaf) for leaf in leaves]
    return next((metric for metric in (*primary, *recorded) if metric in recorded), "")


def _weighs_equally(a: RunView, b: RunView, name: str, leaves: Sequence[str], metric: str) -> bool:
    """Return whether the group's scores of record are plain means of its tasks' scores.

    lm-eval's results do not say how a group weighs its tasks, but only one way gives its scores.
    """
    by_size = alike = 0.0
    for view in (a, b):
        values = {
            score.task: score.value
            for score in recorded_scores(view)
            if f"{score.metric},{score.filter}" == metric
        }
        sizes = {leaf: view.tasks[leaf].done for leaf in leaves if leaf in values}
        total = sum(sizes.values())
        if name in values and total:
            weighted = sum(values[leaf] * size for leaf, size in sizes.items()) / total
            plain = sum(values[leaf] for leaf in sizes) / len(sizes)
            by_size += abs(values[name] - weighted)
            alike += abs(values[name] - plain)
    return alike < by_size - 1e-9


def are_parallel(tasks: Sequence[str], pairs: Sequence[SamplePair]) -> bool:
    """Return whether the tasks ask the same documents: translations, or variants of a prompt.

    They do if they have the same documents by index, with the same answer in nine of ten.
    """
    answers: dict[str, dict[str, Hashable]] = {task: {} for task in tasks}
    for pair in pairs:
        if pair.b.task in answers:
            answers[pair.b.task][pair.b.id] = _answer(pair.b)
    first, *others = answers.values()
    if not others or len(set(first.values())) < 2:
        return False
    return all(_agree(first, other) for other in others)


def _answer(sample: Sample) -> Hashable:
    """Return the right answer: of choices its place, because their texts may be translated."""
    texts = [choice.text for choice in sample.choices]
    return texts.index(sample.target) if sample.target in texts else sample.target


def _agree(one: Mapping[str, Hashable], other: Mapping[str, Hashable]) -> bool:
    both = one.keys() & other.keys()
    if len(both) < _ALIKE * max(len(one), len(other)):
        return False
    return sum(one[id] == other[id] for id in both) >= _ALIKE * len(both)
