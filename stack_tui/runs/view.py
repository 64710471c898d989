"""The model of a run that every reader builds: a fold over its events, and nothing else."""

from collections import deque
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field

from msgspec.structs import replace

from stack_tui.runs.events import (
    Answer,
    Event,
    Fault,
    Finding,
    Finished,
    Planned,
    Prefix,
    RecordScores,
    RunState,
    Sample,
    SampleKey,
    Server,
    Started,
    StateChanged,
    Status,
    TaskPlan,
)
from stack_tui.runs.holdout import HoldoutAccess, redact
from stack_tui.runs.labels import Label
from stack_tui.runs.spec import RunSpec
from stack_tui.runs.usage import Usage

_FAULTS_KEPT = 200
_RATE_WINDOW_S = 30.0


@dataclass(slots=True)
class TaskCount:
    """The progress of a task."""

    planned: int = 0
    done: int = 0
    passed: int = 0
    failed: int = 0
    status: dict[Status, int] = field(default_factory=dict)
    fractional: bool = False
    """Whether the primary metric is neither 0 nor 1 in any sample: then no sample passes."""

    def add(self, sample: Sample, sign: int = 1) -> None:
        """Add the sample, or with `sign` -1 remove it."""
        self.done += sign
        self.status[sample.status] = self.status.get(sample.status, 0) + sign
        if sample.passed is not None:
            self.passed += sign * sample.passed
            self.failed += sign * (not sample.passed)


class RunView:
    """What is known of a run; folding the same events always gives the same view.

    `samples` keeps the order in which they first came; held-out ones are redacted, and
    `including_holdout` gives them in full. A sample passes or fails only if its task's primary
    metric is 0 or 1 in every sample: a few ones among fractions make no pass rate. `usage` is by
    role; `revision` grows with every change. `holdouts` says whether any sample is held out;
    `accesses` to these are not events of the run: whoever reads the access log sets them.
    """

    def __init__(self, spec: RunSpec) -> None:
        self.spec = spec
        self.revision = 0
        self.started: Started | None = None
        self.finished: Finished | None = None
        self.state: RunState = "stopped"
        self.concurrency: int | None = None
        self.plan: dict[str, TaskPlan] = {}
        self.plan_is_partial = False
        self.prefixes: dict[str, str] = {}
        self.samples: list[Sample] = []
        self.tasks: dict[str, TaskCount] = {}
        self.total = TaskCount()
        self.answers = 0
        self._answered: set[tuple[str, float]] = set()
        self.usage: dict[str, Usage] = {}
        self.faults: list[Fault] = []
        self.fault_count = 0
        self.findings: dict[tuple[str, str], Finding] = {}
        self.server: Server | None = None
        self.scores: RecordScores | None = None
        self.labels: Mapping[SampleKey, Label] = {}
        self.session_began: float | None = None
        self.active_s = 0.0
        self.last_at: float | None = None
        self.holdouts = False
        self.accesses: tuple[HoldoutAccess, ...] = ()
        self._complete: list[Sample] = []
        self._places: dict[SampleKey, int] = {}
        self._recent: deque[float] = deque()

    def apply(self, events: Iterable[Event]) -> None:
        """Apply the events, in their order."""
        for event in events:
            self._apply_one(event)
            self.revision += 1

    def relabel(self, labels: Mapping[SampleKey, Label]) -> None:
        """Set the labels in force; they lie beside the journal and are not events."""
        self.labels = labels
        self.revision += 1

    def _apply_one(self, event: Event) -> None:
        match event:
            case Answer():
                self._count_answer(event)
            case Sample():
                self._add_sample(event)
            case Started():
                self.started = event
                self.finished = None
                self.state = "running"
                self.session_began = event.at
                self._recent.clear()
            case Planned():
                self._plan(event)
            case Prefix():
                self.prefixes[event.id] = event.text
            case Fault():
                self.fault_count += 1
                self.faults.append(event)
                del self.faults[:-_FAULTS_KEPT]
            case Finding():
                self.findings[event.task, event.check] = event
            case RecordScores():
                self.scores = event
            case Server():
                self.server = event
            case StateChanged():
                self.state = event.state
                self.concurrency = event.concurrency or self.concurrency
            case Finished():
                self.finished = event
                self.state = "stopped"
        self._advance_clock(event)

    def _count_answer(self, answer: Answer) -> None:
        """Count the answer and its tokens, once if a damaged disk or a copy doubled its line."""
        if (known := (answer.key, answer.at)) in self._answered:
            return
        self._answered.add(known)
        self.answers += 1
        self.usage.setdefault(answer.role, Usage()).add(answer.response)

    def _advance_clock(self, event: Event) -> None:
        if self.last_at is not None and not isinstance(event, Started):
            self.active_s += max(0.0, event.at - self.last_at)
        self.last_at = event.at

    def _plan(self, event: Planned) -> None:
        self.plan = {task.name: task for task in event.tasks}
        self.plan_is_partial = event.partial
        self.prefixes.update(event.prefixes)
        for task in event.tasks:
            self.tasks.setdefault(task.name, TaskCount()).planned = task.samples
        self.total.planned = sum(task.samples for task in event.tasks)

    def metric(self, task: str) -> str:
        """Return the task's primary metric as "name,filter", "" if it has none."""
        plan = self.plan.get(task)
        return plan.metric if plan else ""

    def _add_sample(self, sample: Sample) -> None:
        self.holdouts = self.holdouts or sample.holdout
        task = self.tasks.setdefault(sample.task, TaskCount())
        metric = self.metric(sample.task)
        if metric and not task.fractional and sample.metrics.get(metric, 0) not in (0, 1):
            self._count_no_passes(sample.task)
        if task.fractional:
            sample = replace(sample, passed=None)
        elif sample.truncated_while_thinking and sample.passed is None:
            sample = replace(sample, passed=False)  # earlier versions recorded no verdict
        place = self._places.get(sample.key)
        if place is None:
            self._places[sample.key] = len(self.samples)
            self.samples.append(redact(sample))
            self._complete.append(sample)
        else:
            task.add(self.samples[place], -1)
            self.total.add(self.samples[place], -1)
            self.samples[place] = redact(sample)
            self._complete[place] = sample
        task.add(sample)
        self.total.add(sample)
        self._recent.append(sample.at)
        while self._recent[0] < sample.at - _RATE_WINDOW_S:
            self._recent.popleft()

    def _count_no_passes(self, name: str) -> None:
        """Take back the passes and failures of a task whose primary metric takes fractions."""
        task = self.tasks[name]
        task.fractional = True
        self.total.passed -= task.passed
        self.total.failed -= task.failed
        task.passed = task.failed = 0
        for kept in (self.samples, self._complete):
            kept[:] = [replace(s, passed=None) if s.task == name else s for s in kept]

    @property
    def open_samples(self) -> list[Sample]:
        """The samples that figures are of: all but the held-out ones."""
        if not self.holdouts:
            return self.samples
        return [sample for sample in self.samples if not sample.holdout]

    @property
    def held_out_samples(self) -> list[Sample]:
        """The held-out samples."""
        return [sample for sample in self.samples if sample.holdout] if self.holdouts else []

    def including_holdout(self, access: HoldoutAccess) -> "RunView":
        """Return the view with the texts of held-out samples; `access` is what `log_access` gave.

        Its samples follow those of this view; events are applied to this one alone.
        """
        revealed = copy(self)
        revealed.samples = self._complete
        revealed.accesses = (
            (*self.accesses, access) if access not in self.accesses else self.accesses
        )
        return revealed

    def sample(self, key: SampleKey) -> Sample | None:
        """Return the latest sample of that key, None if there is none."""
        place = self._places.get(key)
        return None if place is None else self.samples[place]

    def rate(self, now: float) -> float | None:
        """Return samples per second over this session's last 30 s, None before two came."""
        recent = [at for at in self._recent if at >= now - _RATE_WINDOW_S]
        if self.session_began is None or len(recent) < 2:
            return None
        span = now - max(self.session_began, now - _RATE_WINDOW_S)
        return len(recent) / span if span > 0 else None

    def time_left_s(self, now: float) -> float | None:
        """Return the seconds that the missing samples will take at the current rate."""
        rate = None if self.plan_is_partial else self.rate(now)
        return (self.total.planned - self.total.done) / rate if rate else None


def is_settled(sample: Sample) -> bool:
    """Return whether the outcome is final, so that a resumed run asks neither model nor judge."""
    failed = any(verdict.failure for verdict in sample.verdicts)
    return sample.status != "error" and not failed
