"""endpoint.json: what the launcher found out about a run's endpoint, for the worker it starts."""

from pathlib import Path
from typing import Any

import msgspec

from stack_tui.endpoints.probe import Capabilities, Health
from stack_tui.paths import write_atomically
from stack_tui.runs.store import probe_path


class ProbeRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An endpoint just before a run on it starts; only a benchmark has capabilities and tasks."""

    health: Health
    capabilities: Capabilities | None = None
    tasks: dict[str, dict[str, Any]] = {}
    """The catalog's entries of the tasks that the run needs, checked against the capabilities."""


def write_probe(folder: Path, record: ProbeRecord) -> None:
    """Write the record into the run's folder."""
    content = msgspec.json.format(msgspec.json.encode(record), indent=2)
    write_atomically(probe_path(folder), content)


def read_probe(folder: Path) -> ProbeRecord | None:
    """Return the record, None if there is none that can be read: the worker then probes itself."""
    try:
        return msgspec.json.decode(probe_path(folder).read_bytes(), type=ProbeRecord)
    except (FileNotFoundError, msgspec.MsgspecError, UnicodeDecodeError):
        return None
