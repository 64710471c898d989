"""The page of a sample: outcome, output, rules, judges, choices and details."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Literal

from stack_tui.names import plural
from stack_tui.runs.duel_verdicts import by_judge, kind, named
from stack_tui.runs.events import Answer, ChoiceLogprob, CriterionScore, JudgeScore, Sample
from stack_tui.runs.labels import Label
from stack_tui.runs.status_words import STATUS_WORDS, UNANSWERED, status_words
from stack_tui.text import one_line
from stack_tui.tui.holdout_reveal import KeyFor, held_out
from stack_tui.tui.results.raw_requests import answer_blocks
from stack_tui.tui.ui import format
from stack_tui.tui.ui.blocks import Block, Part, body, field, heading, line, meter
from stack_tui.tui.ui.highlight import marked
from stack_tui.tui.ui.icons import Tone, outcome

if TYPE_CHECKING:
    from stack_tui.suites.grading.rules import Mark

Fold = Literal["reasoning", "prompt", "examples", "raw"]

_METER = 12

_STATUS_NOTES = {
    "truncated": "the output was cut off at its token limit",
    "empty": "the model returned no text",
    "tool_calls": "the model called tools and wrote no output",
    "reasoning_only": "the model thought and wrote no output",
    "filtered": "the server's content filter stopped or withheld the output",
    "unscored": "no judge's answer contained a score",
}
_KINDS = {
    "decided": "for {}",
    "tied": "a tie in both orders",
    "by position": "the same position both times: no preference",
    "wavered": "a tie in one order: no preference",
    "incomplete": "no answer in one order",
}


def sample_blocks(
    sample: Sample,
    *,
    key_for: KeyFor,
    prefix: str = "",
    marks: Sequence[Mark] = (),
    unfolded: Collection[Fold] = (),
    raw: Sequence[Answer] | None = None,
    label: Label | None = None,
) -> list[Block]:
    """Return the sample's page.

    `key_for` gives the key of a binding, `prefix` the start of the prompt, `marks` what matched in
    the output, and `raw` the requests and responses once they were read.
    """

    def fold(name: Fold, title: str, text: str) -> list[Block]:
        return _folded(title, key_for(f"sample.{name}"), text, name in unfolded)

    raw_open = "raw" in unfolded
    raw_title = f"{'▾' if raw_open else '▸'} Raw requests and responses"
    raw_blocks: list[Block] = [line(""), heading(raw_title, (key_for("sample.raw"), "accent"))]
    if raw_open:
        raw_blocks += answer_blocks(raw) if raw is not None else [line(("reading…", "dim"))]
    if sample.outputs:
        return [
            *_match(sample, key_for),
            *_label(label),
            *fold("prompt", "Task", sample.prompt),
            *raw_blocks,
        ]
    return [
        *_head(sample, key_for),
        *_label(label),
        *_choices(sample),
        *_output(sample, marks),
        *_rules(sample),
        *_judges(sample),
        *fold("reasoning", "Reasoning", sample.reasoning),
        *fold("examples", "Few-shot examples", prefix),
        *fold("prompt", "Prompt", sample.prompt),
        *_facts(sample),
        *raw_blocks,
    ]


def _head(sample: Sample, key_for: KeyFor) -> list[Block]:
    sign = outcome(sample)
    scores: list[Part] = []
    if sample.rule_score is not None:
        scores += [("   rule ", "dim"), format.share(sample.rule_score)]
    if sample.judge_score is not None:
        scores += [("   judge ", "dim"), format.grade(sample.judge_score)]
    task = f"{one_line(sample.task)} · "
    called = line(
        (f"{sign}  ", sign.tone), (task, "dim"), (one_line(sample.name), "strong"), *scores
    )
    blocks: list[Block] = [called]
    if sample.holdout:
        blocks.append(held_out(key_for))
    if note := _STATUS_NOTES.get(sample.status):
        thinking = " while still thinking" if sample.truncated_while_thinking else ""
        words = STATUS_WORDS[sample.status]
        blocks.append(line((f"{words}: {note}{thinking}", "warn")))
    if sample.failure:
        blocks.append(line((f"{sample.failure.kind}: {sample.failure.message}", "bad")))
        if sample.failure.remedy:
            blocks.append(line(("→ ", "dim"), sample.failure.remedy))
    return blocks


def _label(label: Label | None) -> list[Block]:
    if label is None:
        return []
    given = f", judge score should be {label.judge_score:g}" if label.judge_score else ""
    who = f"  by {one_line(label.who)}, {format.moment(label.at)}"
    note = f": {one_line(label.note)}" if label.note else ""
    return [line((f"⚐ {label.kind}{given}{note}", "accent"), (who, "dim"))]


def _output(sample: Sample, marks: Sequence[Mark]) -> list[Block]:
    if sample.choices and not sample.output:
        return []
    tokens = plural(sample.completion_tokens, "token") if sample.completion_tokens else ""
    instead = sample.status if sample.status in UNANSWERED else "empty"
    output = marked(sample.output, marks) if sample.output else line((STATUS_WORDS[instead], "dim"))
    return [line(""), heading("Output", (tokens, "dim")), output]


def _rules(sample: Sample) -> list[Block]:
    if sample.rule_score is None and not sample.rule_issues:
        return []
    issues = [line(("✗ ", "bad"), issue.words) for issue in sample.rule_issues]
    return [
        line(""),
        heading("Rules", format.share(sample.rule_score)),
        *(issues or [line(("✓ ", "good"), "all rules met")]),
    ]


def _judges(sample: Sample) -> list[Block]:
    if not sample.verdicts:
        return []
    score = format.grade(sample.judge_score) if sample.judge_score is not None else "no score"
    title = "Judge" if len(sample.verdicts) == 1 else "Judges"
    if sample.no_majority:
        title += ", no majority: median used"
    blocks: list[Block] = [line(""), heading(title, score)]
    for verdict in sample.verdicts:
        blocks += _verdict(verdict)
    return blocks


def _verdict(verdict: JudgeScore) -> list[Block]:
    model = f"  {one_line(verdict.model)}" if verdict.model != verdict.judge else ""
    took = f"  {format.latency(verdict.latency_s)}" if verdict.latency_s else ""
    retried = verdict.attempts > max(1, len(verdict.criteria))
    tries = f"  {verdict.attempts} tries" if retried else ""
    tone: Tone = "strong" if verdict.score is not None else "warn"
    score = format.grade(verdict.score) if verdict.score is not None else "?"
    blocks: list[Block] = [
        line((f"{score:<5}", tone), one_line(verdict.judge), (f"{model}{took}{tries}", "dim"))
    ]
    if verdict.criteria:
        blocks += [_criterion(each) for each in verdict.criteria]
    elif verdict.failure or verdict.answer.strip() != score:
        blocks.append(_answer(verdict, width=5))
    return [*blocks, *_judge_reasoning(verdict, width=5)]


def _answer(verdict: JudgeScore, *, width: int) -> Block:
    if verdict.failure:
        words: Part = (f"{verdict.failure.kind}: {verdict.failure.message}", "bad")
        return field("", words, width=width)
    return field(
        "", ("“", "dim"), body(verdict.answer or "empty answer"), ("”", "dim"), width=width
    )


def _judge_reasoning(verdict: JudgeScore, *, width: int) -> list[Block]:
    if not verdict.reasoning:
        return []
    return [field("", ("reasoning: ", "dim"), body(verdict.reasoning), width=width)]


def _criterion(each: CriterionScore) -> Block:
    score = format.grade(each.score) if each.score is not None else "?"
    answer: list[Part] = []
    if each.failure:
        answer = [(f"  {each.failure.kind}: {each.failure.message}", "bad")]
    elif each.answer.strip() != score:
        answer = [("  “", "dim"), body(each.answer or "empty answer"), ("”", "dim")]
    weight: Part = (f" × {each.weight:g}", "dim")
    return field("", f"{score:<5}", one_line(each.name, 60), weight, *answer, width=5)


def _folded(title: str, key: str, text: str, unfolded: bool) -> list[Block]:
    if not text:
        return []
    size = plural(len(text), "character")
    head = heading(f"{'▾' if unfolded else '▸'} {title}", (f"{size}  ", "dim"), (key, "accent"))
    return [line(""), head, *([body(text)] if unfolded else [])]


def _facts(sample: Sample) -> list[Block]:
    tokens = (
        f"{format.count(sample.prompt_tokens)} in, {format.count(sample.completion_tokens)} out"
    )
    facts = {
        "status": status_words(sample),
        "tool calls": ", ".join(sample.tool_calls),
        "not sent": ", ".join(sample.dropped),
        "finished": sample.finish_reason,
        "target": sample.target,
        "extracted": ", ".join(f"{key}: {value}" for key, value in sample.extracted.items()),
        "metrics": ", ".join(f"{key} {value:g}" for key, value in sample.metrics.items()),
        "flags": ", ".join(sample.flags),
        "labels": ", ".join(sample.labels),
        "tokens": tokens if sample.prompt_tokens or sample.completion_tokens else "",
        "latency": format.latency(sample.latency_s) if sample.latency_s else "",
        "at": format.moment(sample.at),
    }
    return [
        line(""),
        heading("Details"),
        *(field(label, one_line(text)) for label, text in facts.items() if text),
    ]


def _choices(sample: Sample) -> list[Block]:
    """Return one line per choice: chosen or not, right or not, share, log-probability in nats."""
    if not sample.choices:
        return []
    shares = probabilities(sample.choices)
    return [
        line(""),
        heading("Choices", ("share among them, and log-probability", "dim")),
        *(_choice(sample, place, share) for place, share in enumerate(shares)),
    ]


def probabilities(given: tuple[ChoiceLogprob, ...]) -> list[float | None]:
    """Return each choice's share among the choices given, from their log-probabilities."""
    top = max((c.logprob for c in given if c.logprob is not None), default=None)
    if top is None:
        return [None] * len(given)
    weights = [None if c.logprob is None else math.exp(c.logprob - top) for c in given]
    total = sum(weight or 0.0 for weight in weights)
    return [None if weight is None else weight / total for weight in weights]


def _choice(sample: Sample, place: int, share: float | None) -> Block:
    choice, target = sample.choices[place], sample.target.strip()
    # The target may be a choice's text or its number.
    by_text = any(each.text.strip() == target for each in sample.choices)
    right = choice.text.strip() == target if by_text else str(place) == target
    chosen = place == sample.chosen
    logprob = "–" if choice.logprob is None else f"{choice.logprob:.2f}"
    return line(
        ("→ " if chosen else "  ", "accent"),
        ("✓ " if right else "✗ " if chosen else "  ", "good" if right else "bad"),
        meter(share or 0.0, _METER),
        f" {format.percent(share):>6} {logprob:>8}  ",
        (one_line(choice.text), "strong" if chosen or right else ""),
    )


def _match(sample: Sample, key_for: KeyFor) -> list[Block]:
    """Return a duel's winner, both outputs, and each judge's answers in both orders."""
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
    if not sample.verdicts:
        blocks += [line(""), heading("Judges"), line("The outputs are identical: a tie.")]
    for (judge, model), orders in by_judge(sample.verdicts).items():
        how = _KINDS[kind(orders)].format(named(orders[0], sample))
        blocks += [line(""), heading(f"Judge {one_line(judge)}", (how, ""))]
        blocks += [line((one_line(model), "dim"))] if model != judge else []
        for verdict in orders:
            blocks += _duel_answer(verdict, sample)
    return blocks


def _duel_answer(verdict: JudgeScore, sample: Sample) -> list[Block]:
    took = f"  {format.latency(verdict.latency_s)}" if verdict.latency_s else ""
    tries = f"  {verdict.attempts} tries" if verdict.attempts > 1 else ""
    named_run: Part = (f"→ {named(verdict, sample)}", "strong")
    return [
        line((f"{verdict.first} first  ", "dim"), named_run, (took + tries, "dim")),
        _answer(verdict, width=9),
        *_judge_reasoning(verdict, width=9),
    ]
