"""Suites and cases for tests."""

from typing import Any

import msgspec

from stack_tui.suites.model.case import Case, Suite

LONG_INPUT = "A passage that is longer than whatever is said about it in these tests. " * 20


def case(**fields: Any) -> Case:
    """A case called c0 with a long input, and those fields."""
    return msgspec.convert({"id": "c0", "input": LONG_INPUT} | fields, Case)


def suite(*cases: Case, **fields: Any) -> Suite:
    """A suite called tiny of those cases, or of one plain case."""
    return Suite(**{"name": "tiny", "cases": cases or (case(),)} | fields)
