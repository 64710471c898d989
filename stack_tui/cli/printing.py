"""Print a run's report in the requested format, and check its gates."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import click
import msgspec

from stack_tui.cli import options
from stack_tui.cli.json_output import json_text, shown_json, without_text
from stack_tui.errors import StackError
from stack_tui.paths import write_through
from stack_tui.reports.measures import gates
from stack_tui.reports.measures.comparison import Comparison
from stack_tui.reports.measures.gates import GateResult, NotWorse
from stack_tui.reports.measures.resume_advice import describe_repeating, resume_advice
from stack_tui.reports.render.json_report import report_document
from stack_tui.reports.render.text_report import text_report
from stack_tui.runs import store
from stack_tui.runs.events import Fault, Finished
from stack_tui.runs.holdout import log_access
from stack_tui.runs.latest_report import find_latest_report
from stack_tui.runs.spec import SuiteSubject
from stack_tui.runs.store import Run
from stack_tui.runs.view import RunView
from stack_tui.suites.model import suite_store as suites
from stack_tui.text import one_line
from stack_tui.worker.compare_runs import compare_runs
from stack_tui.worker.worker_process import last_log_line

FORMS = ("text", "json", "markdown", "junit", "csv", "html")


class Printing(msgspec.Struct, frozen=True, kw_only=True):
    """The report that a command's options ask for; `against` is the run to compare it with."""

    as_json: bool = False
    form: str | None = None
    out: Path | None = None
    """The file to write; None prints to stdout."""
    gate: tuple[str, ...] = ()
    """Conditions beside the suite's own."""
    inconclusive: Literal["fail", "pass"] = "fail"
    """What an inconclusive gate counts as."""
    against: str | None = None
    """The run to compare with."""
    show_holdout: bool = False
    with_text: bool = True
    """Whether a JSON report holds what models, judges and servers wrote."""

    @property
    def wanted(self) -> str:
        """The requested format, text by default."""
        return self.form or ("json" if self.as_json else "text")


printing_options = options.option_group(
    "printing",
    Printing,
    click.option("--json", "as_json", is_flag=True, help="The same as --format json."),
    click.option("--format", "form", type=click.Choice(FORMS), help="The report's format."),
    click.option("--out", type=options.FILE, help="Write the report to a file."),
    click.option(
        "--gate",
        multiple=True,
        help='A condition to meet, such as "judge_avg >= 4 ± ci". Repeatable.',
    ),
    click.option(
        "--inconclusive",
        type=click.Choice(("fail", "pass")),
        default="fail",
        help="What to do if there are too few cases to decide a gate.",
    ),
    click.option("--against", metavar="RUN", help="Compare with this run."),
    click.option(
        "--show-holdout",
        is_flag=True,
        help="Include the texts of held-out cases; the access is logged.",
    ),
    click.option(
        "--text/--no-text",
        "with_text",
        default=True,
        help="Leave out of JSON what models, judges and servers wrote.",
    ),
)


def print_report(run: Run, printing: Printing) -> int:
    """Print the run's report, complete or not; return the exit code for its outcome."""
    if printing.out:
        _check_out(printing.out)
    own, unreadable = _suite_gates(run)
    wanted = [gates.parse(text) for text in (*own, *printing.gate)]
    comparison = _compared(run, printing.against) if printing.against else None
    named = {gate.run for gate in wanted if isinstance(gate, NotWorse)}
    others = {name: _compared(run, name) for name in named}
    results = [*unreadable, *gates.evaluate_all(wanted, run.view, others)]
    report = _rendered(run, _shown(run, printing), printing, comparison, results)
    if printing.out:
        write_through(printing.out, report)
        click.echo(f"report written to {one_line(str(printing.out), 1000)}", err=True)
    else:
        report = shown_json(report) if printing.wanted == "json" else report
        click.echo(report, nl=not report.endswith("\n"))
    return _exit_code(run, results, printing.inconclusive)


def _shown(run: Run, printing: Printing) -> RunView:
    """Return what the report shows: held-out texts only if asked for, the access logged first."""
    if not (printing.show_holdout and run.view.holdouts):
        return run.view
    access = log_access(run.folder.parent, run.spec.subject.suite_name, run.spec.id)
    return run.view.including_holdout(access)


def check_printing(
    printing: Printing, results: Path, subject: str, suite_gates: Sequence[str] = ()
) -> None:
    """Raise StackError for a report that could not be written or compared, before a run starts.

    The same for a gate that no report could meet or fail.
    """
    for text in (*suite_gates, *printing.gate):
        gate = gates.parse(text)
        if isinstance(gate, NotWorse):
            store.find_earlier(results, gate.run, subject)
    if printing.against:
        store.find_earlier(results, printing.against, subject)
    if printing.out:
        _check_out(printing.out)


def _check_out(path: Path) -> None:
    folder = path.resolve().parent
    if path.is_dir():
        problem = f"{path} is a folder: name a file"
    elif not folder.is_dir():
        problem = f"the folder {folder} does not exist"
    elif not os.access(path if path.exists() else folder, os.W_OK):
        problem = f"{path} cannot be written"
    else:
        return
    raise click.BadParameter(one_line(problem), param_hint="--out")


def _suite_gates(run: Run) -> tuple[Sequence[str], list[GateResult]]:
    """Return the suite's own gates, and a failed one if they cannot be read."""
    if not isinstance(run.spec.subject, SuiteSubject):
        return (), []
    try:
        return suites.load(run.folder / "suite.toml").gates, []
    except StackError as error:
        reason = one_line(f"the suite's own gates cannot be read: {error}")
        return (), [GateResult(gate="suite.toml", state="failed", saying=reason)]


def _rendered(
    run: Run,
    view: RunView,
    printing: Printing,
    comparison: Comparison | None,
    results: Sequence[GateResult],
) -> str:
    """Return the report as requested. Its renderer is imported only now: jinja2 takes a while."""
    from stack_tui.reports.pages.run_report import report_page

    match printing.wanted:
        case "json":
            return _json(view, comparison, results, with_text=printing.with_text)
        case "csv":
            from stack_tui.reports.render.csv_table import csv_table

            return csv_table(view)
        case "junit":
            from stack_tui.reports.render.junit import junit_report

            return junit_report(view, results)
        case "markdown":
            from stack_tui.reports.render.markdown import render_markdown

            return render_markdown(report_page(view, comparison, results))
        case "html":
            from stack_tui.reports.render.html_page import render_html

            return render_html(report_page(view, comparison, results))
    return text_report(view, _report_path(run), comparison, results)


def _json(
    view: RunView,
    comparison: Comparison | None,
    results: Sequence[GateResult],
    *,
    with_text: bool,
) -> str:
    document: dict[str, Any] = report_document(view)
    if comparison:
        document["comparison"] = msgspec.to_builtins(comparison)
    if results:
        document["gates"] = msgspec.to_builtins(results)
    return json_text(document if with_text else without_text(document))


def _report_path(run: Run) -> Path | None:
    own = run.folder / "report.json"
    if not own.is_file():
        return None
    return find_latest_report(run.folder.parent, run.spec.subject, own.read_bytes()) or own


def _exit_code(run: Run, results: Sequence[GateResult], inconclusive: str) -> int:
    if run.alive:
        return 0
    if run.tail.unreadable:
        click.echo(f"{run.tail.unreadable} lines of the journal cannot be read", err=True)
    if finished := run.view.finished:
        for line in _why_it_ended(finished, run.view.faults[-1:]):
            click.echo(line, err=True)
    if run.phase == "interrupted" and (last_line := last_log_line(run.folder)):
        click.echo(one_line(last_line, 1000), err=True)
    if run.phase != "finished":
        for line in _next_steps(run):
            click.echo(one_line(line, 1000), err=True)
        return 3 if run.phase == "failed" else 4
    broken = {"failed"} if inconclusive == "pass" else {"failed", "inconclusive"}
    unmet = [result for result in results if result.state in broken]
    for result in unmet:
        click.echo(f"gate {result.state}: {one_line(result.saying, 1000)}", err=True)
    return 1 if unmet else 0


def _why_it_ended(finished: Finished, last: Sequence[Fault]) -> Iterator[str]:
    """Yield the message of the run's end, with the place that its fault names, and the remedy."""
    where = next((each.where for each in last if each.message == finished.message), "")
    if finished.message:
        yield one_line(f"{where}: {finished.message}" if where else finished.message, 1000)
    if finished.remedy:
        yield f"  {one_line(finished.remedy, 1000)}"


def _next_steps(run: Run) -> Iterator[str]:
    """Yield what to do about a run that has not finished: resume is named if it can help."""
    advice = resume_advice(run.view)
    resume = f"continue it with: stack-tui resume {run.folder.name}"
    known = run.view.finished and advice.remedy == run.view.finished.remedy
    if (problem := describe_repeating(advice)) and not known:
        yield problem
    if not advice.resume:
        yield f"{run.phase}; resuming cannot help"
    elif run.phase == "failed":
        yield f"failed; once its cause is gone, {resume}"
    else:
        yield f"{run.phase}; {resume}"


def _compared(run: Run, name: str) -> Comparison:
    """Return the comparison of the run with another: an id, `latest`, or `latest:NOTE`."""
    other = store.find_earlier(run.folder.parent, name, run.spec.subject.name, run.folder)
    return compare_runs(Run(other), run)
