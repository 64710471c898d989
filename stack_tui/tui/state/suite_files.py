"""The suites of the cases folder, reread when a file changes."""

from collections.abc import Callable
from pathlib import Path

from stack_tui.errors import StackError
from stack_tui.paths import DEFAULT_CASES, FileStamp, shipped_cases
from stack_tui.tui.state.snapshot import SuiteFile


class SuiteFiles:
    """The suites of the current cases folder; `files` is what the last refresh found."""

    def __init__(self, cases: Callable[[], Path]) -> None:
        self.files: tuple[SuiteFile, ...] = ()
        self._cases = cases
        self._stamps: dict[Path, FileStamp | None] = {}
        self._known: dict[Path, SuiteFile] = {}

    def refresh(self) -> None:
        """Read what is new or has changed since the last call."""
        cases = self._cases()
        if not cases.is_dir():
            self.files = ()
            return
        from stack_tui.suites.model import suite_store

        for path in (paths := suite_store.discover(cases)):
            stamp = FileStamp.of(path)
            if path not in self._known or self._stamps[path] != stamp:
                self._stamps[path] = stamp
                self._known[path] = read_suite(path)
        self.files = tuple(self._known[path] for path in paths)


def own_folder(cases: Path) -> Path:
    """Return the folder for the user's own suites, which is never the one that ships."""
    return DEFAULT_CASES if cases == shipped_cases() else cases


def read_suite(path: Path) -> SuiteFile:
    """Return the suite in the file, or the problem with it."""
    from stack_tui.suites.model import suite_store

    try:
        return SuiteFile(path, suite=suite_store.load(path))
    except StackError as error:
        return SuiteFile(path, problem=error)
