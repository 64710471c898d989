"""A view in each form of its report."""

from collections.abc import Iterable, Sequence

from stack_tui.reports.measures.comparison import Comparison
from stack_tui.reports.measures.gates import GateResult
from stack_tui.reports.pages.comparison_page import comparison_page
from stack_tui.reports.pages.model import Facts, PageBlock
from stack_tui.reports.pages.run_report import report_page
from stack_tui.reports.render.html_page import render_html
from stack_tui.reports.render.markdown import render_markdown
from stack_tui.reports.render.plain_text import render_text
from stack_tui.runs.view import RunView


def markdown_report(
    view: RunView, *, comparison: Comparison | None = None, gates: Sequence[GateResult] = ()
) -> str:
    return render_markdown(report_page(view, comparison, gates))


def html_report(
    view: RunView, *, comparison: Comparison | None = None, gates: Sequence[GateResult] = ()
) -> str:
    return render_html(report_page(view, comparison, gates))


def comparison_text(comparison: Comparison) -> str:
    return render_text(comparison_page(comparison))


def facts_of(blocks: Iterable[PageBlock]) -> dict[str, str]:
    """All facts by their labels."""
    return {
        row.label: row.value for block in blocks if isinstance(block, Facts) for row in block.rows
    }
