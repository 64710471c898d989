"""A match of a duel: both outputs, and what each judge said of them in both orders."""

from __future__ import annotations

from stack_tui.names import plural
from stack_tui.runs.duel_verdicts import by_judge, kind, named
from stack_tui.runs.events import JudgeScore, Sample
from stack_tui.text import one_line
from stack_tui.tui.holdout_reveal import held_out
from stack_tui.tui.ui import format
from stack_tui.tui.ui.blocks import Block, Part, body, field, heading, line
from stack_tui.tui.ui.icons import outcome

_KINDS = {
    "decided": "for {}",
    "tied": "a tie both times",
    "by position": "the same place twice: no preference",
    "wavered": "a tie in one order: no preference",
    "incomplete": "one order has no answer",
}


def match_blocks(sample: Sample) -> list[Block]:
    """Return who won, the outputs one after the other, and the judges' answers."""
    sign = outcome(sample)
    blocks: list[Block] = [
        line((f"{sign}  ", sign.tone), (f"{sample.task} · ", "dim"), (sample.name, "strong"))
    ]
    if sample.holdout:
        blocks.append(held_out())
    blocks += [line((f"! {flag}", "warn")) for flag in sample.flags]
    for run, output in sample.outputs.items():
        won = (("won  ", "good"),) if sample.winner == run else ()
        size = plural(len(output), "character")
        blocks += [line(""), heading(f"Output of {run}", *won, (size, "dim"))]
        blocks.append(body(output) if output else line(("nothing", "dim")))
    return [*blocks, *_judges(sample)]


def _judges(sample: Sample) -> list[Block]:
    if not sample.verdicts:
        return [line(""), heading("Judges"), line("Both outputs are the same: a tie.")]
    blocks: list[Block] = []
    for (judge, model), orders in by_judge(sample.verdicts).items():
        how = kind(orders)
        said = _KINDS[how].format(named(orders[0], sample))
        called = f"  {one_line(model)}" if model != judge else ""
        blocks += [line(""), heading(f"Judge {one_line(judge)}", (said, ""))]
        blocks += [line((called.strip(), "dim"))] if called else []
        for verdict in orders:
            blocks += _answer(verdict, sample)
    return blocks


def _answer(verdict: JudgeScore, sample: Sample) -> list[Block]:
    took = f"  {format.latency(verdict.latency_s)}" if verdict.latency_s else ""
    again = f"  asked {verdict.attempts} times" if verdict.attempts > 1 else ""
    chosen = named(verdict, sample)
    blocks: list[Block] = [
        line((f"{verdict.first} first  ", "dim"), (f"→ {chosen}", "strong"), (took + again, "dim"))
    ]
    if verdict.failure:
        words: Part = (f"{verdict.failure.kind}: {verdict.failure.message}", "bad")
        blocks.append(field("", words, width=9))
    else:
        answer = verdict.answer or "it answered nothing"
        blocks.append(field("", ("“", "dim"), body(answer), ("”", "dim"), width=9))
    if verdict.reasoning:
        blocks.append(field("", ("thought: ", "dim"), body(verdict.reasoning), width=9))
    return blocks
