"""The events of a run's journal: all that happened in the run, in order."""

from typing import Any, Literal

import msgspec

from stack_tui.errors import Failure as Failure
from stack_tui.errors import FailureKind as FailureKind
from stack_tui.runs.rule_issue import RuleIssue
from stack_tui.runs.spec import RunSpec

Status = Literal[
    "ok",
    "empty",
    "tool_calls",
    "reasoning_only",
    "truncated",
    "filtered",
    "error",
    "unscored",
]
RunState = Literal["running", "paused", "stopping", "stopped"]
RunOutcome = Literal["complete", "errors", "failed"]
SampleKey = tuple[str, str, int, float | None]

# The custom-eval format's thresholds: a sample passes by its rule or judge score from here on.
RULE_PASS = 0.8
JUDGE_PASS = 4.0


class _Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    # Events are trees, so the garbage collector need not look for cycles in 14,000 of them.
    pass


class _Event(
    _Record, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag=str.lower
):
    """Something that happened at `at`, in seconds since 1970 (UTC)."""

    at: float


class CriterionScore(_Record, frozen=True, kw_only=True, omit_defaults=True):
    """A judge's answer about one criterion."""

    name: str
    """The criterion's name."""
    weight: float = 1.0
    """Its weight in the judge's score."""
    score: float | None = None
    """From 1 to 5; None if no score could be read."""
    answer: str = ""
    """What the judge answered."""
    reasoning: str = ""
    """What it thought before, if the server returns that."""
    attempts: int = 1
    """How often the judge was asked until a score could be read."""
    latency_s: float = 0.0
    """Seconds until the last answer was complete."""
    failure: Failure | None = None
    """Why there is no answer; None if there is one."""
    finish_reason: str = ""
    """The server's reason for ending the answer; empty if that was complete."""


class JudgeScore(_Record, frozen=True, kw_only=True, omit_defaults=True):
    """A judge's answer about one output, or in a duel about two."""

    judge: str
    """The name of the judge's endpoint."""
    model: str
    """The judge's model."""
    score: float | None = None
    """From 1 to 5; None if no score could be read.

    With criteria it is their weighted mean, None unless each has a score. In a duel it is 0 if the
    pair's first run has the better output, 1 if its second run has, and .5 for a tie.
    """
    answer: str = ""
    """What the judge answered; empty with criteria, which have an answer each."""
    reasoning: str = ""
    """What it thought before, if the server returns that."""
    attempts: int = 1
    """How often the judge was asked, for all criteria together."""
    latency_s: float = 0.0
    """Seconds until the last answer was complete."""
    failure: Failure | None = None
    """Why there is no answer; None if there is one."""
    finish_reason: str = ""
    """The server's reason for ending the last answer; empty if complete, and with criteria."""
    dropped: tuple[str, ...] = ()
    """What the judge's server refused, so that it was asked without."""
    first: str = ""
    """In a duel, the letter of the run whose output the judge read first."""
    criteria: tuple[CriterionScore, ...] = ()
    """The answer about each criterion; empty if the suite has a rubric alone."""


class ChoiceLogprob(_Record, frozen=True, kw_only=True, omit_defaults=True):
    """A choice of a multiple-choice document, with its log-probability in nats, None if unknown."""

    text: str
    logprob: float | None = None
    greedy: bool = False


class TaskPlan(_Record, frozen=True, kw_only=True, omit_defaults=True):
    """What a task takes, as planned before its first request."""

    name: str
    """The task, the suite, or the pair of a duel."""
    samples: int
    """How many samples it has."""
    requests: int
    """How many requests these take, judges included."""
    route: str
    """The scoring method; for a suite "chat", or "recorded" if the model is not asked."""
    groups: tuple[str, ...] = ()
    """The groups that the task is in."""
    version: str = ""
    """The task's version in lm-eval."""
    fewshot: int | None = None
    """The number of few-shot examples; None for a suite."""
    chance: float | None = None
    """The score of guessing, from 0 to 1; None if it is not known."""
    metric: str = ""
    """The primary metric, as "name,filter": by it a sample passes, if it is 0 or 1 throughout."""
    higher_is_better: bool | None = None
    """Whether a higher value of the primary metric is better; None if lm-eval does not say."""
    apart: dict[str, tuple[str, ...]] = {}
    """The names of the samples that a duel cannot judge, by reason."""


class Started(_Event, frozen=True, kw_only=True, omit_defaults=True):
    """The worker began, or began anew after an interruption (`resumed`)."""

    spec: RunSpec
    versions: dict[str, str]
    """The versions of stack-tui and of what it scores with, by package."""
    server: dict[str, Any] = {}
    """What the evaluated server says of itself: kind, version, model, context length."""
    pid: int = 0
    resumed: bool = False


class Planned(_Event, frozen=True, kw_only=True, omit_defaults=True):
    """The samples and requests to come; `partial` while further tasks are being loaded."""

    tasks: tuple[TaskPlan, ...]
    prefixes: dict[str, str] = {}
    partial: bool = False


class Prefix(_Event, frozen=True, kw_only=True, omit_defaults=True):
    """A text that many prompts begin with, such as few-shot examples; samples refer to its `id`."""

    id: str
    text: str


class Answer(_Event, frozen=True, kw_only=True, omit_defaults=True):
    """A request and its response, as it came; a resumed run does not repeat it."""

    key: str
    """A digest of all that the response depends on."""
    task: str
    sample: str
    """The id of the sample that the request is for."""
    role: str
    """Who answered: "model", or "judge:" and a name."""
    response: Any
    """The response's JSON, or of a benchmark what its scores are made of."""
    request: Any = None
    repeat: int = 0
    temperature: float | None = None
    latency_s: float = 0.0
    attempts: int = 1
    """How often the request was sent."""


class Sample(_Event, frozen=True, kw_only=True, omit_defaults=True):
    """The outcome of a case or document, for one attempt; a later one of the same key replaces it.

    Texts are as the model or the dataset gave them: make them printable before you show them.
    """

    task: str
    """The suite's name, the benchmark's task, or the pair of a duel."""
    id: str
    """The case's id, or the document's index."""
    place: int = 0
    """The position in the suite or task, from 0."""
    repeat: int = 0
    """Which repeat it is, from 0."""
    temperature: float | None = None
    """The temperature of the attempt; None if the run has only one."""
    cluster: str = ""
    """The cluster of the case: intervals count the cases of a cluster as one."""

    status: Status = "ok"
    """How the request ended; apart from the score."""
    truncated_while_thinking: bool = False
    """Whether max_tokens was reached before the output began."""
    passed: bool | None = None
    """The verdict; None if nothing decides it."""
    failure: Failure | None = None
    """What went wrong; only with the status "error"."""

    prefix: str | None = None
    """The id of the `Prefix` that the prompt begins with; None if the prompt is whole."""
    prompt: str = ""
    """What the model was asked, without the prefix."""
    output: str = ""
    """What it answered."""
    reasoning: str = ""
    """What it thought before, if the server returns that."""
    finish_reason: str = ""
    """The server's reason for ending the output, such as "stop" or "length"."""
    tool_calls: tuple[str, ...] = ()
    """The tools that the model called, as name(arguments)."""
    dropped: tuple[str, ...] = ()
    """What the server refused of the request, so that the model was asked without."""
    flags: tuple[str, ...] = ()
    """What is suspicious about the output, such as an attempt to steer its judge."""
    unread_tokens: int = 0
    """How many tokens of the prompt were cut off, to fit the context or by the server."""

    rule_score: float | None = None
    """From 0 to 1; None without rules."""
    pass_mark: float = RULE_PASS
    """The rule score from which on the case's rules are met."""
    rule_issues: tuple[RuleIssue, ...] = ()
    """What cost the rule score points."""
    verdicts: tuple[JudgeScore, ...] = ()
    """Each judge's answer; in a duel in both orders, except for equal outputs."""
    judge_score: float | None = None
    """The panel's score, from 1 to 5; None if no judge gave one."""
    no_majority: bool = False
    """Whether the panel votes and no score won; `judge_score` is then the median."""

    choices: tuple[ChoiceLogprob, ...] = ()
    """A multiple-choice document's choices."""
    chosen: int | None = None
    """The index of the choice that the model prefers; None without choices."""
    target: str = ""
    """A benchmark's right answer."""
    extracted: dict[str, str] = {}
    """What lm-eval's filters read from the output, by filter."""
    metrics: dict[str, float] = {}
    """lm-eval's metrics of the document."""
    document: str = ""
    """A digest of the document: a task may draw others when it is loaded again."""

    labels: tuple[str, ...] = ()
    """The labels of the case in its suite."""
    latency_s: float = 0.0
    """Seconds until the output was complete."""
    prompt_tokens: int | None = None
    """As the server counts them; None if it does not."""
    completion_tokens: int | None = None
    """As the server counts them; None if it does not."""
    holdout: bool = False
    """Whether the case is held out: scored apart, its texts hidden until revealed."""

    outputs: dict[str, str] = {}
    """In a duel, the outputs of both runs by letter; empty in any other run."""
    winner: str = ""
    """In a duel, the letter of the better run or "tie"; empty if no judge decided."""

    @property
    def key(self) -> SampleKey:
        """What identifies the sample within its run: task, id, repeat and temperature."""
        return (self.task, self.id, self.repeat, self.temperature)

    @property
    def name(self) -> str:
        """The sample's name within its task."""
        return sample_name(self.id, self.repeat, self.temperature)

    @property
    def rules_met(self) -> bool | None:
        """Whether the rule score reaches the pass mark; None without rules."""
        return None if self.rule_score is None else self.rule_score >= self.pass_mark

    @property
    def position(self) -> tuple[str, int, float, int]:
        """The key that sorts samples as their suite or task has them."""
        return (self.task, self.place, self.temperature or 0.0, self.repeat)

    @property
    def counted_as(self) -> tuple[str, str, bool]:
        """What intervals count as one: the case with its repeats, or its whole cluster."""
        return (self.task, self.cluster or self.id, bool(self.cluster))

    @property
    def unscored(self) -> bool:
        """Whether judges were asked and no score, or in a duel no winner, could be read.

        A truncated output keeps its status and may be unscored as well.
        """
        if self.outputs:
            return not self.winner
        unread = bool(self.verdicts) and self.judge_score is None
        return self.status == "unscored" or (unread and self.status != "error")


def sample_name(id: str, repeat: int, temperature: float | None) -> str:
    """Return the id, with the temperature if there are several and with any later repeat."""
    setting = "" if temperature is None else f" t={temperature:g}"
    return f"{id}{setting} #{repeat + 1}" if repeat else f"{id}{setting}"


class Fault(_Event, frozen=True, kw_only=True, omit_defaults=True):
    """An error of the run itself, with what to do about it; the run may go on."""

    message: str
    where: str = ""
    remedy: str = ""


class Server(_Event, frozen=True, kw_only=True, omit_defaults=True):
    """The server's metrics at that moment."""

    metrics: dict[str, float]


class StateChanged(_Event, frozen=True, kw_only=True, omit_defaults=True, tag="state"):
    """The run was paused, resumed or stopped, or its concurrency changed."""

    state: RunState
    concurrency: int | None = None


class Finding(_Event, frozen=True, kw_only=True, omit_defaults=True):
    """A sanity check's finding: what was seen, the usual cause, and how serious it is."""

    check: str
    task: str
    seen: str
    cause: str
    level: Literal["note", "warning", "alarm"] = "warning"


class RecordScores(_Event, frozen=True, kw_only=True, omit_defaults=True, tag="scores"):
    """The score of record: lm-eval's own results and table, over all documents but `missing`."""

    results: dict[str, Any]
    table: str
    missing: dict[str, int] = {}


class Finished(_Event, frozen=True, kw_only=True, omit_defaults=True):
    """The run ended: every sample has an outcome, or (`failed`) it could not be carried out."""

    outcome: RunOutcome
    errors: int = 0
    message: str = ""
    remedy: str = ""
    resumable: bool = True
    """Whether a failed run can be resumed once what it failed at is put right."""


Event = (
    Started
    | Planned
    | Prefix
    | Answer
    | Sample
    | Fault
    | Server
    | StateChanged
    | Finding
    | RecordScores
    | Finished
)
