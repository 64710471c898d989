"""The echo route: log-probabilities of the prompt's own tokens, a document's pairs together."""

from collections.abc import Sequence
from typing import Any

import msgspec

from stack_tui.benchmarks.score_records import RecordedLogprobs
from stack_tui.benchmarks.scoring.encoding import EncodedPair
from stack_tui.benchmarks.scoring.prompt_usage import unread_tokens
from stack_tui.benchmarks.scoring.reply_shape import check_logprobs, read_as
from stack_tui.endpoints.client import Client, Reply
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.runner.request_engine import gather_all


class _Entry(msgspec.Struct):
    logprob: float
    rank: int | None = None


class _Logprobs(msgspec.Struct):
    token_logprobs: list[Any] | None = None
    top_logprobs: list[Any] | None = None


class _Choice(msgspec.Struct):
    index: int | None = None
    prompt_logprobs: list[Any] | None = None
    logprobs: _Logprobs | None = None


class _Completion(msgspec.Struct):
    choices: list[_Choice]


async def ask(
    client: Client, pairs: Sequence[EncodedPair], *, prompt_logprobs: bool, lists: bool
) -> tuple[RecordedLogprobs, Reply]:
    """Return the scores of the pairs' continuations; raises EndpointError.

    With `prompt_logprobs`, vLLM's own field is used, whose entries name their tokens; otherwise
    OpenAI's `echo`. With `lists`, all prompts go in one request.
    """
    prompts = [pair.whole for pair in pairs]
    parts = [prompts] if lists else [[prompt] for prompt in prompts]
    replies = await gather_all(
        client.post("completions", _body(client, part, prompt_logprobs)) for part in parts
    )
    choices = [choice for reply in replies for choice in _choices(reply.data)]
    if len(choices) != len(pairs):
        raise EndpointError(
            "bad_answer", f"{len(choices)} choices came back for a list of {len(pairs)} prompts"
        )
    logprobs, greedy = [], []
    for pair, choice in zip(pairs, choices, strict=True):
        scored = _prompt_entries(pair, choice) if prompt_logprobs else _echoed(pair, choice)
        logprobs.append(sum(lp for lp, _ in scored))
        greedy.append(all(is_greedy for _, is_greedy in scored))
    lengths = [[len(prompt) for prompt in part] for part in parts]
    scores = RecordedLogprobs(
        logprobs,
        greedy,
        prompt_tokens=sum(map(len, prompts)),
        completion_tokens=len(pairs),
        unread_tokens=sum(map(unread_tokens, (reply.data for reply in replies), lengths)),
    )
    return scores, replies[0]


def _body(client: Client, prompts: list[list[int]], prompt_logprobs: bool) -> dict[str, Any]:
    body = {
        "model": client.endpoint.model,
        "prompt": prompts if len(prompts) > 1 else prompts[0],
        "max_tokens": 1,
        "temperature": 0,
    }
    # One alternative beside each token shows a tie for the likeliest, which lm-eval counts as
    # greedy. A rank alone does not show it.
    return body | ({"prompt_logprobs": 1} if prompt_logprobs else {"echo": True, "logprobs": 1})


def _choices(data: Any) -> list[_Choice]:
    """Return the choices in the order of the prompts, as their indices say if they all have one."""
    choices = read_as(data, _Completion).choices
    if any(choice.index is None for choice in choices):
        return choices
    return sorted(choices, key=lambda choice: choice.index or 0)


def _prompt_entries(pair: EncodedPair, choice: _Choice) -> list[tuple[float, bool]]:
    whole, begin = pair.whole, len(pair.given)
    if choice.prompt_logprobs is None or len(choice.prompt_logprobs) != len(whole):
        raise _unlike_prompt("prompt_logprobs")
    # Only the continuation is read: a few-shot prompt has a thousand entries more.
    entries = read_as(choice.prompt_logprobs[begin:], list[dict[str, _Entry]])
    scored = []
    for token, entry in zip(whole[begin:], entries, strict=True):
        own = entry.get(str(token))
        if own is None:
            raise _unlike_prompt("prompt_logprobs")
        check_logprobs(*(other.logprob for other in entry.values()))
        best = max(other.logprob for other in entry.values())
        alone = len(entry) == 1 and own.rank != 1
        scored.append((own.logprob, own.rank == 1 or (not alone and own.logprob >= best)))
    return scored


def _echoed(pair: EncodedPair, choice: _Choice) -> list[tuple[float, bool]]:
    begin, end = len(pair.given), len(pair.whole)
    own = choice.logprobs.token_logprobs if choice.logprobs else None
    if not own or not end <= len(own) <= end + 1 or own[0] is not None:
        raise _unlike_prompt("echo")
    top = choice.logprobs.top_logprobs if choice.logprobs else None
    alternatives = read_as((top or [])[begin:end], list[dict[str, float]])
    if len(alternatives) < end - begin or not all(alternatives):
        raise _unlike_prompt("top_logprobs")
    scored = []
    for lp, others in zip(read_as(own[begin:end], list[float]), alternatives, strict=True):
        check_logprobs(lp, *others.values())
        scored.append((lp, lp >= max(others.values())))
    return scored


def _unlike_prompt(field: str) -> EndpointError:
    return EndpointError(
        "bad_answer",
        f"the entries of `{field}` do not match the tokens of the prompt",
        remedy="See what the server supports with: stack-tui doctor",
    )
