"""A suite of cases, as its TOML file defines it."""

from collections.abc import Collection
from typing import Any

import msgspec

from stack_tui.config.decode import PanelMethod
from stack_tui.runs.events import RULE_PASS

Phrase = str | tuple[str, ...]


class _Table(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    pass


class Number(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The number that an output must end in, and how far off it may be."""

    value: float
    tolerance: float = 0.0


class Criterion(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A criterion that judges score by itself, and its weight among the others."""

    name: str
    ask: str
    weight: float = 1.0


class Case(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One input, the rules that its output must meet, and the rubric that judges get."""

    id: str
    """The case's name, unique in its suite."""
    input: str
    """The text put into the suite's prompt."""
    must_mention: tuple[Phrase, ...] = ()
    """Phrases that the output must contain, in any letter case; of a list, any one of them."""
    must_not_mention: tuple[str, ...] = ()
    """Phrases that the output must not contain, in any letter case."""
    rubric: str = ""
    """What a good output is, for judges."""
    criteria: tuple[Criterion, ...] = ()
    """What judges score one by one; without any, those of the suite."""
    reference: str = ""
    """An output as it should be, for judges to compare others with."""
    labels: tuple[str, ...] = ()
    """Free words by which cases are grouped and filtered."""
    cluster: str = ""
    """Cases of one cluster are expected to pass and fail together: intervals count them as one."""
    holdout: bool = False
    """Whether the case is held out: scored apart, its texts revealed only on request."""
    regex: Phrase = ()
    """Regular expressions that must match anywhere in the output; letter case matters."""
    not_regex: Phrase = ()
    """Regular expressions that must not match; letter case matters."""
    max_chars: int | None = None
    """Maximum number of characters."""
    max_words: int | None = None
    """Maximum number of words."""
    max_sentences: int | None = None
    """Maximum number of sentences."""
    equals: str | None = None
    """The only accepted output, in any letter case."""
    one_of: tuple[str, ...] = ()
    """The accepted outputs, in any letter case."""
    starts_with: str | None = None
    """What the output must begin with, in any letter case."""
    json_schema: dict[str, Any] | None = None
    """The schema that the output, as JSON, must meet."""
    contains_json: dict[str, Any] | None = None
    """The schema that a JSON object or list within the output must meet; {} allows any."""
    number: Number | None = None
    """The number that the output must end in."""
    pass_mark: float | None = None
    """The rule score from which on the case passes; without one, the suite's."""


class Suite(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The cases, and how each is put to the model."""

    name: str
    """The suite's name; results files are named after it."""
    cases: tuple[Case, ...]
    """The cases, each with an id of its own."""
    description: str = ""
    """What the suite is for, for people."""
    system: str = ""
    """The system prompt."""
    prompt: str = "{input}"
    """The user's turn; {input} is replaced by a case's input."""
    temperature: float | tuple[float, ...] = 0.0
    """The sampling temperature; with several, every case and repeat runs at each of them."""
    max_tokens: int = 1024
    """Maximum number of tokens in an output."""
    top_p: float | None = None
    """Nucleus sampling, above 0 and at most 1; None for the server's default."""
    seed: int | None = None
    """The sampling seed, if the server takes one."""
    extra_body: dict[str, Any] = {}
    """Further fields of each request as the server expects them, such as reasoning_effort."""
    repeats: int = 1
    """How many times each case runs."""
    pass_mark: float = RULE_PASS
    """The rule score from which on a case passes; 1 if all rules must hold."""
    length_check: bool = True
    """Whether an output longer than its input is an issue, as it is for a summary."""
    judges: tuple[str, ...] = ()
    """The judges' endpoints by name; "self" is the evaluated model."""
    panel: PanelMethod | None = None
    """How the scores of several judges are combined."""
    criteria: tuple[Criterion, ...] = ()
    """The criteria of every case that has none of its own."""
    judge_prompt: str = ""
    """The judges' prompt: {output} is required; {rubric}, {input} and {reference} are optional."""
    judge_max_tokens: int = 1024
    """Maximum number of tokens in a judge's answer."""
    gates: tuple[str, ...] = ()
    """The conditions that a report must meet."""

    @property
    def temperatures(self) -> tuple[float, ...]:
        """All temperatures to sample at."""
        chosen = self.temperature
        return chosen if isinstance(chosen, tuple) else (chosen,)

    @property
    def open_cases(self) -> tuple[Case, ...]:
        """The cases that are not held out."""
        return tuple(case for case in self.cases if not case.holdout)

    @property
    def independent(self) -> int:
        """The number of cases not held out, with those of one cluster counted once."""
        return len({(case.cluster or case.id, bool(case.cluster)) for case in self.open_cases})


def criteria_of(suite: Suite, case: Case) -> tuple[Criterion, ...]:
    """Return the criteria of a case; an empty tuple if its rubric is scored as a whole."""
    return case.criteria or suite.criteria


def as_list(phrase: Phrase) -> tuple[str, ...]:
    """Return a phrase, or a list of phrases, as a list."""
    return (phrase,) if isinstance(phrase, str) else phrase


def only_cases(suite: Suite, ids: Collection[str]) -> Suite:
    """Return the suite with the cases of these ids, all of them if `ids` is empty."""
    cases = tuple(case for case in suite.cases if not ids or case.id in ids)
    return msgspec.structs.replace(suite, cases=cases)


def without_holdout(suite: Suite) -> Suite:
    """Return the suite with only its open cases."""
    return msgspec.structs.replace(suite, cases=suite.open_cases)
