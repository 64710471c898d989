"""What one can have done to a run from the screen, and how it is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from stack_tui.config.decode import Endpoint
from stack_tui.runs.spec import SuiteSubject
from stack_tui.tui import backend
from stack_tui.tui.host import Host
from stack_tui.tui.runs.compared_samples import ComparedRuns, compared
from stack_tui.tui.state.snapshot import RunCard, SuiteFile

_RESUMABLE = ("stopped", "interrupted", "errors", "failed")


def stop(host: Host, card: RunCard) -> None:
    """Have the run stop; nothing is lost, so nothing is asked."""
    _have(host, card, "stopping", backend.stop, "stops after what is in flight; r resumes it")


def resume(host: Host, card: RunCard) -> None:
    """Have a worker go on with the run."""
    _have(host, card, "resuming", backend.resume, "goes on with what is missing")


def pause_or_proceed(host: Host, card: RunCard) -> None:
    """Pause a run that goes, or have a paused one go on."""
    if card.phase == "paused":
        _have(host, card, "resuming", backend.proceed, "goes on")
    else:
        _have(host, card, "pausing", backend.pause, "pauses; p goes on")


def ask_limit(host: Host, card: RunCard) -> None:
    """Ask how many requests the run may have in flight, and have it so."""
    from stack_tui.tui.ui.dialogs import AskLine

    def answered(text: str | None) -> None:
        if text is not None:
            requests = int(text) if text else None
            said = f"{requests} requests" if requests else "as many requests as help"
            host.run_job(
                lambda: backend.set_concurrency(card.folder, requests),
                lambda _: host.show_message(f"{card.id} has {said} in flight at once"),
                label=f"changing {card.id}",
            )

    hint = "A number, or nothing: then it finds itself."
    now = str(card.concurrency or "")
    host.open(AskLine("Requests at once", hint, now, _no_number), answered)


def compare(host: Host, card: RunCard, baseline: Path | None) -> None:
    """Show how the run stands against the baseline, else against the one before it."""
    before = baseline or baseline_of(host.snapshot.runs, card)
    if before is None or before == card.folder:
        host.show_message("Nothing to compare with: mark a run with m, then c on another.")
        return
    host.run_job(
        lambda: compared(before, card.folder),
        lambda found: _show(host, found),
        label=f"comparing {card.id}",
    )


def grade_again(host: Host, card: RunCard) -> None:
    """Ask how the run's recorded outputs are to be graded again, and start that."""
    from stack_tui.tui.runs.regrade_form import RegradeChoice, RegradeForm

    if card.spec is None or not isinstance(card.spec.subject, SuiteSubject):
        host.show_message(
            "Only a suite's run can be graded again; lm-eval alone scores benchmarks."
        )
        return
    name = card.spec.subject.name
    path = next((file.path for file in host.snapshot.suites if _is(file, name)), None)

    def work(wanted: RegradeChoice) -> Path:
        if wanted.by == "rules":
            return backend.regrade(card.folder, path, wanted.panel)
        return backend.rejudge(card.folder, wanted.judges, path, wanted.panel)

    def chosen(wanted: RegradeChoice | None) -> None:
        if wanted:
            host.run_job(lambda: work(wanted), begun, label=f"grading {card.id} again")

    def begun(folder: Path) -> None:
        host.choose(folder)
        host.show_message(f"{folder.name} has begun; c in Runs compares it with the first grading")

    host.open(RegradeForm(card, host.endpoints), chosen)


def _is(file: SuiteFile, name: str) -> bool:
    return file.suite is not None and file.suite.name == name


def duel(host: Host, card: RunCard, baseline: Path | None) -> None:
    """Ask who judges the run against the baseline, else against the one before it, and start."""
    from stack_tui.tui.runs.new_duel import NewDuel

    before = host.snapshot.card(baseline or baseline_of(host.snapshot.runs, card))
    if before is None or before.spec is None or before.folder == card.folder:
        host.show_message("Nothing to judge it against: mark a run with m, then d on another.")
        return
    folders = (before.folder, card.folder)

    def answered(judges: tuple[Endpoint, ...] | None) -> None:
        if judges:
            results = host.results
            host.run_job(
                lambda: backend.start_duel(results, folders, judges),
                lambda folder: _begun(host, folder),
                label=f"starting a duel of {card.id}",
            )

    usual = host.config.defaults.judges or [judge.name for judge in before.spec.judges]
    host.open(NewDuel((before, card), host.endpoints, usual), answered)


def _begun(host: Host, folder: Path) -> None:
    host.choose(folder)
    host.show_message(f"{folder.name} has begun")


def _show(host: Host, found: ComparedRuns) -> None:
    from stack_tui.tui.runs.compare_screen import CompareScreen

    host.open(CompareScreen(found))


def baseline_of(runs: Sequence[RunCard], card: RunCard) -> Path | None:
    """Return the run that this one grades again, else the latest earlier one of its subject."""
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
    "regrade": grade_again,
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


def _have(
    host: Host, card: RunCard, doing: str, action: Callable[[Path], None], outcome: str
) -> None:
    host.run_job(
        lambda: action(card.folder),
        lambda _: host.show_message(f"{card.id} {outcome}"),
        label=f"{doing} {card.id}",
    )


def _no_number(text: str) -> str:
    """Say what is wrong with a number of requests."""
    good = not text or (text.isdecimal() and int(text) > 0)
    return "" if good else "It must be a whole number from 1 on, or nothing."
