"""Fit prompts into the model's context: cut where lm-eval cuts, refused everywhere else."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from stack_tui.benchmarks.scoring.encoding import EncodedPair
from stack_tui.errors import StackError

_DEFAULT_LIMIT = 256
LIMITS = ("max_tokens", "max_gen_toks")
_REMEDY = "Use fewer examples (--fewshot), --gen max_gen_toks=N, or serve with a longer context."

ChangeKind = Literal["cut", "server", "room"]


class UnfitDocument(StackError):
    """A document cannot be asked as it is: one of its prompts does not fit, or is empty."""


@dataclass(frozen=True, slots=True)
class PromptChange:
    """A number of tokens that had to give: `got` of `wanted`.

    "cut" are prompt tokens that fit the context, "server" those that the server read, and "room" is
    what the context leaves for an output. There, None is a limit that is not set, or not known.
    """

    kind: ChangeKind
    wanted: int | None
    got: int | None

    @property
    def flag(self) -> str:
        """The change in words, with its numbers."""
        wanted = "any number of" if self.wanted is None else f"{self.wanted:,}"
        got = "what the server leaves" if self.got is None else f"{self.got:,}"
        if self.kind == "room":
            return f"room for {got} of {wanted} output tokens"
        by = "to fit the context" if self.kind == "cut" else "by the server"
        return f"prompt cut {by}: {got} of {wanted} tokens"


def output_limit(gen: Mapping[str, Any]) -> int | None:
    """Return the maximum tokens of an output: 256 if the task does not say, None for no limit."""
    limit = next((gen[name] for name in LIMITS if name in gen), _DEFAULT_LIMIT)
    return None if limit is None else int(limit)


def fit_pair(
    pair: EncodedPair, context_length: int | None
) -> tuple[EncodedPair, PromptChange | None]:
    """Return the pair, its given tokens cut from the left if needed, as by lm-eval.

    Raises UnfitDocument if nothing would be left before the continuation.
    """
    longest = None if context_length is None else context_length - 1
    length = len(pair.prefix) + len(pair.context) + len(pair.continuation)
    if longest is None or length <= longest:
        return pair, None
    scored = len(pair.continuation)
    if scored >= longest:
        raise UnfitDocument(
            f"{scored:,} tokens to score and 1 before them > {longest:,}", remedy=_REMEDY
        )
    kept = EncodedPair([], pair.given[length - longest :], pair.continuation)
    return kept, PromptChange("cut", length, longest)


def fit_tokens(
    prompt: list[int], limit: int | None, context_length: int | None
) -> tuple[list[int], int | None, PromptChange | None]:
    """Return the prompt, cut from the left as by lm-eval, and the output's limit.

    A limit that no prompt would leave room for becomes what this one leaves.
    """
    if not prompt:
        raise UnfitDocument("the prompt is empty", remedy="Use --add-bos yes, or --fewshot.")
    if context_length is None:
        return prompt, limit, _room(limit, None) if limit is None else None
    longest = context_length - 1
    if limit is None or limit >= longest:
        room = _room_after(len(prompt), context_length)
        return prompt, room, _room(limit, room)
    kept = longest - limit
    if len(prompt) <= kept:
        return prompt, limit, None
    return prompt[-kept:], limit, PromptChange("cut", len(prompt), kept)


def fit_text(
    count: int | None, limit: int | None, context_length: int | None, *, overhead: int = 0
) -> tuple[int | None, PromptChange | None]:
    """Return the output's limit for a prompt of text that has `count` tokens, None if not known.

    Only the server could cut a text, and lm-eval sends it as it is; so one that does not fit raises
    UnfitDocument. `overhead` is how many tokens a chat template may add.
    """
    if limit is not None and (context_length is None or limit < context_length):
        if context_length is not None and count is not None and count + limit > context_length:
            raise UnfitDocument(
                f"{count:,} prompt tokens + {limit:,} to generate > {context_length:,}",
                remedy=_REMEDY,
            )
        return limit, None
    if context_length is None or count is None:
        return None, _room(limit, None)
    room = _room_after(count + overhead, context_length)
    return room, _room(limit, room)


def _room_after(count: int, context_length: int) -> int:
    if count >= context_length:
        raise UnfitDocument(f"{count:,} prompt tokens >= {context_length:,}", remedy=_REMEDY)
    return context_length - count


def _room(limit: int | None, room: int | None) -> PromptChange:
    return PromptChange("room", limit, room)
