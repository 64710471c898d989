"""`stack-tui cases` and `leakage`: check suites before any request is sent."""

from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from stack_tui.cli import options
from stack_tui.reports.pages.diagnostics_page import diagnostics_page, leakage_page
from stack_tui.reports.render.plain_text import render_text
from stack_tui.runs import holdout_access_log
from stack_tui.suites.diagnostics.leakage import leakage, redact_overlaps
from stack_tui.suites.diagnostics.lint import lint
from stack_tui.suites.import_export import files as exchange
from stack_tui.suites.import_export.imported import told
from stack_tui.suites.model import suite_store as suites
from stack_tui.suites.model.case import without_holdout
from stack_tui.text import one_line


@click.group("cases")
def cases_command() -> None:
    """Check, import and export suites."""


@cases_command.command("check")
@click.argument("names", nargs=-1, metavar="[SUITE]...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")
def check_command(names: tuple[str, ...], as_json: bool) -> int:
    """Find mistakes: rules that contradict each other, repeated cases, empty rubrics.

    Without SUITE, check all suites in the cases folder. Exit code 2 if an error was found.
    """
    found = {path: lint(suites.load(path)) for path in _paths(names)}
    if as_json:
        click.echo(msgspec.json.encode({str(path): each for path, each in found.items()}))
    else:
        pages = (diagnostics_page(str(path), each) for path, each in found.items())
        click.echo("\n\n".join(map(render_text, pages)))
    worst = {each.level for diagnostics in found.values() for each in diagnostics}
    return 2 if "error" in worst else 0


@cases_command.command("export")
@click.argument("name", metavar="SUITE")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--show-holdout", is_flag=True, help="Take held-out cases along; each look counts.")
@options.places
def export_command(
    name: str, file: Path, show_holdout: bool, results: Path | None, config: Path | None
) -> int:
    """Write the cases of SUITE to FILE, as its name ends: .jsonl or .csv; never over a file.

    Cases held out are left out unless asked for.
    """
    path = suites.resolve(name, options.cases_folder())
    suite = suites.load(path)
    held = sum(case.holdout for case in suite.cases)
    if held and not show_holdout:
        suite = without_holdout(suite)
        click.echo(f"{held} held-out cases are left out; --show-holdout takes them along", err=True)
    exchange.write(file, suite)
    if held and show_holdout:
        folder = options.results_folder(results, options.read_config(config))
        holdout_access_log.log_access(folder, suite.name, f"export of {path.name}")
    click.echo(f"{len(suite.cases)} cases written to {file}", err=True)
    return 0


@cases_command.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--as",
    "renamed",
    multiple=True,
    metavar="KEY=FIELD",
    help="A key of the file's records is this field of a case; no field leaves it out.",
)
def import_command(file: Path, renamed: tuple[str, ...]) -> int:
    """Make suites of FILE in the cases folder: JSONL, CSV, or promptfoo's YAML.

    What a suite cannot carry is listed. No file is overwritten.
    """
    known = dict(pair.partition("=")[::2] for pair in renamed)
    found = exchange.bring_in(file, options.own_cases_folder(), known or None)
    for path, suite in found.suites.items():
        click.echo(f"{path}: {len(suite.cases)} cases")
    for note in found.notes:
        click.echo(one_line(f"! {told(note)}", 1000), err=True)
    return 0


def _paths(names: Sequence[str]) -> list[Path]:
    folder = options.cases_folder()
    return [suites.resolve(name, folder) for name in names] or suites.discover(folder)


@click.command("leakage")
@click.argument("names", nargs=-1, metavar="[SUITE]...")
@click.option(
    "--against",
    "files",
    multiple=True,
    required=True,
    type=click.Path(path_type=Path),
    help="A file of training or few-shot data: JSONL, text or parquet; repeatable.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")
def leakage_command(names: tuple[str, ...], files: tuple[Path, ...], as_json: bool) -> int:
    """Find cases whose input appears in training or few-shot data, copied or nearly so.

    Exit code 1 if one does.
    """
    cases = [case for path in _paths(names) for case in suites.load(path).cases]
    found = redact_overlaps(leakage(cases, files), cases)
    if as_json:
        click.echo(msgspec.json.encode(found))
    else:
        click.echo(render_text(leakage_page(found, len(cases))))
    return 1 if found.overlaps else 0
