"""The pages of a suite and of a case."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from stack_tui.names import plural
from stack_tui.text import one_line
from stack_tui.tui.state.snapshot import SuiteFile
from stack_tui.tui.ui.blocks import Block, Part, body, field, heading, line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stack_tui.suites.model.case import Case, Criterion, Suite


def suite_blocks(file: SuiteFile) -> list[Block]:
    """Return the suite's page, or the problem of its file."""
    if file.problem:
        return [
            line(("✗ This suite cannot be read.", "bad")),
            line(""),
            field("where", file.problem.where, width=8),
            field("what", file.problem.what, width=8),
            *([field("remedy", file.problem.remedy, width=8)] if file.problem.remedy else []),
        ]
    return _suite(file.suite, str(file.path)) if file.suite else []


def _suite(suite: Suite, path: str) -> list[Block]:
    temperatures = " and ".join(f"{each:g}" for each in suite.temperatures)
    settings = [f"temperature {temperatures}", f"max_tokens {suite.max_tokens:,}"]
    settings += [f"top_p {suite.top_p:g}"] if suite.top_p is not None else []
    settings += [f"seed {suite.seed}"] if suite.seed is not None else []
    length = "an output longer than its input loses points" if suite.length_check else "not checked"
    return [
        line((suite.name, "strong"), ("   " + plural(len(suite.cases), "case"), "dim")),
        *([line(suite.description)] if suite.description else []),
        line(""),
        field("file", path),
        field("settings", ", ".join(settings)),
        field("repeats", str(suite.repeats)),
        field("judges", ", ".join(suite.judges) or "chosen when a run starts"),
        *([field("panel", f"the {suite.panel} of their scores")] if suite.panel else []),
        field("length", length),
        *_text("System prompt", suite.system),
        *_text("Prompt", suite.prompt),
        *_criteria("Criteria of cases without their own", suite.criteria),
        *_text("Judge's prompt", suite.judge_prompt),
    ]


def case_blocks(case: Case, suite: Suite) -> list[Block]:
    """Return the case's page: first the rules, which are short, then rubric and input."""
    return [
        line((case.id, "strong"), ("   " + ", ".join(case.labels), "dim")),
        line(""),
        *_phrases("must mention", case.must_mention),
        *_phrases("must not", case.must_not_mention),
        *_further(case),
        *_passes(case, suite),
        *_text("Rubric", case.rubric),
        *_criteria("Criteria", case.criteria),
        *_text("Reference", case.reference),
        *_text("Input", case.input, plural(len(case.input), "character")),
    ]


def _passes(case: Case, suite: Suite) -> list[Block]:
    """Return what the case needs to pass by its rules."""
    from stack_tui.suites.grading.pass_mark import (
        can_fail,
        condition_count,
        most_misses,
        pass_mark_of,
    )

    mark, misses = pass_mark_of(suite, case), most_misses(suite, case)
    needs = f"rule score {mark:g}"
    if not can_fail(suite, case):
        return [field("passes", "always, as far as its rules go", width=14)]
    if misses:
        needs += f": {misses} of {plural(condition_count(case), 'condition')} may be missed"
    return [field("passes", needs, width=14)]


def _criteria(title: str, criteria: tuple[Criterion, ...]) -> list[Block]:
    if not criteria:
        return []
    rows = [
        field(one_line(each.name, 24), each.ask, (f"  × {each.weight:g}", "dim"), width=26)
        for each in criteria
    ]
    return [line(""), heading(title), *rows]


def _phrases(label: str, phrases: tuple[str | tuple[str, ...], ...]) -> list[Block]:
    parts: list[Part] = []
    for phrase in phrases:
        parts += [(" · ", "dim")] if parts else []
        if isinstance(phrase, str):
            parts.append(phrase)
        else:
            parts += [phrase[0], *(part for p in phrase[1:] for part in ((" or ", "dim"), p))]
    return [field(label, *parts, width=14)] if parts else []


def _further(case: Case) -> list[Block]:
    number = case.number
    rules = {
        "equals": case.equals,
        "starts with": case.starts_with,
        "one of": _joined(case.one_of),
        "regex": _joined(case.regex),
        "not regex": _joined(case.not_regex),
        "max chars": case.max_chars,
        "max words": case.max_words,
        "max sentences": case.max_sentences,
        "number": f"{number.value:g} ± {number.tolerance:g}" if number else None,
        "cluster": case.cluster or None,
        "json schema": _json(case.json_schema),
        "contains json": _json(case.contains_json),
    }
    return [field(label, str(rule), width=14) for label, rule in rules.items() if rule is not None]


def _json(schema: Mapping[str, Any] | None) -> str | None:
    return None if schema is None else json.dumps(schema)


def _joined(texts: str | tuple[str | tuple[str, ...], ...]) -> str | None:
    if isinstance(texts, str):
        return texts
    return " · ".join(map(str, texts)) or None


def _text(title: str, text: str, note: str = "") -> list[Block]:
    return [line(""), heading(title, (note, "dim")), body(text)] if text else []
