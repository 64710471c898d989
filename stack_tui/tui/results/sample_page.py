"""The page of a sample: outcome, output, rules, judges, choices and details."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Literal

from stack_tui.names import plural
from stack_tui.runs.events import Answer, CriterionScore, JudgeScore, Sample
from stack_tui.runs.labels import Label
from stack_tui.text import one_line
from stack_tui.tui.holdout_reveal import KeyFor, held_out
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
    "empty": "the model returned no text",
    "unscored": "no judge's answer contained a score",
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

    answers = answer_blocks(raw) if raw is not None else [line(("reading…", "dim"))]
    if sample.outputs:
        return [
            *match_blocks(sample, key_for),
            *_label(label),
            *fold("prompt", "Task", sample.prompt),
            line(""),
            _raw_heading(key_for("sample.raw"), "raw" in unfolded),
            *(answers if "raw" in unfolded else []),
        ]
    return [
        *_head(sample, key_for),
        *_label(label),
        *choices(sample),
        *_output(sample, marks),
        *_rules(sample),
        *_judges(sample),
        *fold("reasoning", "Reasoning", sample.reasoning),
        *fold("examples", "Few-shot examples", prefix),
        *fold("prompt", "Prompt", sample.prompt),
        *_facts(sample),
        line(""),
        _raw_heading(key_for("sample.raw"), "raw" in unfolded),
        *(answers if "raw" in unfolded else []),
    ]


def _raw_heading(key: str, unfolded: bool) -> Block:
    return heading(f"{'▾' if unfolded else '▸'} Raw requests and responses", (key, "accent"))


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
        blocks.append(line((f"{sample.status}: {note}{thinking}", "warn")))
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
    output = marked(sample.output, marks) if sample.output else line(("empty", "dim"))
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
    elif verdict.failure:
        words: Part = (f"{verdict.failure.kind}: {verdict.failure.message}", "bad")
        blocks.append(field("", words, width=5))
    elif verdict.answer.strip() != score:
        answer = verdict.answer or "empty answer"
        blocks.append(field("", ("“", "dim"), body(answer), ("”", "dim"), width=5))
    if verdict.reasoning:
        blocks.append(field("", ("reasoning: ", "dim"), body(verdict.reasoning), width=5))
    return blocks


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
        heading("Details"),
        *(field(label, one_line(text)) for label, text in facts.items() if text),
    ]
