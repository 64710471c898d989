"""The events of a run's journal: all that ever happened in it, in order."""

from typing import Any, Literal

import msgspec

from stack_tui.errors import Failure as Failure
from stack_tui.errors import FailureKind as FailureKind
from stack_tui.runs.old_formats import current_event
from stack_tui.runs.rule_issue import RuleIssue
from stack_tui.runs.spec import RunSpec

Status = Literal["ok", "empty", "truncated", "error", "unscored"]
RunState = Literal["running", "paused", "stopping", "stopped"]
RunOutcome = Literal["complete", "errors", "failed"]
SampleKey = tuple[str, str, int, float | None]

# The guide's thresholds: a sample passes by its rules from the one, by its judges from the other.
RULE_PASS = 0.8
JUDGE_PASS = 4.0


class _Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    # Events are trees: a reader of 14,000 of them is spared the garbage collector's rounds.
    pass


class _Event(
    _Record, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag=str.lower
):
    """Something that happened at `at`, in seconds since 1970 (UTC)."""

    at: float


class CriterionScore(_Record, frozen=True, kw_only=True, omit_defaults=True):
    """What a judge said of one criterion; `score` is None where none could be read."""

    name: str
    weight: float = 1.0
    score: float | None = None
    answer: str = ""
    reasoning: str = ""
    attempts: int = 1
    latency_s: float = 0.0
    failure: Failure | None = None


class JudgeScore(_Record, frozen=True, kw_only=True, omit_defaults=True):
    """One judge's answer about one output; `score` is None where none could be read.

    With `criteria` it is their weighted mean, None unless each has a score; the answers are theirs.
    In a duel `first` is the run whose output stood first, and `score` is 1 where the second-named
    run's output is called the better one, 0 where the first-named one's is, and .5 for a tie.
    """

    judge: str
    model: str
    score: float | None = None
    answer: str = ""
    reasoning: str = ""
    attempts: int = 1
    latency_s: float = 0.0
    failure: Failure | None = None
    first: str = ""
    criteria: tuple[CriterionScore, ...] = ()


class ChoiceLogprob(_Record, frozen=True, kw_only=True, omit_defaults=True):
    """One given continuation of a multiple-choice document, with its log-probability in nats."""

    text: str
    logprob: float | None = None
    greedy: bool = False


class TaskPlan(_Record, frozen=True, kw_only=True, omit_defaults=True):
    """What a task will take: its samples, its requests and the route they go by.

    `metric` is the one by which a sample counts as passed, as `name,filter` in its metrics. `apart`
    names the samples that a duel cannot judge, by reason.
    """

    name: str
    samples: int
    requests: int
    route: str
    groups: tuple[str, ...] = ()
    version: str = ""
    fewshot: int | None = None
    chance: float | None = None
    metric: str = ""
    apart: dict[str, tuple[str, ...]] = {}


class Started(_Event, frozen=True, kw_only=True, omit_defaults=True):
    """The worker began, or began again after an interruption (`resumed`)."""

    spec: RunSpec
    versions: dict[str, str]
    server: dict[str, Any] = {}
    pid: int = 0
    resumed: bool = False


class Planned(_Event, frozen=True, kw_only=True, omit_defaults=True):
    """The samples and requests to come; `partial` while further tasks are being loaded."""

    tasks: tuple[TaskPlan, ...]
    prefixes: dict[str, str] = {}
    partial: bool = False


class Prefix(_Event, frozen=True, kw_only=True, omit_defaults=True):
    """A text that many prompts begin with (few-shot examples, a system prompt), written once."""

    id: str
    text: str


class Answer(_Event, frozen=True, kw_only=True, omit_defaults=True):
    """A request's key and response, as it came: what resume reads and never asks again."""

    key: str
    task: str
    sample: str
    role: str
    response: Any
    request: Any = None
    repeat: int = 0
    temperature: float | None = None
    latency_s: float = 0.0
    attempts: int = 1


class Sample(_Event, frozen=True, kw_only=True, omit_defaults=True):
    """One item's outcome: a case's or a document's, per repeat; a later one replaces it.

    `place`, from 0, is where it stands in its suite or task; `temperature` stands in samples of
    runs that ask at several. Cases of one `cluster` count as one in intervals. `no_majority`: the
    judges were to vote, and no score had the most votes. A duel's has the `outputs` of both runs,
    by their letters, and `winner`: one of these, or "tie".
    """

    task: str
    id: str
    place: int = 0
    repeat: int = 0
    temperature: float | None = None
    cluster: str = ""
    status: Status = "ok"
    truncated_while_thinking: bool = False
    passed: bool | None = None
    failure: Failure | None = None
    prefix: str | None = None
    prompt: str = ""
    output: str = ""
    reasoning: str = ""
    finish_reason: str = ""
    flags: tuple[str, ...] = ()
    rule_score: float | None = None
    rule_issues: tuple[RuleIssue, ...] = ()
    verdicts: tuple[JudgeScore, ...] = ()
    judge_score: float | None = None
    no_majority: bool = False
    choices: tuple[ChoiceLogprob, ...] = ()
    chosen: int | None = None
    target: str = ""
    extracted: dict[str, str] = {}
    metrics: dict[str, float] = {}
    labels: tuple[str, ...] = ()
    latency_s: float = 0.0
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    holdout: bool = False
    outputs: dict[str, str] = {}
    winner: str = ""

    @property
    def key(self) -> SampleKey:
        """What identifies the sample within its run: task, id, repeat and temperature."""
        return (self.task, self.id, self.repeat, self.temperature)

    @property
    def name(self) -> str:
        """What the sample is called within its task."""
        return sample_name(self.id, self.repeat, self.temperature)

    @property
    def position(self) -> tuple[str, int, float, int]:
        """The key that sorts samples as their suite or task has them."""
        return (self.task, self.place, self.temperature or 0.0, self.repeat)

    @property
    def counted_as(self) -> tuple[str, str, bool]:
        """What is drawn as one in intervals: the case with its repeats, or its whole cluster."""
        return (self.task, self.cluster or self.id, bool(self.cluster))

    @property
    def unscored(self) -> bool:
        """Whether judges were asked, or a duel's to decide, and nothing could be read.

        A truncated output keeps its status and may be unscored besides.
        """
        if self.outputs:
            return not self.winner
        unread = bool(self.verdicts) and self.judge_score is None
        return self.status == "unscored" or (unread and self.status != "error")


def sample_name(id: str, repeat: int, temperature: float | None) -> str:
    """Return a case's id, with the temperature of several, and which repeat where not the first."""
    setting = "" if temperature is None else f" t={temperature:g}"
    return f"{id}{setting} #{repeat + 1}" if repeat else f"{id}{setting}"


class Fault(_Event, frozen=True, kw_only=True, omit_defaults=True):
    """Something went wrong that the run survived or ended from, in words for the user."""

    message: str
    where: str = ""
    remedy: str = ""


class Server(_Event, frozen=True, kw_only=True, omit_defaults=True):
    """What the server's metrics said at that moment."""

    metrics: dict[str, float]


class StateChanged(_Event, frozen=True, kw_only=True, omit_defaults=True, tag="state"):
    """The run was paused, resumed or asked to stop, or its concurrency was changed."""

    state: RunState
    concurrency: int | None = None


class Finding(_Event, frozen=True, kw_only=True, omit_defaults=True):
    """A sanity check's finding: what was seen, the usual cause, and how grave it is."""

    check: str
    task: str
    seen: str
    cause: str
    level: Literal["note", "warning", "alarm"] = "warning"


class RecordScores(_Event, frozen=True, kw_only=True, omit_defaults=True, tag="scores"):
    """The score of record: lm-eval's own results and tables, over all documents but `missing`."""

    results: dict[str, Any]
    table: str
    missing: dict[str, int] = {}


class Finished(_Event, frozen=True, kw_only=True, omit_defaults=True):
    """The run ended: every sample has an outcome, or (`failed`) it could not be carried out."""

    outcome: RunOutcome
    errors: int = 0
    message: str = ""
    remedy: str = ""


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

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)


def encode(event: Event) -> bytes:
    """Return the event as one line of JSON, newline included."""
    return _encoder.encode(event) + b"\n"


def decode(line: bytes) -> Event:
    """Return the event that `line` holds; raises msgspec.DecodeError if it holds none."""
    try:
        return _decoder.decode(line)
    except msgspec.ValidationError:
        # Converting costs a second pass, so only a line that today's types refuse pays for it.
        event: Event = msgspec.convert(current_event(msgspec.json.decode(line)), Event)
        return event
