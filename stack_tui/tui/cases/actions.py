"""What you can do with suites and their cases: write, edit and check them."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from stack_tui.errors import StackError
from stack_tui.names import file_name, first_free, plural, slug
from stack_tui.toml_edit.held_file import HeldFile
from stack_tui.tui.cases import case_changes
from stack_tui.tui.host import Host
from stack_tui.tui.state.snapshot import SuiteFile
from stack_tui.tui.state.suite_files import own_folder
from stack_tui.tui.ui.undo import Undo

if TYPE_CHECKING:
    from stack_tui.runs.events import Sample
    from stack_tui.suites.model.case import Case, Suite

Changed = Callable[[Undo | None], None]
"""Called when an editor is left: with the undo of what was saved, None if nothing was."""

_SHORT = 2

_UNREADABLE = "The suite cannot be read. Its entry in the list shows the problem."


def edit(host: Host, file: SuiteFile, case: Case | None, changed: Changed) -> None:
    """Edit the case in a form, or the whole file without a case or if the suite is unreadable."""
    from stack_tui.tui.cases.form import CaseForm

    if case is None or file.suite is None:
        edit_raw(host, file.path, changed)
    elif held := _read(host, file.path):
        host.open(CaseForm(held, file.suite, case, new=False), changed)


def edit_named(host: Host, suite: str, case_id: str, changed: Changed) -> None:
    """Edit that case of the suite of that name, as its file is now."""
    for file in host.snapshot.suites:
        for case in file.suite.cases if file.suite and file.suite.name == suite else ():
            if case.id == case_id:
                edit(host, file, case, changed)
                return
    host.show_message(f"The case is no longer in a suite called {suite}.")


def edit_raw(host: Host, path: Path, changed: Changed, case_id: str = "") -> None:
    """Edit the suite's file as TOML, starting at the case."""
    from stack_tui.suites.model.suite_edit import line_of
    from stack_tui.tui.cases.raw_editor import RawEditor

    if held := _read(host, path):
        host.open(RawEditor(held, line_of(held.text, case_id)), changed)


def add(host: Host, file: SuiteFile, changed: Changed) -> None:
    """Write a new case into the suite."""
    from stack_tui.suites.model.case import Case
    from stack_tui.tui.cases.form import CaseForm

    if file.suite and (held := _read(host, file.path)):
        host.open(CaseForm(held, file.suite, Case(id="", input=""), new=True), changed)


def add_from_sample(host: Host, sample: Sample, run_suite: Suite | None, changed: Changed) -> None:
    """Make a case of the sample, in the suite of the run's name or in one that the user chooses."""
    from stack_tui.tui.cases.form import CaseForm
    from stack_tui.tui.ui.dialogs import Choose

    files = [file for file in host.snapshot.suites if file.suite]
    name = run_suite.name if run_suite else None
    found = [file for file in files if file.suite and file.suite.name == name] or files

    def chosen(place: int | None) -> None:
        file = None if place is None else found[place]
        if file and file.suite and (held := _read(host, file.path)):
            case = case_of(sample, run_suite, {case.id for case in file.suite.cases})
            host.open(CaseForm(held, file.suite, case, new=True, sample=sample), changed)

    if not found:
        host.show_message(
            "There is no suite to add it to. "
            f"In Cases, {host.key_for('cases.new')} writes a new one."
        )
    elif len(found) == 1:
        chosen(0)
    else:
        names = [file.suite.name for file in found if file.suite]
        host.open(Choose("The suite for the new case", names), chosen)


def case_of(sample: Sample, run_suite: Suite | None, taken: Collection[str]) -> Case:
    """Return a case to edit, under an id that is not `taken`.

    A suite's sample gives its case as the run had it; a benchmark's gives its prompt, and rules
    made from its target.
    """
    from stack_tui.suites.model.case import Case

    cases = run_suite.cases if run_suite else ()
    if known := next((case for case in cases if case.id == sample.id), None):
        return msgspec.structs.replace(known, id=first_free(known.id, taken))
    target = sample.target.strip()
    letters = bool(target) and len(target) <= _SHORT
    return Case(
        id=first_free(slug(f"{sample.task}-{sample.id}") or "result", taken),
        input=sample.prompt,
        must_mention=(target,) if target and not letters else (),
        starts_with=target if letters else None,
        rubric=f"The answer is {target}." if target else "",
    )


def new_suite(host: Host, changed: Changed) -> None:
    """Ask for a name, write a suite of that name with an example case, and open it as TOML."""
    from stack_tui.tui.ui.dialogs import AskLine

    folder = own_folder(host.cases)

    def bad_name(name: str) -> str:
        from stack_tui.suites.model.validation import suite_problems

        if found := next(suite_problems(_example(name)), None):
            return f"A name {found.message}."
        path = folder / file_name(name, ".toml")
        return f"{path} already exists." if path.exists() else ""

    def given(name: str | None) -> None:
        from stack_tui.suites.model.suite_edit import suite_text
        from stack_tui.suites.model.suite_store import create

        if name is None:
            return
        path = folder / file_name(name, ".toml")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            create(path, suite_text(_example(name)))
        except OSError as error:
            problem = f"cannot be created: {error.strerror}"
            host.show_error(StackError(problem, where=str(folder)))
        except StackError as error:
            host.show_error(error)
        else:
            host.cases = folder
            host.reread()
            edit_raw(host, path, changed)

    hint = f"The suite's name. Its file goes into {folder}."
    host.open(AskLine("New suite", hint, "", bad_name), given)


def _example(name: str) -> Suite:
    from stack_tui.suites.model.case import Case, Suite

    case = Case(
        id="example",
        input="Replace this input, and the rules and the rubric below.",
        must_mention=("input",),
        rubric="Says in one sentence what is asked for.",
    )
    return Suite(
        name=name,
        system="Answer in at most two sentences.",
        prompt="Summarize:\n\n{input}",
        cases=(case,),
    )


def show_diagnostics(host: Host, file: SuiteFile) -> None:
    """Show what `stack-tui cases check` reports on the suite."""
    from stack_tui.reports.pages.diagnostics_page import diagnostics_page
    from stack_tui.suites.diagnostics.lint import lint
    from stack_tui.tui.ui.page_view import page_document

    suite = file.suite
    if suite is None:
        host.show_message(_UNREADABLE)
        return
    host.run_job(
        lambda: lint(suite),
        lambda found: host.show_page(lambda: page_document(diagnostics_page(suite.name, found))),
        label=f"checking {suite.name}",
    )


def search_leakage(host: Host, file: SuiteFile) -> None:
    """Ask for files of training data, and show which of the suite's cases they contain."""
    from stack_tui.reports.pages.diagnostics_page import leakage_page
    from stack_tui.suites.diagnostics.leakage import leakage, redact_overlaps
    from stack_tui.tui.ui.dialogs import AskLine
    from stack_tui.tui.ui.page_view import page_document

    suite = file.suite
    if suite is None:
        host.show_message(_UNREADABLE)
        return

    def given(text: str | None) -> None:
        if paths := [Path(each).expanduser() for each in shlex.split(text or "")]:
            host.run_job(
                lambda: redact_overlaps(leakage(suite.cases, paths), suite.cases),
                lambda found: host.show_page(
                    lambda: page_document(leakage_page(found, len(suite.cases)))
                ),
                label=f"searching {plural(len(paths), 'file')} for {suite.name}",
            )

    hint = "Files of training or few-shot data, separated by spaces: JSONL, JSON, text or parquet."
    host.open(AskLine("Leakage", hint, "", _path_problem), given)


def _path_problem(text: str) -> str:
    """Return what is wrong with the paths that were typed."""
    try:
        paths = shlex.split(text)
    except ValueError:
        return "A quotation mark is not closed."
    missing = [path for path in paths if not Path(path).expanduser().is_file()]
    return f"No such file: {missing[0]}" if missing else ""


def change(host: Host, changed: Changed, work: Callable[[], Undo]) -> None:
    """Make a change that needs no form."""
    try:
        changed(work())
    except StackError as error:
        host.show_error(error)


def _read(host: Host, path: Path) -> HeldFile | None:
    try:
        return case_changes.read(path)
    except StackError as error:
        host.show_error(error)
        return None
