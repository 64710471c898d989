"""The echo route: the prompt's own log-probabilities, a document's continuations sent together."""

import asyncio
import math
from collections.abc import Mapping, Sequence
from typing import Any

from stack_tui.benchmarks.score_records import RecordedLogprobs
from stack_tui.benchmarks.scoring.encoding import EncodedPair
from stack_tui.endpoints.client import Client, Reply
from stack_tui.endpoints.endpoint_errors import EndpointError


async def ask(
    client: Client, pairs: Sequence[EncodedPair], *, prompt_logprobs: bool, lists: bool
) -> tuple[RecordedLogprobs, Reply]:
    """Return the scores of the pairs' continuations; raises EndpointError.

    `prompt_logprobs` is vLLM's own field, whose entries name their tokens; else OpenAI's `echo`.
    """
    prompts = [pair.whole for pair in pairs]
    parts = [prompts] if lists else [[prompt] for prompt in prompts]
    replies = await asyncio.gather(
        *(client.post("completions", _body(client, part, prompt_logprobs)) for part in parts)
    )
    choices = [choice for reply in replies for choice in _choices(reply.data)]
    if len(choices) != len(pairs):
        raise EndpointError(
            "bad_answer", f"{len(choices)} answers came for a list of {len(pairs)} prompts"
        )
    logprobs, greedy = [], []
    for pair, choice in zip(pairs, choices, strict=True):
        scored = _prompt_entries(pair, choice) if prompt_logprobs else _echoed(pair, choice)
        logprobs.append(sum(lp for lp, _ in scored))
        greedy.append(all(is_greedy for _, is_greedy in scored))
    tokens = sum(map(len, prompts))
    made = len(pairs)
    return RecordedLogprobs(
        logprobs, greedy, prompt_tokens=tokens, completion_tokens=made
    ), replies[0]


def _body(client: Client, prompts: list[list[int]], prompt_logprobs: bool) -> dict[str, Any]:
    body = {
        "model": client.endpoint.model,
        "prompt": prompts if len(prompts) > 1 else prompts[0],
        "max_tokens": 1,
        "temperature": 0,
    }
    # One alternative beside each token tells a tie for the likeliest, which lm-eval counts as
    # greedy and a rank alone does not show.
    return body | ({"prompt_logprobs": 1} if prompt_logprobs else {"echo": True, "logprobs": 1})


def _choices(data: Any) -> list[Mapping[str, Any]]:
    choices = data.get("choices") if isinstance(data, Mapping) else None
    if not isinstance(choices, list):
        raise EndpointError("bad_answer", "the answer has no choices")
    return sorted(choices, key=lambda choice: choice.get("index", 0))


def _prompt_entries(pair: EncodedPair, choice: Mapping[str, Any]) -> list[tuple[float, bool]]:
    entries = choice.get("prompt_logprobs")
    whole, begin = pair.whole, len(pair.given)
    if not isinstance(entries, list) or len(entries) != len(whole):
        raise _unlike_prompt("prompt_logprobs")
    scored = []
    for at in range(begin, len(whole)):
        entry = entries[at]
        own = entry.get(str(whole[at])) if isinstance(entry, Mapping) else None
        if not isinstance(own, Mapping):
            raise _unlike_prompt("prompt_logprobs")
        lp = _logprob(own.get("logprob"))
        best = max(_logprob(other.get("logprob")) for other in entry.values())
        alone = len(entry) == 1 and own.get("rank") != 1
        scored.append((lp, own.get("rank") == 1 or (not alone and lp >= best)))
    return scored


def _echoed(pair: EncodedPair, choice: Mapping[str, Any]) -> list[tuple[float, bool]]:
    logprobs = choice.get("logprobs")
    own = logprobs.get("token_logprobs") if isinstance(logprobs, Mapping) else None
    top = logprobs.get("top_logprobs") if isinstance(logprobs, Mapping) else None
    begin, end = len(pair.given), len(pair.whole)
    if not isinstance(own, list) or not end <= len(own) <= end + 1 or own[0] is not None:
        raise _unlike_prompt("echo")
    scored = []
    for at in range(begin, end):
        lp = _logprob(own[at])
        alternatives = top[at] if isinstance(top, list) and at < len(top) else None
        if not alternatives:
            raise _unlike_prompt("top_logprobs")
        scored.append((lp, lp >= max(map(_logprob, alternatives.values()))))
    return scored


def _logprob(value: Any) -> float:
    if not isinstance(value, int | float) or not math.isfinite(value) or value > 1e-6:
        raise EndpointError("bad_answer", "a log-probability is missing or is none")
    return float(value)


def _unlike_prompt(field: str) -> EndpointError:
    return EndpointError(
        "bad_answer",
        f"the entries of `{field}` do not match the tokens of the prompt",
        remedy="The server cannot be scored by echo; stack-tui doctor shows what it can.",
    )
