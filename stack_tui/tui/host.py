"""What screens may ask of the app they run in, so that none names the app itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from textual.content import Content
from textual.dom import DOMNode
from textual.screen import Screen

from stack_tui.config.decode import Config, Endpoint
from stack_tui.errors import StackError
from stack_tui.runs.holdout import HoldoutAccess
from stack_tui.tui.state.endpoint_list import EndpointView
from stack_tui.tui.state.snapshot import Snapshot

if TYPE_CHECKING:
    from stack_tui.endpoints.examine import ProbeResult
    from stack_tui.endpoints.gpu import Gpus

T = TypeVar("T")
Block = Content | Callable[[int], Sequence[Content]]
"""A paragraph of a page, or a function from the width to its lines."""


class Host(Protocol):
    """The app as its features see it; `StackApp` is one.

    Messages go through `show_message` and `show_error`, never through Textual's own `notify`:
    that one reads markup out of text that a server or a model wrote.
    """

    config: Config
    cases: Path
    """The folder whose suites are listed; a feature may set it to another."""
    results: Path
    chosen: Path | None
    """The folder of the run whose samples are shown."""

    @property
    def snapshot(self) -> Snapshot: ...

    @property
    def endpoints(self) -> tuple[EndpointView, ...]: ...

    @property
    def gpus(self) -> Gpus | None: ...

    @property
    def busy(self) -> tuple[str, ...]:
        """The labels of the jobs that the user waits for."""
        ...

    def show_message(self, message: str) -> None:
        """Show the message for a few seconds."""
        ...

    def show_error(self, error: StackError) -> None:
        """Show what went wrong and what to do about it."""
        ...

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
        """Do `work` in a thread, then call `done` with its result in the app's own thread.

        A StackError goes to `failed`, else to `show_error`. A newer job of the same `key` overtakes
        this one: it starts when this one has ended, and what this one came to is dropped. Without
        `overtake` jobs of a key run in turn, each to its end: so a file is changed. A job with a
        `label` is one that the user waits for: the status line shows the label, the user may give
        it up, and the disk is read at its end.
        """
        ...

    def show_page(self, blocks: Callable[[], Sequence[Block]]) -> None:
        """Show a page on the whole screen; `blocks` is called whenever what is known changes."""
        ...

    def open(self, screen: Screen[T], then: Callable[[T | None], None] | None = None) -> None:
        """Open the screen, and call `then` with its result; None if it was cancelled."""
        ...

    def key_for(self, name: str) -> str:
        """Return the key to name in a message for the binding of that id, as it is configured."""
        ...

    def choose(self, folder: Path) -> None:
        """Show the samples of that run from now on."""
        ...

    def reread(self) -> None:
        """Read the disk now."""
        ...

    def reveal(self, folder: Path, access: HoldoutAccess) -> None:
        """Show the held-out texts of the run from now on; the access has been logged."""
        ...

    def use_config(self, config: Config) -> None:
        """Use this configuration from now on; runs that have begun keep their endpoints."""
        ...

    def poll_endpoints(self) -> None:
        """Check the health of every endpoint now."""
        ...

    def note_probe(self, endpoint: Endpoint, finding: ProbeResult) -> None:
        """Keep the result of a probe as long as the app is open."""
        ...

    def copy_to_clipboard(self, text: str) -> None:
        """Copy the text to the terminal's clipboard."""
        ...

    def suspend(self) -> AbstractContextManager[None]:
        """Lend the terminal to another program."""
        ...


def host_of(node: DOMNode) -> Host:
    """Return the app that the widget or screen runs in."""
    return cast(Host, cast(Any, node.app))
