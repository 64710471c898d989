"""A page as GitHub's Markdown, for a pull request's comment."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from stack_tui.reports.pages import model as m
from stack_tui.text import one_line, printable

_ROWS = 60
_SAMPLES = 30
# Numbers, intervals and bare words: nothing in them begins a link, a mention or a tag.
_PLAIN = re.compile(r"[-+−–→±.,%\d ]+(?:(?:to|of)[-+−–.,%\d ]+)?|[a-z ]+")


def render_markdown(page: m.Page) -> str:
    """Return the page.

    All text from elsewhere stands in code m.spans, which it cannot close, so that no mention, link,
    image or HTML in it comes to life.
    """
    parts = [f"### {code(page.title)}", *map(_block, page.blocks)]
    return "\n\n".join(part for part in parts if part) + "\n"


def code(text: str, limit: int = 200) -> str:
    """Return the text as a code span on one line, for a table's cell or elsewhere.

    A backtick and a bar, which could end the span or the cell, become ' and ¦.
    """
    safe = one_line(text, limit).replace("`", "'").replace("|", "¦")
    return f"`{safe}`" if safe else "–"


def _block(block: m.PageBlock) -> str:
    match block:
        case m.Heading():
            subject = f" {code(block.subject)}" if block.subject else ""
            note = f": {block.note}" if block.note else ""
            return f"{'#' * (block.level + 2)} {_title(block.title)}{subject}{note}"
        case m.Facts():
            return _table(("", ""), ((_cell(r.label, 60), code(r.value, 400)) for r in block.rows))
        case m.Figures():
            figures = ((r.name, r.value, r.interval or "–", r.basis or "–") for r in block.rows)
            return _table(("", "value", "95 % interval", ""), figures)
        case m.TableBlock():
            rows = ([_cell(span.text) for span in m.spans(row)] for row in block.rows[:_ROWS])
            return _table(block.columns, rows) + _left_out(len(block.rows), _ROWS)
        case m.TextBlock():
            return f"**{block.text}**" if block.tone else block.text
        case m.Callout():
            texts = filter(None, (block.text, block.detail, block.remedy))
            return f"- {block.sign.mark} {' '.join(code(text, 400) for text in texts)}"
        case m.Excerpt():
            text = printable(block.text).strip().replace("`", "'")
            return f"##### {_title(block.title)}\n\n```\n{text}\n```"
        case m.Samples():
            return _samples(block)
    assert isinstance(block, m.CHARTS)
    return ""


def _title(title: str) -> str:
    return title[:1].upper() + title[1:]


def _cell(text: str, limit: int = 200) -> str:
    return text if _PLAIN.fullmatch(text) else code(text, limit)


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _samples(block: m.Samples) -> str:
    """List the samples with what became of them, less those with a quiet result."""
    if not block.entries:
        return ""
    counts = Counter(entry.result for entry in block.entries)
    counted = ", ".join(f"{count} {result}" for result, count in counts.items())
    listed = [entry for entry in block.entries if entry.result not in block.quiet]
    heading = f"#### {_title(block.title)}: {counted}"
    if not listed:
        return heading
    rows = (
        (f"{each.sign.mark} {each.result}", code(each.name, 80), code(each.why))
        for each in listed[:_SAMPLES]
    )
    table = _table(("", block.title.rstrip("s"), "why"), rows)
    return f"{heading}\n\n{table}{_left_out(len(listed), _SAMPLES)}"


def _left_out(total: int, listed: int) -> str:
    return f"\n\n… and {total - listed} more" if total > listed else ""
