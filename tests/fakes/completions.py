"""Completions as vLLM and llama.cpp shape them, computed by the fake model."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tests.fakes.model import FakeModel
from tests.fakes.replies import Respond

Body = Mapping[str, Any]


def token_lists(model: FakeModel, prompt: Any) -> list[list[int]]:
    """Return the prompts of a request, each as tokens: text, tokens, or a list of either."""
    if isinstance(prompt, str):
        return [model.encode(prompt)]
    if prompt and isinstance(prompt[0], int):
        return [list(prompt)]
    return [model.encode(one) if isinstance(one, str) else list(one) for one in prompt]


def chat_text(body: Body) -> str:
    """Return the prompt that a chat template would make of the messages."""
    lines = [f"{message['role']}: {message['content']}" for message in body["messages"]]
    return "\n".join([*lines, "assistant:"])


def constrained(body: Body) -> str | None:
    """Return an output that the request's JSON schema allows, None where it has none."""
    wanted = body.get("response_format") or {}
    if wanted.get("type") != "json_schema":
        return None
    schema = wanted["json_schema"]["schema"]
    if schema.get("type") == "integer":
        return str(schema.get("minimum", 0))
    if "enum" in schema:
        return json.dumps(schema["enum"][0])
    return json.dumps(dict.fromkeys(schema.get("required", []), 1))


def chat(model: FakeModel, body: Body, output: str | None, name: str) -> Respond:
    """Return a chat completion: `output`, else what the fake model says."""
    prompt = model.encode(chat_text(body))
    top_n = body.get("top_logprobs", 0) if body.get("logprobs") else None
    limit = body.get("max_tokens") or 16
    words = "Fake answer" if output is None else output
    tokens = model.encode(words)
    cut = tokens[:limit] if output is None else tokens
    logprobs = None if top_n is None else {"content": _content(model, prompt, cut, top_n)}
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": model.decode(cut), "reasoning": None},
        "logprobs": logprobs,
        "finish_reason": "stop" if len(cut) == len(tokens) else "length",
    }
    return _answer("chat.completion", name, [choice], len(prompt), len(cut))


def vllm(
    model: FakeModel, body: Body, output: str | None, name: str, *, named_token_ids: bool
) -> Respond:
    """Return text completions with echo, prompt logprobs and named token ids, as vLLM does."""
    choices, prompt_tokens, new_tokens = [], 0, 0
    for index, prompt in enumerate(token_lists(model, body["prompt"])):
        new = _new_tokens(model, prompt, body, output)
        shown = [*prompt, *new] if body.get("echo") else new
        choice: dict[str, Any] = {
            "index": index,
            "text": model.decode(shown),
            "logprobs": None,
            "finish_reason": "length" if output is None else "stop",
            "prompt_logprobs": None,
        }
        if body.get("logprobs") is not None:
            named = body.get("logprob_token_ids", []) if named_token_ids else []
            begin = 0 if body.get("echo") else len(prompt)
            tokens = [*prompt, *new]
            choice["logprobs"] = _vllm_logprobs(model, tokens, begin, body, named)
        if body.get("prompt_logprobs") is not None:
            choice["prompt_logprobs"] = _prompt_logprobs(model, prompt)
        choices.append(choice)
        prompt_tokens += len(prompt)
        new_tokens += len(new)
    return _answer("text_completion", name, choices, prompt_tokens, new_tokens)


def llamacpp(model: FakeModel, body: Body, output: str | None, name: str) -> Respond:
    """Return text completions as llama.cpp does: `echo` ignored, logprobs shaped as in a chat."""
    choices, prompt_tokens, new_tokens = [], 0, 0
    for index, prompt in enumerate(token_lists(model, body["prompt"])):
        new = _new_tokens(model, prompt, body, output)
        wanted = body.get("logprobs")
        logprobs = None if wanted is None else {"content": _content(model, prompt, new, wanted)}
        reason = "length" if output is None else "stop"
        choices.append(
            {"text": model.decode(new), "index": index, "logprobs": logprobs}
            | {"finish_reason": reason}
        )
        prompt_tokens += len(prompt)
        new_tokens += len(new)
    return _answer("text_completion", name, choices, prompt_tokens, new_tokens)


def llamacpp_native(model: FakeModel, body: Body) -> Respond:
    """Return llama.cpp's own `/completion`, where a logit bias forces a token, scored unbiased."""
    prompt = token_lists(model, body["prompt"])[0]
    forced = [token for token, bias in body.get("logit_bias", []) if bias >= 100]
    new = forced[:1] or model.generate(prompt, body.get("n_predict", 16))
    probabilities = _content(model, prompt, new, body.get("n_probs", 0))
    return Respond(
        body={"index": 0, "content": model.decode(new), "stop": True, "tokens_cached": len(prompt)}
        | {"completion_probabilities": probabilities}
    )


def _new_tokens(model: FakeModel, prompt: list[int], body: Body, output: str | None) -> list[int]:
    if output is not None:
        return model.encode(output)
    return model.generate(prompt, body.get("max_tokens", 16))


def _content(
    model: FakeModel, prompt: Sequence[int], new: Sequence[int], top_n: int
) -> list[dict[str, Any]]:
    context, entries = list(prompt), []
    for token in new:
        top = [_entry(model, other, logprob) for other, logprob in model.top(context, top_n)]
        entry = _entry(model, token, model.logprob(context, token))
        entries.append(entry | {"top_logprobs": top})
        context.append(token)
    return entries


def _entry(model: FakeModel, token: int, logprob: float) -> dict[str, Any]:
    piece = model.piece(token)
    return {"id": token, "token": piece, "bytes": list(piece.encode()), "logprob": logprob}


def _vllm_logprobs(
    model: FakeModel, tokens: list[int], begin: int, body: Body, named: Sequence[int]
) -> dict[str, Any]:
    as_ids = body.get("return_tokens_as_token_ids")

    def key(token: int) -> str:
        return f"token_id:{token}" if as_ids else model.piece(token)

    places = range(begin, len(tokens))
    own = [model.logprob(tokens[:at], tokens[at]) if at else None for at in places]
    top: list[dict[str, float] | None] = []
    for at, logprob in zip(places, own, strict=True):
        if logprob is None:
            top.append(None)
            continue
        entries = {key(other): value for other, value in model.top(tokens[:at], body["logprobs"])}
        entries |= {key(other): model.logprob(tokens[:at], other) for other in named}
        top.append(entries | {key(tokens[at]): logprob})
    pieces = [key(tokens[at]) for at in places]
    return {"tokens": pieces, "token_logprobs": own, "top_logprobs": top}


def _prompt_logprobs(model: FakeModel, prompt: list[int]) -> list[dict[str, Any] | None]:
    entries: list[dict[str, Any] | None] = [None]
    for at in range(1, len(prompt)):
        token, context = prompt[at], prompt[:at]
        scored = {"logprob": model.logprob(context, token), "rank": model.rank(context, token)}
        entries.append({str(token): scored | {"decoded_token": model.piece(token)}})
    return entries


def _answer(
    kind: str, name: str, choices: list[dict[str, Any]], prompt_tokens: int, new_tokens: int
) -> Respond:
    usage = {"prompt_tokens": prompt_tokens, "completion_tokens": new_tokens}
    usage["total_tokens"] = prompt_tokens + new_tokens
    body = {"id": "cmpl-fake", "object": kind, "created": 0, "model": name}
    return Respond(body=body | {"choices": choices, "usage": usage})
