"""Fingerprints of what a suite's score depends on: if equal, scores can be compared."""

from collections.abc import Mapping
from typing import Any

import msgspec

from stack_tui.runs.spec import digest
from stack_tui.suites.model.case import Case, Suite

# Names and descriptions, and what belongs to a run: repeats, temperatures, judges and panel.
_ASIDE_IN_SUITE = frozenset(
    {"name", "description", "repeats", "temperature", "judges", "panel", "cases", "gates"}
)
_ASIDE_IN_CASE = frozenset({"id", "labels", "cluster", "holdout"})
# Rules in which the order of phrases has no meaning.
_UNORDERED = frozenset({"must_mention", "must_not_mention", "regex", "not_regex", "one_of"})
_LENGTH = 12


def suite_version(suite: Suite) -> str:
    """Return 12 hex digits for the suite's cases, by id, and everything that is sent with them.

    Comments, the order of cases and keys, names, descriptions, labels and clusters do not matter;
    nor do repeats and temperatures, which belong to a run. Which cases are held out does.
    """
    parts = [_matters(suite, _ASIDE_IN_SUITE), case_digests(suite)]
    if held_out := sorted(case.id for case in suite.cases if case.holdout):
        parts.append({"holdout": held_out})
    return digest(*parts)[:_LENGTH]


def case_digests(suite: Suite) -> dict[str, str]:
    """Return 12 hex digits for each case, by id: its input, rules and rubric.

    The suite's prompt and sampling do not matter: two prompts on the same case can be compared.
    """
    return {case.id: digest(_matters(case, _ASIDE_IN_CASE))[:_LENGTH] for case in suite.cases}


def _matters(part: Case | Suite, aside: frozenset[str]) -> Mapping[str, Any]:
    """Return the fields that are not at their default: a new field then changes no old version."""
    fields: dict[str, Any] = msgspec.to_builtins(part)
    return {
        field: _sorted(value) if field in _UNORDERED else value
        for field, value in fields.items()
        if field not in aside
    }


def _sorted(phrases: Any) -> list[list[str]]:
    """Return the phrases as lists of alternatives, sorted."""
    listed = [phrases] if isinstance(phrases, str) else phrases
    return sorted(sorted([item] if isinstance(item, str) else item) for item in listed)
