"""Findings on a benchmark while it runs and at its end: an observation and its usual cause."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from stack_tui.benchmarks.prompt_findings import prompt_findings
from stack_tui.benchmarks.scoring.prompt_fit import ChangeKind, PromptChange
from stack_tui.runs.events import Finding, Sample, Status, TaskPlan
from stack_tui.runs.spec import BenchmarkSubject
from stack_tui.runs.status_words import STATUS_WORDS
from stack_tui.wilson import wilson_interval

FindingLevel = Literal["note", "warning", "alarm"]

LLAMA_3_1_8B = {
    "mmlu": 0.68,
    "hellaswag": 0.78,
    "gsm8k": 0.55,
    "arc_challenge": 0.55,
    "truthfulqa_mc1": 0.45,
}
_MMLU_LOW, _MMLU_HIGH = 0.50, 0.75
_CHANCE_AFTER = 200
_RATE_AFTER = 50
_BAD_RATE = 0.02
_LETTER_AFTER = 100
_LETTER_EXCESS = 0.25
_GSM8K_GAP = 0.10
_MORE_TOKENS = (
    "Raise it, such as with --gen max_gen_toks=8192, or turn off the thinking, such as with"
    """ --gen 'chat_template_kwargs={"enable_thinking": false}'."""
)
_CAUSES: dict[Status, str] = {
    "truncated": "The token limit is too small for this model, often because it thinks first:"
    " raise max_gen_toks with --gen, or turn off thinking.",
    "empty": "A stop string comes first. Look at some outputs.",
    "reasoning_only": "The model ends its turn without an output. Look at its reasoning.",
    "tool_calls": "The server offers tools to the model. Turn them off.",
    "filtered": "The server's content filter stops or withholds them. They count as failed.",
}


@dataclass
class _Tally:
    n: int = 0
    passed: int = 0
    thinking: int = 0
    statuses: Counter[Status] = field(default_factory=Counter)
    chances: float = 0.0
    with_choices: int = 0
    changes: dict[ChangeKind, list[PromptChange]] = field(default_factory=dict)
    chosen: Counter[int] = field(default_factory=Counter)
    targets: Counter[int] = field(default_factory=Counter)
    metrics: Counter[str] = field(default_factory=Counter)

    def add(self, sample: Sample, changes: Sequence[PromptChange]) -> None:
        """Count a sample that has an answer, and the changes of its prompts."""
        self.n += 1
        for kind in dict.fromkeys(change.kind for change in changes):
            first = next(change for change in changes if change.kind == kind)
            self.changes.setdefault(kind, []).append(first)
        self.passed += bool(sample.passed)
        self.thinking += sample.truncated_while_thinking
        self.statuses[sample.status] += 1
        for name, value in sample.metrics.items():
            self.metrics[name] += value  # type: ignore[assignment]
        if sample.choices and sample.chosen is not None:
            self.with_choices += 1
            self.chances += 1 / len(sample.choices)
            self.chosen[sample.chosen] += 1
            texts = [choice.text for choice in sample.choices]
            if sample.target in texts:
                self.targets[texts.index(sample.target)] += 1

    def share(self, metric: str) -> float | None:
        """Return the metric's mean so far, None if no sample has it."""
        return self.metrics[metric] / self.n if self.n and metric in self.metrics else None


class Sanity:
    """Counts samples by task and group; returns each finding once while it runs, and at the end."""

    def __init__(self, *, bos_missing: bool = False) -> None:
        self._bos_missing = bos_missing
        self._tallies: dict[str, _Tally] = {}
        self._groups: dict[str, tuple[str, ...]] = {}
        self._reported: dict[tuple[str, str], Finding] = {}

    def plan(self, tasks: Iterable[TaskPlan]) -> None:
        """Note which groups the tasks belong to."""
        self._groups.update({task.name: task.groups for task in tasks})

    def add(self, sample: Sample, changes: Sequence[PromptChange] = ()) -> list[Finding]:
        """Count the sample and the changes of its prompts; return the findings that are new."""
        if sample.status in ("error", "unscored"):
            return []
        found: list[Finding] = []
        for name in (sample.task, *self._groups.get(sample.task, ())):
            tally = self._tallies.setdefault(name, _Tally())
            tally.add(sample, changes)
            if tally.n % 10 == 0:
                found += self._new(self._while_running(name, tally))
            elif changes and name == sample.task:
                found += self._new(prompt_findings(name, tally.n, tally.changes))
        return found

    def conclude(self) -> list[Finding]:
        """Return the findings on the whole run, and which earlier ones no longer hold."""
        found: list[Finding] = []
        for name, tally in self._tallies.items():
            found += self._while_running(name, tally)
            found += _at_the_end(name, tally)
        lasting = {(finding.task, finding.check) for finding in found}
        found += [
            _finding(check, task, f"no longer so: {earlier.seen}", earlier.cause, "note")
            for (task, check), earlier in self._reported.items()
            if (task, check) not in lasting
        ]
        return found

    def _while_running(self, name: str, tally: _Tally) -> Iterator[Finding]:
        yield from _while_running(name, tally, bos_missing=self._bos_missing)
        if name in self._groups:
            yield from prompt_findings(name, tally.n, tally.changes)

    def _new(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        for finding in findings:
            key = (finding.task, finding.check)
            if key not in self._reported:
                self._reported[key] = finding
                yield finding


def _while_running(name: str, tally: _Tally, *, bos_missing: bool) -> Iterator[Finding]:
    yield from _near_chance(name, tally, bos_missing=bos_missing)
    yield from _one_letter(name, tally)
    if tally.thinking:
        seen = f"{tally.thinking} of {tally.n} outputs used up max_gen_toks while thinking and fail"
        yield _finding("cut off while thinking", name, seen, _MORE_TOKENS)
    if tally.n >= _RATE_AFTER:
        for status, cause in _CAUSES.items():
            count = tally.statuses[status]
            if count / tally.n > _BAD_RATE:
                words = STATUS_WORDS[status]
                seen = f"{count} of {tally.n} outputs are {words} ({count / tally.n:.0%})"
                yield _finding(words, name, seen, cause)


def _near_chance(name: str, tally: _Tally, *, bos_missing: bool) -> Iterator[Finding]:
    if tally.with_choices < _CHANCE_AFTER or tally.with_choices != tally.n:
        return
    chance = tally.chances / tally.with_choices
    low, high = wilson_interval(tally.passed, tally.n) or (0.0, 1.0)
    if low <= chance <= high:
        yield _finding(
            "chance",
            name,
            f"accuracy {tally.passed / tally.n:.3f} over {tally.n} documents does not differ from "
            f"guessing ({chance:.3f})",
            "The model's tokenizer begins texts with a BOS token, and this run left it out:"
            " omit --add-bos no."
            if bos_missing
            else "A wrong tokenizer or template, a base model used as a chat model, a server with"
            " wrong log-probabilities, or a model that is too small for this benchmark.",
            "alarm",
        )


def _one_letter(name: str, tally: _Tally) -> Iterator[Finding]:
    """Yield a finding if one choice is picked far more often than it is right."""
    if tally.with_choices < _LETTER_AFTER or sum(tally.targets.values()) < tally.with_choices:
        return
    place, count = tally.chosen.most_common(1)[0]
    share, right = count / tally.with_choices, tally.targets[place] / tally.with_choices
    if right < 0.9 and share > right + _LETTER_EXCESS:
        yield _finding(
            "one answer",
            name,
            f"answer {chr(ord('A') + place)} is chosen in {share:.0%} of documents and right in "
            f"{right:.0%}",
            "The model does not see the prompt as meant (template, cut context), or is too weak.",
        )


def _at_the_end(name: str, tally: _Tally) -> Iterator[Finding]:
    accuracy = tally.passed / tally.n if tally.n else 0.0
    if name == "mmlu" and tally.n >= _CHANCE_AFTER:
        if accuracy < _MMLU_LOW:
            bound = f"under {_MMLU_LOW}"
            cause = "For an 8B model, check the config: prompt format, few-shot count, tokenizer."
        else:
            bound = f"over {_MMLU_HIGH}"
            cause = "For an 8B model, check for leakage of the test questions into training."
        if not _MMLU_LOW <= accuracy <= _MMLU_HIGH:
            yield _finding("bounds", name, f"MMLU is {accuracy:.3f}, {bound}", cause)
    expected = LLAMA_3_1_8B.get(name)
    if expected is not None and tally.n >= _CHANCE_AFTER:
        yield _finding(
            "expected",
            name,
            f"{accuracy:.3f}; Llama-3.1-8B has about {expected:.2f}",
            "For orientation: a typical value for a healthy 8B model.",
            "note",
        )
    strict = tally.share("exact_match,strict-match")
    flexible = tally.share("exact_match,flexible-extract")
    if strict is not None and flexible is not None and flexible - strict > _GSM8K_GAP:
        yield _finding(
            "extraction",
            name,
            f"strict extraction gives {strict:.3f}, flexible {flexible:.3f}",
            "The model answers, but not in the form of the examples (#### 42): a chat model without"
            " few-shot examples, or stop strings that cut the answer off.",
        )


def _finding(
    check: str, task: str, seen: str, cause: str, level: FindingLevel = "warning"
) -> Finding:
    return Finding(at=time.time(), check=check, task=task, seen=seen, cause=cause, level=level)


def selection_finding(benchmark: BenchmarkSubject) -> Finding | None:
    """Return what to say of a run that takes some documents of its tasks; None if it takes all."""
    if benchmark.limit is not None:
        seen = (
            f"the first {benchmark.limit:,.0f} documents of each task"
            if benchmark.limit >= 1
            else f"the first {benchmark.limit:.1%} of each task"
        )
        cause = "not a random sample: datasets are often sorted; --sample N draws at random"
    elif benchmark.sample is not None:
        seen = f"{benchmark.sample:,} documents drawn at random, in proportion to the tasks"
        cause = f"by the seed {benchmark.seed}: the same documents for any model"
    else:
        return None
    return Finding(
        at=time.time(),
        check="selection",
        task=benchmark.name,
        seen=seen,
        cause=cause,
        level="note",
    )
