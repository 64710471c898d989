"""A sample, told in full: its outcome, output, rules, judges and choices, and how it came about."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Literal

from stack_tui.names import plural
from stack_tui.runs.events import Answer, CriterionScore, JudgeScore, Sample
from stack_tui.runs.labels import Label
from stack_tui.text import one_line
from stack_tui.tui.holdout_reveal import held_out
from stack_tui.tui.results.choices_page import choices
from stack_tui.tui.results.match_page import match_blocks
from stack_tui.tui.results.raw_requests import answer_blocks
from stack_tui.tui.ui import format
from stack_tui.tui.ui.blocks import Block, Part, body, field, heading, line
from stack_tui.tui.ui.highlight import marked
from stack_tui.tui.ui.icons import Tone, outcome

if TYPE_CHECKING:
    from stack_tui.suites.grading.rules import Mark

Fold = Literal["reasoning", "prompt", "examples", "raw"]

_STATUS_NOTES = {
    "truncated": "the output was cut off at its token limit",
    "empty": "the model gave no text",
    "unscored": "no judge's answer held a score",
}


def sample_blocks(
    sample: Sample,
    *,
    prefix: str = "",
    marks: Sequence[Mark] = (),
    unfolded: Collection[Fold] = (),
    raw: Sequence[Answer] | None = None,
    label: Label | None = None,
) -> list[Block]:
    """Return the sample's document.

    `marks` are of its output, `prefix` begins its prompt, `raw` is what it was made of, where that
    has been looked up.
    """
    answers = answer_blocks(raw) if raw is not None else [line(("reading…", "dim"))]
    if sample.outputs:
        return [
            *match_blocks(sample),
            *_label(label),
            *_folded("Task", "p", sample.prompt, "prompt" in unfolded),
            line(""),
            _raw_heading("raw" in unfolded),
            *(answers if "raw" in unfolded else []),
        ]
    return [
        *_head(sample),
        *_label(label),
        *choices(sample),
        *_output(sample, marks),
        *_rules(sample),
        *_judges(sample),
        *_folded("Reasoning", "t", sample.reasoning, "reasoning" in unfolded),
        *_folded("Few-shot examples", "e", prefix, "examples" in unfolded),
        *_folded("Prompt", "p", sample.prompt, "prompt" in unfolded),
        *_facts(sample),
        line(""),
        _raw_heading("raw" in unfolded),
        *(answers if "raw" in unfolded else []),
    ]


def _raw_heading(unfolded: bool) -> Block:
    return heading(f"{'▾' if unfolded else '▸'} Raw requests and responses", ("x", "accent"))


def _head(sample: Sample) -> list[Block]:
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
        blocks.append(held_out())
    if note := _STATUS_NOTES.get(sample.status):
        thinking = " while still thinking" if sample.truncated_while_thinking else ""
        blocks.append(line((f"{sample.status}: {note}{thinking}", "warn")))
    if sample.failure:
        blocks.append(line((f"{sample.failure.kind}: {sample.failure.message}", "bad")))
        if sample.failure.remedy:
            blocks.append(line(("→ ", "dim"), sample.failure.remedy))
    return blocks


def _label(label: Label | None) -> list[Block]:
    if label is None:
        return []
    given = f", judges should give {label.judge_score:g}" if label.judge_score else ""
    who = f"  by {one_line(label.who)}, {format.moment(label.at)}"
    note = f": {one_line(label.note)}" if label.note else ""
    return [line((f"⚐ {label.kind}{given}{note}", "accent"), (who, "dim"))]


def _output(sample: Sample, marks: Sequence[Mark]) -> list[Block]:
    if sample.choices and not sample.output:
        return []
    tokens = plural(sample.completion_tokens, "token") if sample.completion_tokens else ""
    shown = marked(sample.output, marks) if sample.output else line(("nothing", "dim"))
    return [line(""), heading("Output", (tokens, "dim")), shown]


def _rules(sample: Sample) -> list[Block]:
    if sample.rule_score is None and not sample.rule_issues:
        return []
    issues = [line(("✗ ", "bad"), issue.words) for issue in sample.rule_issues]
    return [
        line(""),
        heading("Rules", format.share(sample.rule_score)),
        *(issues or [line(("✓ ", "good"), "every rule is met")]),
    ]


def _judges(sample: Sample) -> list[Block]:
    if not sample.verdicts:
        return []
    score = format.grade(sample.judge_score) if sample.judge_score is not None else "no score"
    title = "Judge" if len(sample.verdicts) == 1 else "Judges"
    if sample.no_majority:
        title += ", no majority: their median"
    blocks: list[Block] = [line(""), heading(title, score)]
    for verdict in sample.verdicts:
        blocks += _verdict(verdict)
    return blocks


def _verdict(verdict: JudgeScore) -> list[Block]:
    model = f"  {one_line(verdict.model)}" if verdict.model != verdict.judge else ""
    took = f"  {format.latency(verdict.latency_s)}" if verdict.latency_s else ""
    asked_again = verdict.attempts > max(1, len(verdict.criteria))
    again = f"  asked {verdict.attempts} times" if asked_again else ""
    tone: Tone = "strong" if verdict.score is not None else "warn"
    score = format.grade(verdict.score) if verdict.score is not None else "?"
    blocks: list[Block] = [
        line((f"{score:<5}", tone), one_line(verdict.judge), (f"{model}{took}{again}", "dim"))
    ]
    if verdict.criteria:
        blocks += [_criterion(each) for each in verdict.criteria]
    elif verdict.failure:
        words: Part = (f"{verdict.failure.kind}: {verdict.failure.message}", "bad")
        blocks.append(field("", words, width=5))
    elif verdict.answer.strip() != score:
        answer = verdict.answer or "it answered nothing"
        blocks.append(field("", ("“", "dim"), body(answer), ("”", "dim"), width=5))
    if verdict.reasoning:
        blocks.append(field("", ("thought: ", "dim"), body(verdict.reasoning), width=5))
    return blocks


def _criterion(each: CriterionScore) -> Block:
    score = format.grade(each.score) if each.score is not None else "?"
    said: list[Part] = []
    if each.failure:
        said = [(f"  {each.failure.kind}: {each.failure.message}", "bad")]
    elif each.answer.strip() != score:
        said = [("  “", "dim"), body(each.answer or "it answered nothing"), ("”", "dim")]
    weight: Part = (f" × {each.weight:g}", "dim")
    return field("", f"{score:<5}", one_line(each.name, 60), weight, *said, width=5)


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
        "status": sample.status,
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
        heading("How it came about"),
        *(field(label, one_line(text)) for label, text in facts.items() if text),
    ]
