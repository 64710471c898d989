"""`stack-tui cases` and `leakage`: looking over suites before a model is asked anything."""

from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from stack_tui.cli import options
from stack_tui.names import plural
from stack_tui.runs.holdout import HIDDEN, log_access
from stack_tui.suites.diagnostics.leakage import Leakage, leakage
from stack_tui.suites.diagnostics.lint import lint
from stack_tui.suites.import_export import files as exchange
from stack_tui.suites.import_export.imported import told
from stack_tui.suites.model import suite_store as suites
from stack_tui.suites.model.case import without_holdout
from stack_tui.text import one_line

_SIGNS = {"error": "✗", "warning": "!", "note": "·"}


@click.group("cases")
def cases_command() -> None:
    """Look over suites of cases."""


@cases_command.command("check")
@click.argument("names", nargs=-1, metavar="[SUITE]...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")
def check_command(names: tuple[str, ...], as_json: bool) -> int:
    """Look for mistakes: rules that contradict each other, cases that repeat, empty rubrics.

    Without a SUITE, of all suites in the cases folder. Exit code 2 where an error was found.
    """
    found = {path: lint(suites.load(path)) for path in _paths(names)}
    if as_json:
        click.echo(msgspec.json.encode({str(path): findings for path, findings in found.items()}))
    else:
        for path, findings in found.items():
            click.echo(f"{path}: {plural(len(findings), 'finding')}")
            for one in findings:
                where = f"{one.case}.{one.field}" if one.case else f"suite.{one.field}"
                click.echo(one_line(f"  {_SIGNS[one.level]} {where}: {one.message}", 1000))
    worst = {one.level for findings in found.values() for one in findings}
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
    elif held:
        folder = options.results_folder(results, options.read_config(config))
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
    """Find cases whose input stands in training or few-shot data, word for word or nearly.

    Exit code 1 where one does.
    """
    cases = [case for path in _paths(names) for case in suites.load(path).cases]
    found = _sealed(leakage(cases, files), {case.id for case in cases if case.holdout})
    click.echo(msgspec.json.encode(found) if as_json else _told(found, len(cases)))
    return 1 if found.overlaps else 0


def _sealed(found: Leakage, held_out: set[str]) -> Leakage:
    """Return the findings without the texts of cases held out."""
    overlaps = tuple(
        msgspec.structs.replace(one, text=HIDDEN) if one.case in held_out else one
        for one in found.overlaps
    )
    return msgspec.structs.replace(found, overlaps=overlaps)


def _told(found: Leakage, cases: int) -> str:
    lines = [
        f"✗ {one.case} ({one.kind}, {one.share:.0%}) in {one.file}:{one.line}: {one.text}"
        for one in found.overlaps
    ]
    lines += [f"! {one.file}:{one.line} was not read: {one.why}" for one in found.unread]
    if found.further or found.further_unread:
        lines.append(f"! and {found.further} places more, {found.further_unread} lines not read")
    if found.too_short:
        lines.append(f"· too short to look for: {', '.join(found.too_short)}")
    leaked = len({one.case for one in found.overlaps})
    lines.append(f"{leaked} of {cases} cases stand in the data")
    return "\n".join(one_line(line, 1000) for line in lines)
