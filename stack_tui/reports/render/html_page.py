"""A page as one HTML file that loads nothing: no script, no network, its style within itself."""

import base64
import hashlib

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from stack_tui.reports.pages.model import Page, PageBlock, spans
from stack_tui.text import one_line, printable

_TEXT_SHOWN = 20_000
_ROWS = 200
_SAMPLES = 1000


def render_html(page: Page) -> str:
    """Return the file; all text is escaped and made printable.

    Its policy lets nothing load and nothing run. Only its own style, known by its hash, applies.
    """
    templates = _environment()
    style, _, _ = templates.loader.get_source(templates, "page.css")  # type: ignore[union-attr]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return templates.get_template("page.html").render(
        page=page, style=style, digest=digest, rows=_ROWS, samples=_SAMPLES
    )


def _environment() -> Environment:
    environment = Environment(
        autoescape=True,
        finalize=_printable,
        loader=PackageLoader("stack_tui.reports.render"),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters |= {
        "kind": _kind,
        "line": one_line,
        "excerpt": _excerpt,
        "spans": spans,
        "title": lambda text: text[:1].upper() + text[1:],
    }
    return environment


def _printable(value: object) -> object:
    # What a macro returns is markup already, made of parts that came through here.
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _kind(block: PageBlock) -> str:
    return type(block).__name__


def _excerpt(text: str) -> str:
    more = len(text) - _TEXT_SHOWN
    return printable(text[:_TEXT_SHOWN]) + (f"\n… {more} more characters" if more > 0 else "")
