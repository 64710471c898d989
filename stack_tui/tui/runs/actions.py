"""What one can have done to a run from the screen, and how it is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from stack_tui.config.decode import Endpoint
from stack_tui.tui import backend
from stack_tui.tui.runs.compared_samples import ComparedRuns, compared
from stack_tui.tui.state.snapshot import RunCard, SuiteFile

if TYPE_CHECKING:
    from stack_tui.tui.app import StackApp


def stop(stack: StackApp, card: RunCard) -> None:
    """Have the run stop; nothing is lost, so nothing is asked."""
    _have(stack, card, "stopping", backend.stop, "stops after what is in flight; r resumes it")


def resume(stack: StackApp, card: RunCard) -> None:
    """Have a worker go on with the run."""
    _have(stack, card, "resuming", backend.resume, "goes on with what is missing")


def pause_or_proceed(stack: StackApp, card: RunCard) -> None:
    """Pause a run that goes, or have a paused one go on."""
    if card.phase == "paused":
        _have(stack, card, "resuming", backend.proceed, "goes on")
    else:
        _have(stack, card, "pausing", backend.pause, "pauses; p goes on")


def ask_limit(stack: StackApp, card: RunCard) -> None:
    """Ask how many requests the run may have in flight, and have it so."""
    from stack_tui.tui.ui.ask_line import AskLine

    def answered(text: str | None) -> None:
        if text is not None:
            requests = int(text) if text else None
            said = f"{requests} requests" if requests else "as many requests as help"
            stack.do(
                f"changing {card.id}",
                lambda: backend.set_concurrency(card.folder, requests),
                lambda _: f"{card.id} has {said} in flight at once",
            )

    hint = "A number, or nothing: then it finds itself."
    now = str(card.concurrency or "")
    stack.push_screen(AskLine("Requests at once", hint, now, _no_number), answered)


def compare(stack: StackApp, card: RunCard, baseline: Path | None) -> None:
    """Show how the run stands against the baseline, else against the one before it."""
    before = baseline or baseline_of(stack.snapshot.runs, card)
    if before is None or before == card.folder:
        stack.tell("Nothing to compare with: mark a run with m, then c on another.")
        return
    stack.do(
        f"comparing {card.id}",
        lambda: compared(before, card.folder),
        lambda found: _show(stack, found),
    )


def grade_again(stack: StackApp, card: RunCard) -> None:
    """Ask how the run's recorded outputs are to be graded again, and start that."""
    from stack_tui.tui.runs.regrade_form import RegradeChoice, RegradeForm

    if card.spec is None or card.spec.suite is None:
        stack.tell("Only a suite's run can be graded again; lm-eval alone scores benchmarks.")
        return
    name = card.spec.suite.name
    path = next((file.path for file in stack.snapshot.suites if _is(file, name)), None)

    def work(wanted: RegradeChoice) -> Path:
        if wanted.by == "rules":
            return backend.regrade(card.folder, path, wanted.panel)
        return backend.rejudge(card.folder, wanted.judges, path, wanted.panel)

    def chosen(wanted: RegradeChoice | None) -> None:
        if wanted:
            stack.do(f"grading {card.id} again", lambda: work(wanted), begun)

    def begun(folder: Path) -> str:
        stack.choose(folder)
        return f"{folder.name} has begun; c in Runs compares it with the first grading"

    stack.push_screen(RegradeForm(card, stack.endpoints), chosen)


def _is(file: SuiteFile, name: str) -> bool:
    return file.suite is not None and file.suite.name == name


def duel(stack: StackApp, card: RunCard, baseline: Path | None) -> None:
    """Ask who judges the run against the baseline, else against the one before it, and start."""
    from stack_tui.tui.runs.new_duel import NewDuel

    before = stack.snapshot.card(baseline or baseline_of(stack.snapshot.runs, card))
    if before is None or before.spec is None or before.folder == card.folder:
        stack.tell("Nothing to judge it against: mark a run with m, then d on another.")
        return
    folders = (before.folder, card.folder)

    def answered(judges: tuple[Endpoint, ...] | None) -> None:
        if judges:
            results = stack.results
            stack.do(
                f"starting a duel of {card.id}",
                lambda: backend.start_duel(results, folders, judges),
                lambda folder: _begun(stack, folder),
            )

    usual = stack.config.defaults.judges or [judge.name for judge in before.spec.judges]
    stack.push_screen(NewDuel((before, card), stack.endpoints, usual), answered)


def _begun(stack: StackApp, folder: Path) -> str:
    stack.choose(folder)
    return f"{folder.name} has begun"


def _show(stack: StackApp, found: ComparedRuns) -> str:
    from stack_tui.tui.runs.compare_screen import CompareScreen

    stack.push_screen(CompareScreen(found))
    return ""


def baseline_of(runs: Sequence[RunCard], card: RunCard) -> Path | None:
    """Return the run that this one grades again, else the latest earlier one of its subject."""
    if card.spec is None:
        return None
    if card.spec.origin:
        origin = card.spec.origin.run
        return next((run.folder for run in runs if run.id == origin), None)
    subject = card.spec.subject
    earlier = (run for run in runs if run.id < card.id and run.spec and run.counts.done)
    return next((run.folder for run in earlier if run.spec and run.spec.subject == subject), None)


def _have(
    stack: StackApp, card: RunCard, doing: str, action: Callable[[Path], None], outcome: str
) -> None:
    stack.do(f"{doing} {card.id}", lambda: action(card.folder), lambda _: f"{card.id} {outcome}")


def _no_number(text: str) -> str:
    """Say what is wrong with a number of requests."""
    good = not text or (text.isdecimal() and int(text) > 0)
    return "" if good else "It must be a whole number from 1 on, or nothing."
