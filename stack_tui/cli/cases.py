"""`stack-tui cases` and `leakage`: check, import and export suites without asking a model."""

from collections.abc import Sequence
from pathlib import Path

import click

from stack_tui.cli import options
from stack_tui.cli.json_output import print_json
from stack_tui.reports.pages.diagnostics_page import diagnostics_page, leakage_page
from stack_tui.reports.render.plain_text import render_text
from stack_tui.runs.holdout import log_access
from stack_tui.suites.diagnostics.leakage import leakage, redact_overlaps
from stack_tui.suites.diagnostics.lint import lint
from stack_tui.suites.import_export import files as exchange
from stack_tui.suites.import_export.imported import format_note
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

    Without a SUITE, checks all suites in the cases folder. Exits with 2 if it finds an error.
    """
    found = {path: lint(suites.load(path)) for path in _paths(names)}
    if as_json:
        print_json({str(path): each for path, each in found.items()}, compact=True)
    else:
        pages = (diagnostics_page(str(path), each) for path, each in found.items())
        click.echo("\n\n".join(map(render_text, pages)))
    worst = {each.level for diagnostics in found.values() for each in diagnostics}
    return 2 if "error" in worst else 0


@cases_command.command("export")
@click.argument("name", metavar="SUITE")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--show-holdout", is_flag=True, help="Include held-out cases; the access is logged.")
@options.places
def export_command(name: str, file: Path, show_holdout: bool, places: options.Places) -> int:
    """Write the cases of SUITE to a new FILE, as .jsonl or .csv.

    Held-out cases are left out unless you include them.
    """
    path = suites.resolve(name, options.cases_folder())
    suite = suites.load(path)
    held = sum(case.holdout for case in suite.cases)
    if held and not show_holdout:
        suite = without_holdout(suite)
        click.echo(f"{held} held-out cases are left out; --show-holdout includes them", err=True)
    elif held:
        folder = places.results_folder(places.read_config())
        log_access(folder, suite.name, f"export of {path.name}")
    exchange.write(file, suite)
    click.echo(f"{len(suite.cases)} cases written to {file}", err=True)
    return 0


@cases_command.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--as",
    "renamed",
    multiple=True,
    metavar="KEY=FIELD",
    help="Use this key of the file's records as that field of a case; without a field, skip it.",
)
def import_command(file: Path, renamed: tuple[str, ...]) -> int:
    """Import FILE into the cases folder: JSONL, CSV, or promptfoo's YAML.

    Prints what a suite cannot represent. Never overwrites a file.
    """
    known = dict(pair.partition("=")[::2] for pair in renamed)
    found = exchange.bring_in(file, options.own_cases_folder(), known or None)
    for path, suite in found.suites.items():
        click.echo(f"{path}: {len(suite.cases)} cases")
    for note in found.notes:
        click.echo(one_line(f"! {format_note(note)}", 1000), err=True)
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
    help="A file of training or few-shot data: JSONL, text or parquet. Repeatable.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")
def leakage_command(names: tuple[str, ...], files: tuple[Path, ...], as_json: bool) -> int:
    """Find cases whose input appears in training or few-shot data, verbatim or nearly.

    Exits with 1 if there are any.
    """
    cases = [case for path in _paths(names) for case in suites.load(path).cases]
    found = redact_overlaps(leakage(cases, files), cases)
    if as_json:
        print_json(found, compact=True)
    else:
        click.echo(render_text(leakage_page(found, len(cases))))
    return 1 if found.overlaps else 0
