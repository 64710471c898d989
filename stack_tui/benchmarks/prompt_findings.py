"""Findings on prompts that did not reach the model whole, and on outputs with less room."""

import time
from collections.abc import Iterator, Mapping, Sequence

from stack_tui.benchmarks.scoring.prompt_fit import ChangeKind, PromptChange
from stack_tui.runs.events import Finding

_CAUSES: Mapping[ChangeKind, str] = {
    "cut": "The beginning of a prompt that does not fit the context beside its output is cut off,"
    " as by lm-eval. Use fewer examples, a smaller max_gen_toks, or serve a longer context.",
    "server": "The server cut the prompts off without an error, so that these scores are of other"
    " prompts (or it counts only tokens that it had not cached). Serve a longer context: for"
    " Ollama, set num_ctx.",
    "room": "The task's limit on outputs is larger than the context, or it sets none. Outputs end"
    " where the context does: serve a longer one, or set --gen max_gen_toks=N.",
}


def prompt_findings(
    task: str, documents: int, changes: Mapping[ChangeKind, Sequence[PromptChange]]
) -> Iterator[Finding]:
    """Yield a finding for each kind of change; `changes` has one per document it happened to."""
    for kind, found in changes.items():
        yield Finding(
            at=time.time(),
            check=f"prompts {kind}" if kind != "room" else "output room",
            task=task,
            seen=f"{len(found):,} of {documents:,} documents: {found[0].flag}"
            + (" in the first" if len(found) > 1 else ""),
            cause=_CAUSES[kind],
            level="note" if kind == "room" else "alarm" if kind == "server" else "warning",
        )
