"""Why a run has errors: each reason with its count, an example and its remedy."""

from stack_tui.names import plural
from stack_tui.reports.measures.error_groups import ErrorGroup, error_groups
from stack_tui.reports.measures.summary import in_order
from stack_tui.reports.pages.model import Blocks, Callout, section
from stack_tui.reports.pages.signs import RESULTS, WARNING
from stack_tui.runs.view import RunView

_SHOWN = 12


def errors_section(view: RunView) -> Blocks:
    """Return the errors by reason, the most frequent ones first; nothing if there are none."""
    groups = error_groups(in_order(view.open_samples))
    blocks = [_error(group) for group in groups[:_SHOWN]]
    if left := groups[_SHOWN:]:
        errors = sum(group.count for group in left)
        blocks.append(
            Callout(WARNING, f"and {plural(errors, 'error')} for {len(left):,} more reasons")
        )
    return section("errors by reason", *blocks)


def _error(group: ErrorGroup) -> Callout:
    example = f"{group.message} (such as {group.task}/{group.sample})"
    return Callout(RESULTS["error"], group.title, example, group.remedy)
