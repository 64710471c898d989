"""What you can do to a run from its list and its screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from stack_tui.config.decode import CONCURRENCY_HELP
from stack_tui.errors import StackError
from stack_tui.runs.spec import SuiteSubject
from stack_tui.tui.host import Host
from stack_tui.tui.runs.compared_samples import compared
from stack_tui.tui.state.snapshot import RunCard
from stack_tui.worker import control

if TYPE_CHECKING:
    from stack_tui.worker.requests import RunRequest

_RESUMABLE = ("stopped", "interrupted", "errors", "failed")


def start(host: Host, request: RunRequest | None, label: str, next_step: str = "") -> None:
    """Start the run if a form came to one, show its samples, and report it and the `next_step`."""
    if request is None:
        return

    def started(folder: Path) -> None:
        host.choose(folder)
        host.show_message(f"Started {folder.name}{next_step}")

    def work() -> Path:
        from stack_tui.worker import launch

        return launch.start(request, host.results)

    host.run_job(work, started, label=label)


def stop(host: Host, card: RunCard) -> None:
    """Stop the run; it needs no confirmation, since it can be resumed."""
    key = host.key_for("runs.resume")
    outcome = f"stops after the requests in flight. Press {key} to resume."
    _control(host, card, "stopping", control.stop, outcome)


def resume(host: Host, card: RunCard) -> None:
    """Start a worker for what is missing of the run."""
    _control(host, card, "resuming", control.resume, "continues with what is missing.")


def pause_or_proceed(host: Host, card: RunCard) -> None:
    """Pause an active run, or continue a paused one."""
    if card.phase == "paused":
        _control(host, card, "continuing", control.proceed, "continues.")
    else:
        key = host.key_for("runs.pause")
        _control(host, card, "pausing", control.pause, f"pauses. Press {key} to continue.")


def ask_limit(host: Host, card: RunCard) -> None:
    """Ask for the run's max concurrent requests, and set it."""
    from stack_tui.tui.ui.dialogs import AskLine

    def problem(text: str) -> str:
        good = not text or (text.isdecimal() and int(text) > 0)
        return "" if good else "It must be a whole number of 1 or more, or empty."

    def answered(text: str | None) -> None:
        if text is not None:
            requests = int(text) if text else None
            limit = f"max {requests} concurrent requests" if requests else "tuned automatically"
            host.run_job(
                lambda: control.set_concurrency(card.folder, requests),
                lambda _: host.show_message(f"{card.id}: {limit}"),
                label=f"changing {card.id}",
            )

    now = str(card.concurrency or "")
    host.open(AskLine("Concurrency", CONCURRENCY_HELP, now, problem), answered)


def compare(host: Host, card: RunCard, baseline: Path | None) -> None:
    """Compare the run with the baseline, or with the one before it."""
    from stack_tui.tui.runs.compare_screen import CompareScreen

    before = baseline or baseline_of(host.snapshot.runs, card)
    if before is None or before == card.folder:
        _ask_for_baseline(host, "runs.compare")
        return
    host.run_job(
        lambda: compared(before, card.folder),
        lambda found: host.open(CompareScreen(found)),
        label=f"comparing {card.id}",
    )


def regrade(host: Host, card: RunCard) -> None:
    """Ask how to re-grade the run's recorded outputs, and start that."""
    from stack_tui.tui.runs.regrade_form import RegradeForm

    if card.spec is None or not isinstance(card.spec.subject, SuiteSubject):
        host.show_message("Only a suite's run can be re-graded; benchmarks are scored by lm-eval.")
        return
    name = card.spec.subject.name
    paths = (file.path for file in host.snapshot.suites if file.suite and file.suite.name == name)
    next_step = f". Press {host.key_for('runs.compare')} in Runs to compare the gradings."
    host.open(
        RegradeForm(card, card.spec, next(paths, None), host.endpoints),
        lambda request: start(host, request, f"re-grading {card.id}", next_step),
    )


def duel(host: Host, card: RunCard, baseline: Path | None) -> None:
    """Ask for judges, and start a duel with the baseline or the run before this one."""
    from stack_tui.tui.runs.new_duel import NewDuel
    from stack_tui.worker.duel_draft import duel_judges

    before = host.snapshot.card(baseline or baseline_of(host.snapshot.runs, card))
    if before is None or before.spec is None or before.folder == card.folder:
        _ask_for_baseline(host, "runs.duel")
        return

    try:
        judges = duel_judges(host.config, (), before.folder, before.spec)
    except StackError as error:
        host.show_error(error)
        return
    host.open(
        NewDuel((before, card), judges, host.endpoints),
        lambda request: start(host, request, f"starting a duel of {card.id}"),
    )


def _ask_for_baseline(host: Host, name: str) -> None:
    mark, key = host.key_for("runs.mark"), host.key_for(name)
    host.show_message(f"There is no baseline. Mark a run with {mark}, then press {key} on another.")


def baseline_of(runs: Sequence[RunCard], card: RunCard) -> Path | None:
    """Return the run that this one re-grades, or the latest earlier one of its subject."""
    if card.spec is None:
        return None
    if card.spec.origin:
        origin = card.spec.origin.run
        return next((run.folder for run in runs if run.id == origin), None)
    subject = card.spec.subject.name
    earlier = (run for run in runs if run.id < card.id and run.spec and run.counts.done)
    return next(
        (run.folder for run in earlier if run.spec and run.spec.subject.name == subject), None
    )


ACTIONS: Final[dict[str, Callable[[Host, RunCard], None]]] = {
    "stop": stop,
    "resume": resume,
    "pause": pause_or_proceed,
    "limit": ask_limit,
    "regrade": regrade,
}
"""What the bindings of bindings.RUN do with a run, in the list and on the whole screen."""


def allowed(action: str, parameters: tuple[object, ...], card: RunCard | None) -> bool | None:
    """Return whether the run allows the action: None greys it out, True for all other actions."""
    if action != "run":
        return True
    if parameters[0] in ("stop", "pause", "limit"):
        return True if card and card.active else None
    if parameters[0] == "resume":
        return True if card and not card.problem and card.phase in _RESUMABLE else None
    return True


def _control(
    host: Host, card: RunCard, doing: str, action: Callable[[Path], None], outcome: str
) -> None:
    host.run_job(
        lambda: action(card.folder),
        lambda _: host.show_message(f"{card.id} {outcome}"),
        label=f"{doing} {card.id}",
    )
