"""Converters for run.toml and journals that older versions wrote, so that old runs stay readable.

Version 0.1.0 kept a run's subject in a table named after its kind (`[suite]`, `[benchmark]` or
`[duel]`), an endpoint's URL as it was typed, and the issues that rules found as texts.
"""

from collections.abc import Mapping, Sequence
from typing import Any, get_args

import msgspec

from stack_tui.config.decode import EMBEDDED
from stack_tui.config.urls import base_url, url_problem
from stack_tui.runs.rule_issue import issue_of_text
from stack_tui.runs.spec import Subject

_KINDS = tuple(str(kind.__struct_config__.tag) for kind in get_args(Subject))


def current_spec(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a run's spec with a `subject` table and with URLs in their normal form."""
    judges = data.get("judges")
    data = {name: _endpoint(value) if name == "endpoint" else value for name, value in data.items()}
    if isinstance(judges, Sequence) and not isinstance(judges, str):
        data["judges"] = [_endpoint(judge) for judge in judges]
    kinds = [kind for kind in _KINDS if data.get(kind) is not None]
    if "subject" in data or len(kinds) != 1 or not isinstance(data[kinds[0]], Mapping):
        return data
    rest = {name: value for name, value in data.items() if name not in _KINDS}
    return {**rest, "subject": {"kind": kinds[0], **data[kinds[0]]}}


def _endpoint(table: Any) -> Any:
    """Return an endpoint's table with a URL in its normal form, and as it was typed beside it.

    The keys of the run's answers are made of the URL as it was typed.
    """
    url = table.get("url") if isinstance(table, Mapping) else None
    if not isinstance(url, str) or url == EMBEDDED or url_problem(url) or base_url(url) == url:
        return table
    return {**table, "url": base_url(url), "recorded_url": url}


def current_event(data: Any) -> Any:
    """Return an event's data with all that older versions wrote in another form converted."""
    if not isinstance(data, Mapping):
        return data
    found = dict(data)
    if isinstance(spec := data.get("spec"), Mapping):
        found["spec"] = current_spec(spec)
    if isinstance(issues := data.get("rule_issues"), list):
        found["rule_issues"] = [
            msgspec.to_builtins(issue_of_text(issue)) if isinstance(issue, str) else issue
            for issue in issues
        ]
    return found
