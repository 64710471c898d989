"""Write a new suite."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from stack_tui.errors import StackError
from stack_tui.tui.cases import actions
from stack_tui.tui.host import Host
from stack_tui.tui.state.suite_files import own_folder
from stack_tui.tui.ui.dialogs import AskLine

if TYPE_CHECKING:
    from stack_tui.suites.model.case import Suite
    from stack_tui.tui.cases.actions import Changed


def new_suite(host: Host, changed: Changed) -> None:
    """Ask for a name, write a suite of that name with an example case, and open it as TOML."""
    folder = own_folder(host.cases)

    def bad_name(name: str) -> str:
        from stack_tui.suites.model.validation import suite_problems

        found = next(suite_problems(_example(name)), None)
        if found:
            return f"A name {found.message}."
        return f"{_file(folder, name)} already exists." if _file(folder, name).exists() else ""

    def given(name: str | None) -> None:
        from stack_tui.suites.model.suite_edit import suite_text
        from stack_tui.suites.model.suite_store import create

        if name is None:
            return
        try:
            folder.mkdir(parents=True, exist_ok=True)
            create(_file(folder, name), suite_text(_example(name)))
        except OSError as error:
            problem = f"cannot be created: {error.strerror}"
            host.show_error(StackError(problem, where=str(folder)))
            return
        except StackError as error:
            host.show_error(error)
            return
        host.cases = folder
        host.reread()
        actions.edit_raw(host, _file(folder, name), changed)

    hint = f"The suite's name. Its file goes into {folder}."
    host.open(AskLine("New suite", hint, "", bad_name), given)


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name}.toml"


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
