"""What the screens show at one moment: built by the reader's thread, and immutable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from stack_tui.errors import StackError
from stack_tui.runs.events import Fault, Finding, Sample, SampleKey, TaskPlan
from stack_tui.runs.labels import Label
from stack_tui.runs.spec import BenchmarkSubject, RunSpec
from stack_tui.runs.store import Phase, Run
from stack_tui.runs.view import TaskCount
from stack_tui.tui.state.metrics_history import Load
from stack_tui.tui.state.pass_rate_history import PassRateHistory
from stack_tui.wilson import Interval, wilson_interval

if TYPE_CHECKING:
    from stack_tui.reports.measures.lm_eval_scores import RecordedScore
    from stack_tui.reports.measures.summary import SuiteSummary
    from stack_tui.reports.measures.task_results import MetricMean
    from stack_tui.reports.pages.model import Blocks
    from stack_tui.suites.model.case import Suite

ACTIVE: frozenset[Phase] = frozenset({"running", "paused", "stopping"})


@dataclass(frozen=True, slots=True)
class Counts:
    """The progress of a run or a task; `partial` while more tasks may still be planned."""

    planned: int = 0
    done: int = 0
    passed: int = 0
    failed: int = 0
    errors: int = 0
    truncated: int = 0
    empty: int = 0
    tool_calls: int = 0
    reasoning_only: int = 0
    filtered: int = 0
    unscored: int = 0
    partial: bool = False

    @property
    def share(self) -> float | None:
        """The share of the planned samples that are done, 0 to 1."""
        return self.done / self.planned if self.planned and not self.partial else None

    @property
    def pass_rate(self) -> float | None:
        """The share of the graded samples that passed; errors are not graded."""
        graded = self.passed + self.failed
        return self.passed / graded if graded else None


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One task of a run: its plan, if known, and its progress."""

    name: str
    plan: TaskPlan | None
    counts: Counts


@dataclass(frozen=True, slots=True)
class RunCard:
    """A run at a glance; if its run.toml cannot be read, it has a `problem` and no spec."""

    folder: Path
    spec: RunSpec | None = None
    problem: StackError | None = None
    phase: Phase = "interrupted"
    loaded: bool = False
    counts: Counts = Counts()
    answers: int = 0
    concurrency: int | None = None
    rate: float | None = None
    left_s: int | None = None
    active_s: int = 0
    tasks: tuple[TaskRow, ...] = ()
    summary: SuiteSummary | None = None
    interval: Interval | None = None
    fault: Fault | None = None
    faults: int = 0
    findings: tuple[Finding, ...] = ()
    message: str = ""
    scores: Mapping[str, tuple[RecordedScore, ...]] = field(default_factory=dict)
    """lm-eval's scores of record by task and group, the primary one first, once there are any."""
    means: Mapping[str, MetricMean] = field(default_factory=dict)
    """The means so far of tasks whose primary metric takes fractions."""
    sections: Blocks = ()

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def recorded(self) -> dict[str, RecordedScore]:
        """The primary score of record of each task and group."""
        return {name: scores[0] for name, scores in self.scores.items()}

    @property
    def subject_scores(self) -> list[tuple[RecordedScore, ...]]:
        """The scores of record of what the run was started for: tasks and groups by name."""
        subject = self.spec.subject if self.spec else None
        tasks = subject.tasks if isinstance(subject, BenchmarkSubject) else ()
        return [self.scores[name] for name in tasks if name in self.scores]

    @property
    def record(self) -> RecordedScore | None:
        """lm-eval's score of the one task or group that was run, None if there are several."""
        subject = self.spec.subject if self.spec else None
        tasks = subject.tasks if isinstance(subject, BenchmarkSubject) else ()
        return self.scores[tasks[0]][0] if len(tasks) == 1 and tasks[0] in self.scores else None

    @property
    def mean(self) -> MetricMean | None:
        """The mean so far of a run of one task whose primary metric takes fractions."""
        return next(iter(self.means.values()), None) if len(self.tasks) == 1 else None

    @property
    def active(self) -> bool:
        """Whether a worker is running it now."""
        return self.phase in ACTIVE


@dataclass(frozen=True, slots=True)
class ChosenRun:
    """The run whose samples are shown; held-out ones are redacted until they are `revealed`.

    `load` is its server's, while the run is active.
    """

    card: RunCard
    samples: tuple[Sample, ...] = ()
    prefixes: Mapping[str, str] = field(default_factory=dict)
    suite: Suite | None = None
    labels: Mapping[SampleKey, Label] = field(default_factory=dict)
    course: PassRateHistory = field(default_factory=PassRateHistory)
    load: Load | None = None
    revealed: bool = False

    def label(self, sample: Sample) -> Label | None:
        """Return the label that a person gave the sample."""
        return self.labels.get(sample.key)


@dataclass(frozen=True, slots=True)
class SuiteFile:
    """A file of the cases folder: its suite, or the problem with it."""

    path: Path
    suite: Suite | None = None
    problem: StackError | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that was read, runs newest first; `ready` once the disk was read."""

    ready: bool = False
    runs: tuple[RunCard, ...] = ()
    chosen: ChosenRun | None = None
    suites: tuple[SuiteFile, ...] = ()
    problem: StackError | None = None

    @property
    def active(self) -> tuple[RunCard, ...]:
        """The active runs, newest first."""
        return tuple(card for card in self.runs if card.active)

    def card(self, folder: Path | None) -> RunCard | None:
        """Return the card of the run in that folder."""
        return next((card for card in self.runs if card.folder == folder), None)


@dataclass(frozen=True, slots=True)
class RunFigures:
    """What is computed from a run's samples; only a suite has a summary, see RunCard."""

    summary: SuiteSummary | None
    interval: Interval | None
    sections: Blocks = ()
    scores: Mapping[str, tuple[RecordedScore, ...]] = field(default_factory=dict)
    means: Mapping[str, MetricMean] = field(default_factory=dict)


def card_of(run: Run, now: float, figures: RunFigures | None) -> RunCard:
    """Return the run at a glance as of `now` (seconds since 1970)."""
    view, phase = run.view, run.phase
    graded = view.total.passed + view.total.failed
    live = phase == "running"
    left = view.time_left_s(now) if live else None
    rate = view.rate(now) if live else None
    return RunCard(
        folder=run.folder,
        spec=run.spec,
        phase=phase,
        loaded=True,
        counts=_counts(view.total, partial=view.plan_is_partial),
        answers=view.answers,
        concurrency=view.concurrency,
        rate=None if rate is None else float(f"{rate:.2g}"),
        left_s=None if left is None else round(left),
        active_s=round(view.active_s),
        tasks=tuple(
            TaskRow(name, view.plan.get(name), _counts(task)) for name, task in view.tasks.items()
        ),
        summary=figures.summary if figures else None,
        interval=figures.interval if figures else wilson_interval(view.total.passed, graded),
        fault=view.faults[-1] if view.faults else None,
        faults=view.fault_count,
        findings=tuple(view.findings.values()),
        message=view.finished.message if view.finished else "",
        scores=figures.scores if figures else {},
        means=figures.means if figures else {},
        sections=figures.sections if figures else (),
    )


def _counts(task: TaskCount, *, partial: bool = False) -> Counts:
    return Counts(
        partial=partial,
        planned=task.planned,
        done=task.done,
        passed=task.passed,
        failed=task.failed,
        errors=task.status.get("error", 0),
        truncated=task.status.get("truncated", 0),
        empty=task.status.get("empty", 0),
        tool_calls=task.status.get("tool_calls", 0),
        reasoning_only=task.status.get("reasoning_only", 0),
        filtered=task.status.get("filtered", 0),
        unscored=task.status.get("unscored", 0),
    )
