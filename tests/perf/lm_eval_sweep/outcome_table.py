"""The outcome of each task of a sweep, and the page of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from stack_tui.text import one_line
from tests.perf.lm_eval_sweep.comparison import Difference

Verdict = Literal["equal", "refused by both", "only stack-tui runs", "differs", "only lm_eval runs"]
# Why a task may differ.
EXPLAINED = {
    "ruler_vt": "It draws its documents at random while it loads.",
    "cruxeval_input": "Ten outputs a document: ours have ten seeds, lm_eval's ten times one.",
}
VERDICTS: tuple[Verdict, ...] = (
    "differs",
    "only lm_eval runs",
    "equal",
    "refused by both",
    "only stack-tui runs",
)


@dataclass(frozen=True)
class Outcome:
    """What both made of a task: how the files differ, or the errors."""

    task: str
    folder: str
    kind: str
    difference: Difference | None
    their_error: str
    our_error: str

    @property
    def verdict(self) -> Verdict:
        """Whether both agree."""
        if self.difference is not None:
            return "differs" if self.difference.differing else "equal"
        if self.their_error:
            return "refused by both" if self.our_error else "only stack-tui runs"
        return "only lm_eval runs"


def summary(outcomes: Sequence[Outcome]) -> str:
    """Return how many tasks had each outcome, in one line for each."""
    lines = []
    for verdict in VERDICTS:
        with_it = [one for one in outcomes if one.verdict == verdict]
        folders = len({one.folder for one in with_it})
        lines.append(f"{verdict}: {len(with_it)} tasks of {folders} folders")
    return "\n".join(lines)


def page(outcomes: Sequence[Outcome], server: str, command: str) -> str:
    """Return the Markdown page of a sweep."""
    lines = ["# lm-eval's tasks, one by one", "", f"Written by `{command}`, on {server}.", ""]
    lines += [summary(outcomes).replace("\n", "  \n"), ""]
    for verdict in VERDICTS:
        with_it = [one for one in outcomes if one.verdict == verdict]
        if with_it:
            lines += [f"## {verdict[0].upper()}{verdict[1:]}", ""]
            lines += _table(verdict, with_it)
            lines.append("")
    return "\n".join(lines)


def _table(verdict: Verdict, outcomes: Sequence[Outcome]) -> list[str]:
    if verdict == "equal":
        head = ["task", "folder", "asks for", "documents", "metrics", "max. logprob difference"]
        rows = [
            [one.task, one.folder, one.kind, *_numbers(one.difference)]
            for one in outcomes
            if one.difference
        ]
    elif verdict == "differs":
        head = ["task", "folder", "why", "first difference"]
        rows = [
            [one.task, one.folder, EXPLAINED.get(one.task, ""), one.difference.differing[0]]
            for one in outcomes
            if one.difference
        ]
    else:
        head = ["task", "folder", "lm_eval", "stack-tui"]
        rows = [[one.task, one.folder, one.their_error, one.our_error] for one in outcomes]
    return [
        "| " + " | ".join(_cell(cell) for cell in row) + " |" for row in [head, _rule(head), *rows]
    ]


def _rule(head: Sequence[str]) -> list[str]:
    return ["---"] * len(head)


def _numbers(difference: Difference) -> list[str]:
    return [str(difference.documents), str(difference.metrics), f"{difference.logprob:.5f}"]


def _cell(text: str) -> str:
    return one_line(text, 240).replace("|", "\\|")
