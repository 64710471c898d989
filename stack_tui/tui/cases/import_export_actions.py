"""Import cases from other files, and export them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from stack_tui.names import plural
from stack_tui.text import one_line
from stack_tui.tui.host import Host
from stack_tui.tui.state.suite_files import own_folder
from stack_tui.tui.ui.blocks import line
from stack_tui.tui.ui.dialogs import AskLine

if TYPE_CHECKING:
    from stack_tui.suites.import_export.imported import BroughtIn
    from stack_tui.suites.model.case import Suite


def import_file(host: Host) -> None:
    """Ask for a file of cases, and write them as suites into the user's own folder."""
    folder = own_folder(host.cases)

    def work(file: Path) -> BroughtIn:
        from stack_tui.suites.import_export.files import bring_in

        return bring_in(file, folder)

    def brought_in(found: BroughtIn) -> None:
        from stack_tui.suites.import_export.imported import format_note

        host.cases = folder
        made = ", ".join(
            f"{path} ({plural(len(suite.cases), 'case')})" for path, suite in found.suites.items()
        )
        if found.notes:
            head = line((f"Wrote {made}. Not imported:", "strong"))
            notes = [
                line(("! ", "warn"), one_line(format_note(note), 1000)) for note in found.notes
            ]
            host.show_page(lambda: [head, line(""), *notes])
        host.show_message(f"Wrote {made}")

    def given(name: str | None) -> None:
        if name:
            file = Path(name).expanduser()
            host.run_job(lambda: work(file), brought_in, label=f"importing {file.name}")

    def problem(name: str) -> str:
        return "" if name and Path(name).expanduser().is_file() else "No such file."

    hint = "A file of cases: .jsonl, .csv or promptfoo .yaml."
    host.open(AskLine("Import cases", hint, "", problem), given)


def export_suite(host: Host, suite: Suite, *, with_holdout: bool) -> None:
    """Ask for a file name, and write the suite's cases to a new file of that name."""
    from stack_tui.suites.model.case import without_holdout

    exported = suite if with_holdout else without_holdout(suite)

    def work(file: Path) -> Path:
        from stack_tui.suites.import_export.files import write

        write(file, exported)
        return file.resolve()

    def given(name: str | None) -> None:
        if name:
            file = Path(name).expanduser()
            size = plural(len(exported.cases), "case")
            host.run_job(
                lambda: work(file),
                lambda to: host.show_message(f"{size} in {to}"),
                label=f"exporting {suite.name}",
            )

    hint = "A file name ending in .jsonl or .csv. An existing file is never overwritten."
    host.open(AskLine(f"Export {suite.name}", hint, f"{suite.name}.jsonl"), given)
