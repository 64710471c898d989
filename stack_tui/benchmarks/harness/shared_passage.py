"""Documents that ask about the same passage: they are right or wrong together."""

from collections.abc import Mapping, Sequence
from typing import Any

from stack_tui.runs.spec import digest

# The fields in which lm-eval's datasets hold a passage that several questions are about.
_FIELDS = ("passage", "article", "paragraph", "story", "context")


def passage_field(documents: Sequence[Mapping[str, Any]]) -> str:
    """Return the field that holds a document's passage, "" if there is none.

    A text that the first and the last document share is an instruction and no passage.
    """
    if len(documents) < 2:
        return ""
    first, last = documents[0], documents[-1]
    if not (isinstance(first, Mapping) and isinstance(last, Mapping)):
        return ""
    texts = ((name, first.get(name), last.get(name)) for name in _FIELDS)
    found = (name for name, one, other in texts if isinstance(one, str) and one and one != other)
    return next(found, "")


def passage_id(document: Mapping[str, Any], field: str) -> str:
    """Return what names the document's passage, "" without one."""
    text = document.get(field) if field else None
    return digest(text)[:10] if isinstance(text, str) and text else ""
