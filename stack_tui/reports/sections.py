"""Which further sections a run's report has, each only where there is something to tell."""

from stack_tui.reports.cost import cost, cost_section
from stack_tui.reports.section import Section
from stack_tui.runs.view import RunView


def sections(view: RunView) -> list[Section]:
    """Return the sections in their order."""
    found = (cost_section(cost(view)),)
    return [section for section in found if section]
