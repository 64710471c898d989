"""The page of a duel's sample: both outputs, and each judge's answers in both orders."""

from __future__ import annotations

from stack_tui.names import plural
from stack_tui.runs.duel_verdicts import by_judge, kind, named
from stack_tui.runs.events import JudgeScore, Sample
from stack_tui.text import one_line
from stack_tui.tui.holdout_reveal import KeyFor, held_out
from stack_tui.tui.ui import format
from stack_tui.tui.ui.blocks import Block, Part, body, field, heading, line
from stack_tui.tui.ui.icons import outcome

_KINDS = {
    "decided": "for {}",
    "tied": "a tie in both orders",
    "by position": "the same position both times: no preference",
    "wavered": "a tie in one order: no preference",
    "incomplete": "no answer in one order",
}


def match_blocks(sample: Sample, key_for: KeyFor) -> list[Block]:
    """Return the winner, both outputs and the judges' answers."""
    sign = outcome(sample)
    blocks: list[Block] = [
        line((f"{sign}  ", sign.tone), (f"{sample.task} · ", "dim"), (sample.name, "strong"))
    ]
    if sample.holdout:
        blocks.append(held_out(key_for))
    blocks += [line((f"! {flag}", "warn")) for flag in sample.flags]
    for run, output in sample.outputs.items():
        won = (("won  ", "good"),) if sample.winner == run else ()
        size = plural(len(output), "character")
        blocks += [line(""), heading(f"Output of {run}", *won, (size, "dim"))]
        blocks.append(body(output) if output else line(("empty", "dim")))
    return [*blocks, *_judges(sample)]


def _judges(sample: Sample) -> list[Block]:
    if not sample.verdicts:
        return [line(""), heading("Judges"), line("The outputs are identical: a tie.")]
    blocks: list[Block] = []
    for (judge, model), orders in by_judge(sample.verdicts).items():
        how = kind(orders)
        outcome_text = _KINDS[how].format(named(orders[0], sample))
        called = f"  {one_line(model)}" if model != judge else ""
        blocks += [line(""), heading(f"Judge {one_line(judge)}", (outcome_text, ""))]
        blocks += [line((called.strip(), "dim"))] if called else []
        for verdict in orders:
            blocks += _answer(verdict, sample)
    return blocks


def _answer(verdict: JudgeScore, sample: Sample) -> list[Block]:
    took = f"  {format.latency(verdict.latency_s)}" if verdict.latency_s else ""
    tries = f"  {verdict.attempts} tries" if verdict.attempts > 1 else ""
    chosen = named(verdict, sample)
    blocks: list[Block] = [
        line((f"{verdict.first} first  ", "dim"), (f"→ {chosen}", "strong"), (took + tries, "dim"))
    ]
    if verdict.failure:
        words: Part = (f"{verdict.failure.kind}: {verdict.failure.message}", "bad")
        blocks.append(field("", words, width=9))
    else:
        answer = verdict.answer or "empty answer"
        blocks.append(field("", ("“", "dim"), body(answer), ("”", "dim"), width=9))
    if verdict.reasoning:
        blocks.append(field("", ("reasoning: ", "dim"), body(verdict.reasoning), width=9))
    return blocks
