"""What the screens show, as it stood at one moment: built by the reader's thread, never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from stack_tui.errors import StackError
from stack_tui.runs.events import Fault, Finding, Sample, SampleKey, TaskPlan
from stack_tui.runs.labels import Label
from stack_tui.runs.spec import RunSpec
from stack_tui.runs.store import Phase, Run
from stack_tui.runs.view import TaskCount
from stack_tui.tui.state.metrics_history import Load
from stack_tui.tui.state.pass_rate_history import PassRateHistory
from stack_tui.wilson import Interval, wilson_interval

if TYPE_CHECKING:
    from stack_tui.reports.measures.summary import SuiteSummary
    from stack_tui.reports.pages.model import Blocks
    from stack_tui.suites.model.case import Suite

ACTIVE: frozenset[Phase] = frozenset({"running", "paused", "stopping"})


@dataclass(frozen=True, slots=True)
class Counts:
    """How far a run, or one task of it, is; `partial` while more may be planned than is known."""

    planned: int = 0
    done: int = 0
    passed: int = 0
    failed: int = 0
    errors: int = 0
    truncated: int = 0
    empty: int = 0
    unscored: int = 0
    partial: bool = False

    @property
    def share(self) -> float | None:
        """What share of the planned samples have an outcome, 0 to 1."""
        return self.done / self.planned if self.planned and not self.partial else None

    @property
    def pass_rate(self) -> float | None:
        """What share of the graded samples passed; errors are not graded."""
        graded = self.passed + self.failed
        return self.passed / graded if graded else None


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One task of a run: its plan, where it was planned, and how far it is."""

    name: str
    plan: TaskPlan | None
    counts: Counts


@dataclass(frozen=True, slots=True)
class RunCard:
    """A run at a glance; one whose run.toml cannot be read has a `problem` and no spec."""

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
    sections: Blocks = ()

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def active(self) -> bool:
        """Whether a worker is carrying it out now."""
        return self.phase in ACTIVE


@dataclass(frozen=True, slots=True)
class ChosenRun:
    """The run whose samples are looked at; held-out ones are sealed until they are `revealed`.

    `load` is its server's, while the run goes.
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
        """Return what a person said of the sample."""
        return self.labels.get(sample.key)


@dataclass(frozen=True, slots=True)
class SuiteFile:
    """A file of the cases folder: the suite in it, or what is wrong with it."""

    path: Path
    suite: Suite | None = None
    problem: StackError | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that was read, runs newest first; `ready` is False until the disk was looked at once."""

    ready: bool = False
    runs: tuple[RunCard, ...] = ()
    chosen: ChosenRun | None = None
    suites: tuple[SuiteFile, ...] = ()
    problem: StackError | None = None

    @property
    def active(self) -> tuple[RunCard, ...]:
        """The runs that are being carried out, newest first."""
        return tuple(card for card in self.runs if card.active)

    def card(self, folder: Path | None) -> RunCard | None:
        """Return the card of the run in that folder."""
        return next((card for card in self.runs if card.folder == folder), None)


@dataclass(frozen=True, slots=True)
class RunFigures:
    """What the samples come to, the 95 % interval of how many pass, and a report's sections.

    Only a suite has a summary.
    """

    summary: SuiteSummary | None
    interval: Interval | None
    sections: Blocks = ()


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
        unscored=task.status.get("unscored", 0),
    )
