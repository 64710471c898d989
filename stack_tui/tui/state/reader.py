"""Read runs and suites from disk for the screens, in one thread."""

import time
from collections.abc import Callable
from pathlib import Path

from stack_tui.errors import StackError
from stack_tui.runs.holdout import HoldoutAccess
from stack_tui.runs.store import folders
from stack_tui.tui.state.run_follower import RunFollower
from stack_tui.tui.state.snapshot import Snapshot
from stack_tui.tui.state.suite_files import SuiteFiles

_LIST_EVERY_S = 2.0
_HISTORY_BUDGET_S = 0.1


class Reader:
    """Follows the disk; `read` returns a new snapshot when something has changed.

    The chosen run (the newest, until one is chosen) and active ones are followed closely. Any
    other is read once for its card, and again when its journal changes.
    """

    def __init__(
        self, results: Path, cases: Callable[[], Path], clock: Callable[[], float] = time.time
    ) -> None:
        self._results = results
        self._suites = SuiteFiles(cases)
        self._clock = clock
        self._runs: dict[Path, RunFollower] = {}
        self._wanted: Path | None = None
        self._listed_at = float("-inf")
        self._problem: StackError | None = None
        self._last = Snapshot()

    def choose(self, folder: Path | None) -> None:
        """Include the samples of that run from now on; callable from any thread."""
        self._wanted = folder

    def reveal(self, folder: Path, access: HoldoutAccess) -> None:
        """Include the run's held-out texts from now on; callable from any thread."""
        if followed := self._runs.get(folder):
            followed.reveal(access)

    def list_again(self) -> None:
        """Make the next `read` list the folders; callable from any thread."""
        self._listed_at = float("-inf")

    @property
    def behind(self) -> bool:
        """Whether there are runs that have not been read yet."""
        return any(not followed.card.loaded for followed in self._runs.values())

    def read(self) -> Snapshot | None:
        """Return a snapshot, None if nothing has changed since the last call."""
        listing = time.monotonic() - self._listed_at >= _LIST_EVERY_S
        if listing:
            self._list()
        newest_first = sorted(self._runs, reverse=True)
        wanted = self._wanted or next(iter(newest_first), None)
        self._follow([self._runs[folder] for folder in newest_first], wanted, listing)
        chosen = self._runs.get(wanted) if wanted else None
        snapshot = Snapshot(
            ready=True,
            runs=tuple(self._runs[folder].card for folder in newest_first),
            chosen=chosen.chosen() if chosen else None,
            suites=self._suites.files,
            problem=self._problem,
        )
        if snapshot == self._last:
            return None
        self._last = snapshot
        return snapshot

    def _list(self) -> None:
        self._listed_at = time.monotonic()
        try:
            found = folders(self._results)
            self._suites.refresh()
        except OSError as error:
            self._problem = StackError(f"cannot be read: {error}", where=str(self._results))
            return
        self._problem = None
        for gone in self._runs.keys() - set(found):
            del self._runs[gone]
        for folder in found:
            if folder not in self._runs:
                self._runs[folder] = RunFollower(folder)

    def _follow(self, runs: list[RunFollower], wanted: Path | None, listing: bool) -> None:
        now = self._clock()
        began = time.monotonic()
        for followed in runs:
            card = followed.card
            unread = not card.loaded and time.monotonic() - began < _HISTORY_BUDGET_S
            if card.folder == wanted:
                followed.follow(now)
            elif card.active or unread or (listing and card.loaded):
                followed.glance(now)
