"""A suite of cases, as its TOML file defines it."""

from typing import Any

import msgspec

from stack_tui.config.decode import PanelMethod

Phrase = str | tuple[str, ...]


class _Table(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    pass


class Number(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The number that an answer must end in, and how far off it may be."""

    value: float
    tolerance: float = 0.0


class Criterion(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One thing that judges score by itself, and how much it counts among the others."""

    name: str
    ask: str
    weight: float = 1.0


class Case(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One input, the rules that its output must meet, and the rubric that judges get.

    A list inside `must_mention` is met by any of its phrases. Phrases match in any letter case;
    `regex` and `not_regex` match as they are written and are searched for anywhere. Cases that
    name the same `cluster` are taken to pass and fail together, and count as one in intervals.
    `reference` is an output as it should be, for judges to hold others against. A case held out
    (`holdout`) is scored apart, and its texts are shown to nobody who does not ask for them.
    """

    id: str
    input: str
    must_mention: tuple[Phrase, ...] = ()
    must_not_mention: tuple[str, ...] = ()
    rubric: str = ""
    criteria: tuple[Criterion, ...] = ()
    reference: str = ""
    labels: tuple[str, ...] = ()
    cluster: str = ""
    holdout: bool = False
    regex: Phrase = ()
    not_regex: Phrase = ()
    max_chars: int | None = None
    max_words: int | None = None
    max_sentences: int | None = None
    equals: str | None = None
    one_of: tuple[str, ...] = ()
    starts_with: str | None = None
    json_schema: dict[str, Any] | None = None
    number: Number | None = None


class Suite(_Table, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The cases and how each is put to the model: `{input}` in `prompt` stands for its input.

    Of several temperatures each is asked for every case and repeat. `extra_body` goes into each
    request as it is, for what a server takes beyond the usual (`reasoning_effort`,
    `chat_template_kwargs`, …). `judges` are endpoints' names, and `judge_prompt`, where given,
    holds `{output}` and may hold `{rubric}`, `{input}` and `{reference}`. `criteria` are those of
    every case that states none.
    """

    name: str
    cases: tuple[Case, ...]
    description: str = ""
    system: str = ""
    prompt: str = "{input}"
    temperature: float | tuple[float, ...] = 0.0
    max_tokens: int = 1024
    top_p: float | None = None
    seed: int | None = None
    extra_body: dict[str, Any] = {}
    repeats: int = 1
    length_check: bool = True
    judges: tuple[str, ...] = ()
    panel: PanelMethod | None = None
    criteria: tuple[Criterion, ...] = ()
    judge_prompt: str = ""
    judge_max_tokens: int = 1024
    gates: tuple[str, ...] = ()

    @property
    def temperatures(self) -> tuple[float, ...]:
        """The temperatures to ask at, one or several."""
        chosen = self.temperature
        return chosen if isinstance(chosen, tuple) else (chosen,)

    @property
    def open_cases(self) -> tuple[Case, ...]:
        """The cases that are not held out."""
        return tuple(case for case in self.cases if not case.holdout)

    @property
    def independent(self) -> int:
        """How many cases not held out there are, those of one cluster counted once."""
        return len({(case.cluster or case.id, bool(case.cluster)) for case in self.open_cases})


def criteria_of(suite: Suite, case: Case) -> tuple[Criterion, ...]:
    """Return what judges score one by one in the case; none where the rubric is scored whole."""
    return case.criteria or suite.criteria


def as_list(phrase: Phrase) -> tuple[str, ...]:
    """Return a phrase and a list of phrases alike as a list."""
    return (phrase,) if isinstance(phrase, str) else phrase


def without_holdout(suite: Suite) -> Suite:
    """Return the suite with its open cases alone."""
    return msgspec.structs.replace(suite, cases=suite.open_cases)
