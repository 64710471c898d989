"""The messages that threads post to the app."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from stack_tui.config.decode import Config, Endpoint
from stack_tui.tui.state.endpoint_poller import Reports
from stack_tui.tui.state.metrics_history import Load
from stack_tui.tui.state.snapshot import Snapshot

if TYPE_CHECKING:
    from stack_tui.endpoints.gpu import Gpus
    from stack_tui.endpoints.health import Health


@dataclass
class SnapshotRead(Message):
    """The disk was read and something has changed; a later one replaces it."""

    snapshot: Snapshot

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, SnapshotRead)


@dataclass
class ConfigRead(Message):
    """The configuration file was changed and read again."""

    config: Config


@dataclass
class EndpointAnswered(Message):
    """An endpoint's health was checked."""

    endpoint: Endpoint
    health: Health


@dataclass
class EndpointMeasured(Message):
    """A server's metrics were read."""

    endpoint: Endpoint
    load: Load


@dataclass
class GpusRead(Message):
    """This machine's GPUs were read."""

    gpus: Gpus


@dataclass
class EndpointsFound(Message):
    """These servers answer on the well-known local ports."""

    found: list[Health]


def reports_to(post: Callable[[Message], object]) -> Reports:
    """Return reports that are posted as messages."""
    return Reports(
        answered=lambda endpoint, health: post(EndpointAnswered(endpoint, health)),
        measured=lambda endpoint, load: post(EndpointMeasured(endpoint, load)),
        found=lambda found: post(EndpointsFound(found)),
        gpus=lambda gpus: post(GpusRead(gpus)),
    )
