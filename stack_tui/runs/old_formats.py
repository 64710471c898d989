"""Converters for run.toml and journals that older versions wrote, so that old runs stay readable.

Version 0.1.0 and earlier kept a run's subject in a table named after its kind: `[suite]`,
`[benchmark]` or `[duel]`.
"""

from collections.abc import Mapping
from typing import Any, get_args

from stack_tui.runs.spec import Subject

_KINDS = tuple(str(kind.__struct_config__.tag) for kind in get_args(Subject))


def current_spec(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a run's spec with a `subject` table, made from the old one if it has none."""
    kinds = [kind for kind in _KINDS if data.get(kind) is not None]
    if "subject" in data or len(kinds) != 1 or not isinstance(data[kinds[0]], Mapping):
        return data
    rest = {name: value for name, value in data.items() if name not in _KINDS}
    return {**rest, "subject": {"kind": kinds[0], **data[kinds[0]]}}


def current_event(data: Any) -> Any:
    """Return an event's data with all that older versions wrote in another form converted."""
    if isinstance(data, Mapping) and isinstance(data.get("spec"), Mapping):
        return {**data, "spec": current_spec(data["spec"])}
    return data
