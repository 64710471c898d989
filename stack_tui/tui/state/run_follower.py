"""One run as the reader follows it: closely, at a glance, or not at all."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from stack_tui.errors import StackError
from stack_tui.paths import FileStamp
from stack_tui.runs import labels
from stack_tui.runs.events import Event, Sample, Server
from stack_tui.runs.holdout import HoldoutAccess
from stack_tui.runs.spec import SuiteSubject
from stack_tui.runs.store import Run, journal_path
from stack_tui.runs.view import RunView
from stack_tui.tui.state.metrics_history import Load, LoadHistory
from stack_tui.tui.state.pass_rate_history import PassRateHistory, pass_rate_history
from stack_tui.tui.state.snapshot import ChosenRun, RunCard, RunFigures, card_of
from stack_tui.tui.state.suite_files import read_suite
from stack_tui.wilson import wilson_interval

if TYPE_CHECKING:
    from stack_tui.suites.model.case import Suite

_CARD_EVERY_S = 1.0
_READINGS = 60

RunStamp = tuple[FileStamp, FileStamp | None]


class RunFollower:
    """A run's latest card; its samples are kept only while it is chosen."""

    def __init__(self, folder: Path) -> None:
        self.card = RunCard(folder)
        self._folder = folder
        self._run: Run | None = None
        self._stamp: RunStamp | None = None
        self._card_at = 0.0
        self._samples: tuple[Sample, ...] = ()
        self._samples_revision = -1
        self._suite: Suite | None = None
        self._suite_read = False
        self._access: HoldoutAccess | None = None
        self._figures: RunFigures | None = None
        self._figures_revision = -1
        self._figures_due = 0.0
        self._course = PassRateHistory()
        self._course_due = 0.0
        self._loads = LoadHistory()
        self._load: Load | None = None

    def glance(self, now: float) -> None:
        """Update the card if the journal has changed, and keep nothing else."""
        if self._run is not None or _stamp(self._folder) != self._stamp:
            self.follow(now)
            if not self.card.active:
                self._put_away()

    def follow(self, now: float) -> None:
        """Read what is new, and keep the run in memory."""
        try:
            self._stamp = _stamp(self._folder)
            if self._run is None:
                self._run = Run(self._folder)
                self._loads = LoadHistory()
            changed = self._run.refresh()
            self._note_load(changed)
            if changed or now - self._card_at >= _CARD_EVERY_S or not self.card.loaded:
                self._card_at = now
                self.card = card_of(self._run, now, self._summarize(self._run))
        except StackError as error:
            self._fail(error)
        except OSError as error:
            self._fail(StackError(f"cannot be read: {error.strerror}", where=str(self._folder)))

    def chosen(self) -> ChosenRun:
        """Return the run with its samples, and the suite as it was when the run began."""
        if self._run is None:
            return ChosenRun(self.card)
        view = self._run.view
        if view.revision != self._samples_revision:
            access = self._access
            shown = view.including_holdout(access) if access else view
            self._samples = tuple(shown.samples)
            self._samples_revision = view.revision
            self._plot(view)
        if not self._suite_read:
            self._suite_read = True
            self._suite = read_suite(self._folder / "suite.toml").suite
        return ChosenRun(
            self.card,
            self._samples,
            dict(view.prefixes),
            self._suite,
            view.labels,
            self._course,
            self._load if self.card.active else None,
            self._access is not None,
        )

    def reveal(self, access: HoldoutAccess) -> None:
        """Include held-out texts from now on."""
        self._access = access
        self._samples_revision = -1

    def _plot(self, view: RunView) -> None:
        """Update the pass rate history, at most a tenth of the time."""
        began = time.monotonic()
        if view.finished or began >= self._course_due:
            self._course = pass_rate_history(view.samples, view.total.planned)
            self._course_due = began + max(_CARD_EVERY_S, 10 * (time.monotonic() - began))

    def _note_load(self, events: Sequence[Event]) -> None:
        """Update the load from the server's latest readings."""
        readings = [event for event in events if isinstance(event, Server)]
        for reading in readings[-_READINGS:]:
            self._load = self._loads.add(reading.at, reading.metrics)

    def _fail(self, error: StackError) -> None:
        self._put_away()
        self.card = RunCard(self._folder, problem=error, loaded=True, phase="failed")

    def _put_away(self) -> None:
        self._run = None
        self._samples = ()
        self._samples_revision = -1

    def _summarize(self, run: Run) -> RunFigures | None:
        """Return the run's figures, recomputed at most a tenth of the time."""
        view = run.view
        due = view.finished is not None or time.monotonic() >= self._figures_due
        if view.samples and due and self._figures_revision != view.revision:
            began = time.monotonic()
            self._figures = _figures(view)
            self._figures_revision = view.revision
            self._figures_due = began + 10 * (time.monotonic() - began)
        return self._figures


def _figures(view: RunView) -> RunFigures:
    from stack_tui.reports.measures.lm_eval_scores import scores_by_task
    from stack_tui.reports.measures.summary import intervals, summarize
    from stack_tui.reports.measures.task_results import metric_means
    from stack_tui.reports.pages.run_report import run_sections

    more = run_sections(view)
    if not isinstance(view.spec.subject, SuiteSubject):
        graded = view.total.passed + view.total.failed
        interval = wilson_interval(view.total.passed, graded)
        return RunFigures(None, interval, more, scores_by_task(view), metric_means(view))
    return RunFigures(summarize(view.open_samples), intervals(view.open_samples).pass_rate, more)


def _stamp(folder: Path) -> RunStamp | None:
    """Return what changes with the journal and with the labels; None without a journal."""
    journal = FileStamp.of(journal_path(folder))
    return (journal, labels.stamp(folder)) if journal else None
