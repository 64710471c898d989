"""The app: it starts the threads, keeps what they find, and hands it to the screens."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual import on
from textual.app import App
from textual.command import Provider
from textual.message import Message
from textual.reactive import var
from textual.screen import Screen

from stack_tui.config.decode import Config, Endpoint
from stack_tui.errors import StackError
from stack_tui.paths import DEFAULT_CASES
from stack_tui.runs.holdout import HoldoutAccess
from stack_tui.runs.store import find
from stack_tui.text import printable
from stack_tui.tui import bindings, jobs
from stack_tui.tui.dashboard import Dashboard
from stack_tui.tui.signals import leave_on_signals
from stack_tui.tui.state.config_watch import ConfigWatch
from stack_tui.tui.state.endpoint_list import EndpointView, KnownEndpoints
from stack_tui.tui.state.endpoint_poller import EndpointPoller, Reports
from stack_tui.tui.state.metrics_history import Load
from stack_tui.tui.state.reader import Reader
from stack_tui.tui.state.snapshot import Snapshot
from stack_tui.tui.ui import theme
from stack_tui.tui.ui.blocks import Block
from stack_tui.tui.ui.keymap import key_for, keymap
from stack_tui.tui.ui.textual_private import hide_covered_screens

if TYPE_CHECKING:
    from stack_tui.endpoints.examine import ProbeResult
    from stack_tui.endpoints.gpu import Gpus
    from stack_tui.endpoints.health import Health

T = TypeVar("T")

_LOOK_EVERY_S, _SHOW_EVERY_S, _HURRY_S = 0.25, 1.0, 0.1


def _has_embedded() -> bool:
    from stack_tui.endpoints.embedded import shared_server

    return shared_server.available()


def _actions() -> type[Provider]:
    from stack_tui.tui.palette import Actions

    return Actions


@dataclass
class SnapshotRead(Message):
    """The disk was read and something has changed; a later one replaces it."""

    snapshot: Snapshot

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, SnapshotRead)


@hide_covered_screens
class StackApp(App[None]):
    """The host of all screens; without `live` it reads no disk and polls no endpoint."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["app.tcss", "dashboard.tcss"]
    TITLE = "stack-tui"
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {_actions}

    BINDINGS = bindings.APP

    snapshot: var[Snapshot] = var(Snapshot())
    endpoints: var[tuple[EndpointView, ...]] = var(())
    gpus: var[Gpus | None] = var(None)
    busy: var[tuple[str, ...]] = var(())

    def __init__(
        self,
        config: Config,
        results: Path,
        *,
        cases: Path = DEFAULT_CASES,
        run: Path | None = None,
        beside: Callable[[], object] | None = None,
        live: bool = True,
    ) -> None:
        super().__init__()
        for each in theme.THEMES:
            self.register_theme(each)
        self.theme = theme.named(config.app.theme) or theme.fitting(self.console.color_system)
        self.config = config
        self.keymap = keymap(config)
        self.set_keymap(self.keymap)
        self.results = results
        self.cases = cases
        self.chosen = run
        self._settled = run is not None
        self._beside = beside
        self._live = live
        self._jobs = jobs.Jobs(self, self._show_busy)
        self._reader = Reader(results, lambda: self.cases)
        self._reader.choose(run)
        self._look_now = threading.Event()
        self._show_cost = 0.0
        self._leaving = False
        self._watch = EndpointPoller(
            Reports(
                answered=partial(jobs.hand_over, self, self.note_health),
                measured=partial(jobs.hand_over, self, self._note_load),
                found=partial(jobs.hand_over, self, self.note_found),
                gpus=partial(jobs.hand_over, self, setattr, self, "gpus"),
            )
        )
        self._config_file = ConfigWatch(config)
        self._known = KnownEndpoints()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return the variables that a theme of Textual's own lacks."""
        return theme.DARK.variables

    def get_default_screen(self) -> Screen[None]:
        return Dashboard()

    def on_mount(self) -> None:
        self._list_endpoints()
        if self._live:
            leave_on_signals(self.exit)
            self.call_after_refresh(self._begin)

    def on_unmount(self) -> None:
        self._leaving = True
        self._look_now.set()
        self._watch.stop()

    def _begin(self) -> None:
        for work in (self._read_on, self._watch.run):
            jobs.run(self, work, lambda _: None, self.show_error)
        jobs.run(self, _has_embedded, self._offer_embedded, self.show_error)
        if self._beside:
            jobs.run(self, self._beside, lambda _: None, self.show_error)

    def _read_on(self) -> None:
        while not self._leaving:
            began = time.thread_time()
            snapshot = self._reader.read()
            try:
                if config := self._config_file.refresh():
                    jobs.hand_over(self, self.use_changed_config, config)
            except StackError as error:
                jobs.hand_over(self, self.show_error, error)
            cost = time.thread_time() - began + self._show_cost
            if snapshot:
                jobs.hand_over(self, self.post_message, SnapshotRead(snapshot))
            calm = max(_SHOW_EVERY_S if snapshot else _LOOK_EVERY_S, 10 * cost)
            self._look_now.wait(_HURRY_S if self._reader.behind else calm)
            self._look_now.clear()

    def use_changed_config(self, config: Config) -> None:
        """Use a configuration that was changed outside, and say so."""
        if config != self.config:
            self.use_config(config)
            self.show_message(f"Reloaded {config.path}, which has changed.")

    def use_config(self, config: Config) -> None:
        """Use this configuration from now on; runs that have begun keep their endpoints."""
        self.config = config
        self._list_endpoints()

    @on(SnapshotRead)
    def _show_snapshot(self, message: SnapshotRead) -> None:
        began = time.thread_time()
        self._settle_choice(message.snapshot)
        self.snapshot = message.snapshot
        self._list_endpoints()
        self._show_cost = time.thread_time() - began

    def _settle_choice(self, snapshot: Snapshot) -> None:
        """Choose a run if none is chosen: an active one, or the newest once all have been read."""
        if snapshot.card(self.chosen) is None and self.chosen is not None and snapshot.ready:
            self._settled = False
        if not self._settled and snapshot.runs:
            self._settled = all(card.loaded for card in snapshot.runs)
            self._choose((*snapshot.active, snapshot.runs[0])[0].folder)

    def note_health(self, health: Health) -> None:
        """Show the endpoint's health."""
        self._known.note_health(health)
        self._list_endpoints()

    def _note_load(self, endpoint: Endpoint, load: Load) -> None:
        self._known.loads[endpoint] = load
        self._list_endpoints()

    def note_probe(self, endpoint: Endpoint, finding: ProbeResult) -> None:
        """Keep the result of a probe as long as the app is open."""
        self._known.findings[endpoint] = finding
        self._list_endpoints()

    def note_found(self, found: Sequence[Health]) -> None:
        """List the servers that answer on the local ports."""
        self._known.note_found(found)
        self._list_endpoints()

    def _offer_embedded(self, available: bool) -> None:
        self._known.embedded = available
        self._list_endpoints()

    def _list_endpoints(self) -> None:
        specs = [card.spec for card in self.snapshot.active if card.spec]
        in_use = [endpoint for spec in specs for endpoint in (spec.endpoint, *spec.judges)]
        self.endpoints = self._known.views(self.config, in_use)
        self._watch.watch(seen.endpoint for seen in self.endpoints)

    def poll_endpoints(self) -> None:
        """Check the health of every endpoint now."""
        self._watch.poll_now()
        self.show_message("Checking all endpoints.")

    def choose(self, folder: Path) -> None:
        """Show the samples of that run from now on."""
        self._settled = True
        self._choose(folder)

    def _choose(self, folder: Path) -> None:
        if folder != self.chosen:
            self.chosen = folder
            self._reader.choose(folder)
            self._look_now.set()

    def reveal(self, folder: Path, access: HoldoutAccess) -> None:
        """Show the held-out texts of the run from now on; the access has been logged."""
        self._reader.reveal(folder, access)
        self.reread()

    def reread(self) -> None:
        """Read the disk now."""
        self._reader.list_again()
        self._look_now.set()

    def run_job(
        self,
        work: Callable[[], T],
        done: Callable[[T], object],
        *,
        failed: Callable[[StackError], object] | None = None,
        key: object = None,
        overtake: bool = True,
        label: str = "",
    ) -> None:
        """Do `work` in a thread, then call `done` with its result here; see Host."""
        self._jobs.run(
            work, done, failed or self.show_error, key=key, overtake=overtake, label=label
        )

    def _show_busy(self) -> None:
        self.busy = self._jobs.labels
        self.refresh_bindings()
        self.reread()

    def action_give_up(self) -> None:
        if label := self._jobs.give_up():
            self.show_message(f"No longer waiting for: {label}. It may still complete.")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to give up only while the user waits for something."""
        return action != "give_up" or bool(self.busy)

    def show_message(self, message: str) -> None:
        """Show the message for a few seconds."""
        self.notify(printable(message), markup=False, timeout=4)

    def key_for(self, name: str) -> str:
        """Return the key to name in a message for the binding of that id, as it is configured."""
        return key_for(name, self.keymap)

    def show_error(self, error: StackError) -> None:
        """Show what went wrong and what to do about it."""
        message = "\n".join(filter(None, (error.what, error.remedy)))
        self.notify(
            printable(message),
            title=printable(error.where),
            severity="error",
            markup=False,
            timeout=15,
        )

    def open(self, screen: Screen[T], then: Callable[[T | None], None] | None = None) -> None:
        """Open the screen, and call `then` with its result; None if it was cancelled."""
        self.push_screen(screen, then)

    def show_page(self, blocks: Callable[[], Sequence[Block]]) -> None:
        """Show a page on the whole screen; `blocks` is called whenever what is known changes."""
        from stack_tui.tui.page_screen import PageScreen

        self.push_screen(PageScreen(blocks))

    def action_help(self) -> None:
        from stack_tui.tui.help import Help

        self.push_screen(Help(self.screen))

    def action_next_theme(self) -> None:
        self.theme = theme.after(self.theme)
        self.show_message(f"Theme: {self.theme}")


def run_app(
    config: Config,
    results: Path,
    *,
    cases: Path = DEFAULT_CASES,
    run: str | None = None,
    beside: Callable[[], object] | None = None,
    mouse: bool = True,
) -> None:
    """Open the app and return when it is closed; raises RunNotFound if there is no such `run`.

    Raises AppCrashed if it ended by a defect, whose traceback Textual has printed. `beside` is
    called in a thread once the app is open; the app shows its error.
    """
    folder = find(results, run) if run else None
    app = StackApp(config, results, cases=cases, run=folder, beside=beside)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise StackError(
            "the app needs a terminal for input and output",
            remedy="Use a command instead; stack-tui --help lists them.",
        )
    app.run(mouse=mouse)
    if app.return_code:
        raise AppCrashed(
            "the app ended by a defect in stack-tui", remedy="Please report it with the text above."
        )


class AppCrashed(StackError):
    """The app ended otherwise than by leaving it."""

    exit_code = 4
