"""Prompts that the model did not see whole: cut to fit its context, or by its server."""

import msgspec

from stack_tui.reports.measures.summary import in_order
from stack_tui.runs.view import RunView


class CutPrompts(msgspec.Struct, frozen=True, kw_only=True):
    """How many documents of a task had a prompt cut, and by how many tokens altogether."""

    task: str
    documents: int
    tokens: int


def cut_prompts(view: RunView) -> list[CutPrompts]:
    """Return the tasks of which prompts were cut, in the order of their samples."""
    tokens: dict[str, list[int]] = {}
    for sample in in_order(view.open_samples):
        if sample.unread_tokens:
            tokens.setdefault(sample.task, []).append(sample.unread_tokens)
    return [
        CutPrompts(task=task, documents=len(found), tokens=sum(found))
        for task, found in tokens.items()
    ]
