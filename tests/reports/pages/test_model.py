"""A fact is written once, in a page, and every renderer shows it."""

import re

import pytest
from textual.content import Content

from stack_tui.reports.pages.model import (
    Callout,
    Excerpt,
    Fact,
    Facts,
    Figure,
    Figures,
    Heading,
    Page,
    PageBlock,
    Sign,
    Span,
    TableBlock,
    TextBlock,
)
from stack_tui.reports.pages.run_report import report_page
from stack_tui.reports.render.html_page import render_html
from stack_tui.reports.render.markdown import render_markdown
from stack_tui.reports.render.plain_text import render_text
from stack_tui.tui.ui.page_view import page_document
from tests.reports.views import HOSTILE, outcomes, view


def render_screen(page: Page, width: int = 100) -> str:
    """The page's text as the app lays it out."""
    lines: list[Content] = []
    for block in page_document(page):
        lines += [block] if isinstance(block, Content) else block(width)
    return "\n".join(line.plain for line in lines)


def render_html_text(page: Page) -> str:
    """The text of the HTML."""
    return re.sub("<[^>]*>", " ", render_html(page))


RENDERERS = {
    "text": render_text,
    "markdown": render_markdown,
    "html": render_html_text,
    "screen": render_screen,
}
forms = pytest.mark.parametrize("form", RENDERERS)


@forms
def test_a_fact_added_to_a_report_is_in_every_form(form: str) -> None:
    page = report_page(view(outcomes([True, False])))
    new = Facts((Fact("phase of the moon", "waxing gibbous"),))
    shown = RENDERERS[form](Page(page.title, (*page.blocks, new)))
    assert re.search("phase of the moon[^w]*waxing gibbous", shown)


@forms
@pytest.mark.parametrize(
    ("block", "parts"),
    [
        (Heading("part", "one", "two"), ("art", "one", "two")),
        (Figures((Figure("rate", "12%", "1% to 20%", "3 of 25"),)), ("rate", "12%", "20%", "3 of")),
        (TableBlock(("task", "done"), (("arc", Span("7/9", "good")),)), ("task", "done", "7/9")),
        (TextBlock("verdict: better", "good"), ("verdict: better",)),
        (Callout(Sign("!", "warn"), "odd", "very", "mend"), ("!", "odd", "very", "mend")),
        (Excerpt("output", "line one\nline two"), ("utput", "line one\nline two")),
    ],
)
def test_every_block_is_drawn_whole(form: str, block: PageBlock, parts: tuple[str, ...]) -> None:
    shown = RENDERERS[form](Page("title", (block,)))
    assert all(part in shown for part in parts)


@forms
@pytest.mark.parametrize("hostile", HOSTILE)
def test_raw_text_is_made_safe(form: str, hostile: str) -> None:
    sign = Sign("!", "warn")
    blocks = (
        Heading("part", hostile),
        Facts((Fact(hostile, hostile),)),
        TableBlock(("a", "b"), ((hostile, Span(hostile, "bad")),)),
        Callout(sign, hostile, hostile, hostile),
        Excerpt("output", hostile),
    )
    shown = RENDERERS[form](Page(hostile, blocks))
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", shown)


def test_a_table_that_is_too_wide_for_the_screen_lists_its_cells() -> None:
    table = TableBlock(("task", "pass rate", "passed"), (("arc_challenge", "66.7%", "2 of 3"),))
    page = Page("title", (table,))
    assert "arc_challenge   66.7%       2 of 3" in render_screen(page)
    assert "arc_challenge  pass rate 66.7%  passed 2 of 3" in render_screen(page, 30)
