"""Which cases of a suite a run asks, if not all of them."""

import difflib
from collections.abc import Sequence

from stack_tui.errors import StackError
from stack_tui.suites.model.case import Suite
from stack_tui.text import one_line


def select_cases(
    suite: Suite, ids: Sequence[str] = (), labels: Sequence[str] = (), limit: int | None = None
) -> tuple[str, ...]:
    """Return the ids of the chosen cases in the suite's order; empty if nothing restricts them.

    A case is chosen if it is among `ids` and has one of `labels`, where any are given; `limit`
    keeps the first so many. Raises StackError for an id or a label that the suite does not have,
    and if no case is left.
    """
    if not ids and not labels and limit is None:
        return ()
    _refuse_unknown("case", ids, [case.id for case in suite.cases], suite)
    _refuse_unknown("label", labels, [one for case in suite.cases for one in case.labels], suite)
    chosen = [
        case.id
        for case in suite.cases
        if (not ids or case.id in ids) and (not labels or set(labels) & set(case.labels))
    ]
    if not chosen:
        raise StackError(
            f"no case of {suite.name} is chosen both by id and by label",
            remedy="Choose by one of them.",
        )
    return tuple(chosen[:limit])


def _refuse_unknown(what: str, wanted: Sequence[str], known: Sequence[str], suite: Suite) -> None:
    for name in wanted:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            raise StackError(
                f"{suite.name} has no {what} {one_line(name, 60)!r}",
                remedy=f"Did you mean {near[0]!r}?" if near else f"Name a {what} of the suite.",
            )
