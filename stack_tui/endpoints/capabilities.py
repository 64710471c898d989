"""What a server can do for an evaluation, found by its answers.

Servers accept unknown fields with a 200: a capability counts only if the answer proves it. Every
request asks for a few tokens at most.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec

from stack_tui.endpoints.client import Client
from stack_tui.endpoints.completion_client import ask_chat
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.endpoints.foreign_data import foreign_data
from stack_tui.endpoints.kinds.server_kind import table, tables
from stack_tui.endpoints.limit import Limit
from stack_tui.endpoints.refused_fields import is_schema_refusal
from stack_tui.endpoints.retry import ONCE, RetryPolicy

_PROMPT = "Hello world"
_LONGEST_RAW_PROMPT = 6
_TOP_N = (1000, 100, 20, 5, 1)
_TOP_N_TRIES = 4
_PADDING = -9999.0
_FORCED_BIAS = 200
_INTEGER = {
    "type": "json_schema",
    "json_schema": {"name": "s", "schema": {"type": "integer", "minimum": 1, "maximum": 5}},
}


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """What an endpoint can do: True, False, or None if that could not be found out."""

    chat: bool | None = None
    completions: bool | None = None
    raw_prompts: bool | None = None
    """A completion's prompt reaches the model without a chat template around it."""
    echo: bool | None = None
    """OpenAI's way to the prompt's log-probabilities."""
    prompt_logprobs: bool | None = None
    """vLLM's way to the prompt's log-probabilities."""
    top_logprobs: int | None = None
    """The largest number of alternatives in a completion, of those tried (1 to 1000); 0 if none."""
    chat_top_logprobs: int | None = None
    """The same in a chat."""
    named_token_ids: bool | None = None
    """vLLM's `logprob_token_ids`: log-probabilities of given tokens."""
    token_prompts: bool | None = None
    """A prompt may be a list of token ids."""
    prompt_lists: bool | None = None
    """A request may contain several prompts."""
    forced: bool | None = None
    """llama.cpp scores a token that a bias forces."""
    tokenize: bool | None = None
    """The server has /tokenize."""
    json_schema: bool | None = None
    """A chat's answer can be constrained to a JSON schema."""


async def probe(
    client: Client, policy: RetryPolicy = ONCE, tokens: Sequence[int] = ()
) -> Capabilities:
    """Return what the endpoint can do; raises EndpointError only if it does not answer.

    Prompts of tokens are tried with those of the server's own /tokenize, or with the given ones.
    Unreachable servers and refused keys raise. If a request is refused, a capability is missing.
    """
    with foreign_data(client.where):
        return await _probe(client, policy, tokens)


async def _probe(client: Client, policy: RetryPolicy, tokens: Sequence[int]) -> Capabilities:
    model = client.endpoint.model
    async with Client(
        client.endpoint, url=client.url, policy=policy, limit=Limit(4), on_retry=client.on_retry
    ) as side:
        probing = _Probing(side, {} if model is None else {"model": model})
        own = await tokenize(side, _PROMPT)
        chat, completions = await _all(probing.chat(), probing.completion())
        found: dict[str, Any] = {"chat": chat, "tokenize": own is not None, **completions}
        if chat:
            json_schema, top = await _all(probing.json_schema(), probing.chat_top_logprobs())
            found |= {"json_schema": json_schema, "chat_top_logprobs": top}
        if completions["completions"]:
            found |= await probing.scoring(own or tokens)
        return Capabilities(**found)


class _Probing:
    """Tiny requests to one model; each method looks for what its name says."""

    def __init__(self, client: Client, named: Mapping[str, str]) -> None:
        self._client = client
        self._named = named

    async def _post(self, path: str, body: Mapping[str, Any], *, root: bool = False) -> Any:
        """Return the decoded answer, None if the server refuses; raises if there is no answer."""
        try:
            reply = await self._client.post(path, {**self._named, **body}, root=root)
        except EndpointError as error:
            if error.kind == "bad_request" or error.status in (500, 501):
                return None
            raise
        return reply.data if isinstance(reply.data, dict) else None

    async def _choice(self, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the first choice of the answer, empty if the request is refused."""
        choices = _choices(await self._post(path, body))
        return choices[0] if choices else {}

    async def chat(self) -> bool:
        try:
            await ask_chat(self._client, {**self._named, **_chat("Hi", 1)})
        except EndpointError as error:
            if error.kind in ("bad_request", "bad_answer") or error.status == 501:
                return False
            raise
        return True

    async def completion(self) -> dict[str, Any]:
        data = await self._post("completions", _text(echo=True, logprobs=1))
        if data is None:
            data = await self._post("completions", {"prompt": _PROMPT, "max_tokens": 1})
        choices = _choices(data)
        if not choices or not isinstance(choices[0].get("text"), str):
            return {"completions": False}
        count = table(data.get("usage")).get("prompt_tokens")
        raw = count <= _LONGEST_RAW_PROMPT if isinstance(count, int) and count > 0 else None
        return {"completions": True, "raw_prompts": raw, "echo": _is_echoed(choices[0])}

    async def json_schema(self) -> bool | None:
        request = {**self._named, **_chat("Say hello.", 8), "response_format": _INTEGER}
        try:
            answer = (await ask_chat(self._client, request)).completion
        except EndpointError as error:
            return False if is_schema_refusal(error) or error.kind == "bad_request" else None
        if not answer.output and answer.status == "truncated":
            return None
        return answer.output.strip() in ("1", "2", "3", "4", "5")

    async def chat_top_logprobs(self) -> int:
        async def ask(n: int) -> int:
            body = {**_chat("Hi", 1), "logprobs": True, "top_logprobs": n}
            return len(_alternatives(await self._choice("chat/completions", body)))

        return await _largest(ask)

    async def scoring(self, tokens: Sequence[int]) -> dict[str, Any]:
        prompt_logprobs, top, lists = await _all(
            self._prompt_logprobs(), self._top_logprobs(), self._prompt_lists()
        )
        found = {"prompt_logprobs": prompt_logprobs, "top_logprobs": top, "prompt_lists": lists}
        # Not concurrently: vLLM spoils top-N answers that are batched with named tokens.
        return found | await self._with_token_ids(tokens)

    async def _prompt_logprobs(self) -> bool:
        choice = await self._choice("completions", _text(prompt_logprobs=0))
        entries = choice.get("prompt_logprobs")
        if not isinstance(entries, list) or len(entries) < 2 or not isinstance(entries[-1], dict):
            return False
        return all({"rank", "logprob"} <= table(entry).keys() for entry in entries[-1].values())

    async def _top_logprobs(self) -> int:
        async def ask(n: int) -> int:
            return len(_alternatives(await self._choice("completions", _text(logprobs=n))))

        return await _largest(ask)

    async def _prompt_lists(self) -> bool:
        data = await self._post("completions", _text(prompt=[_PROMPT, "Good morning"]))
        return len(_choices(data)) == 2

    async def _with_token_ids(self, tokens: Sequence[int]) -> dict[str, Any]:
        """Return the capabilities that need token ids: as prompts, named, forced."""
        if len(tokens) < 2:
            return {}
        data = await self._post("completions", _text(prompt=list(tokens)))
        count = table(data.get("usage")).get("prompt_tokens") if data else 0
        named, forced = await _all(self._named_token_ids(tokens), self._forced(tokens))
        taken = None if count is None else count == len(tokens)
        return {"token_prompts": taken, "named_token_ids": named, "forced": forced}

    async def _named_token_ids(self, tokens: Sequence[int]) -> bool:
        wanted = sorted({*tokens, tokens[0] + 1})
        body = _text(
            prompt=list(tokens),
            logprobs=1,
            logprob_token_ids=wanted,
            return_tokens_as_token_ids=True,
        )
        answered = _alternatives(await self._choice("completions", body))
        return all(f"token_id:{token}" in answered for token in wanted)

    async def _forced(self, tokens: Sequence[int]) -> bool:
        """Force an unlikely token and see whether its own log-probability comes back unbiased."""
        body = {
            "prompt": list(tokens[:-1]),
            "n_predict": 1,
            "n_probs": 1,
            "temperature": 0,
            "logit_bias": [[tokens[-1], _FORCED_BIAS]],
        }
        data = await self._post("completion", body, root=True)
        entries = tables(data.get("completion_probabilities")) if data else []
        if not entries or entries[0].get("id") != tokens[-1]:
            return False
        logprob, top = entries[0].get("logprob"), tables(entries[0].get("top_logprobs"))
        likeliest = top[0].get("logprob") if top else None
        if not isinstance(logprob, float) or not isinstance(likeliest, float):
            return False
        return logprob <= likeliest


async def _largest(ask: Callable[[int], Awaitable[int]]) -> int:
    """Return the largest number of alternatives received; `ask` returns how many came for n.

    Another client may be the reason for fewer: vLLM 0.32 answers a top-N request with one
    alternative and padding if a request for named tokens is in the same batch.
    """
    for n in _TOP_N:
        came = 0
        for _ in range(_TOP_N_TRIES):
            came = max(came, min(n, await ask(n)))
            if came in (0, n):
                break
        if came:
            return came
    return 0


async def _all(*probes: Awaitable[Any]) -> list[Any]:
    """Return all results once all are done; raises the first error when nothing runs any more."""
    found = await asyncio.gather(*probes, return_exceptions=True)
    for result in found:
        if isinstance(result, BaseException):
            raise result
    return found


async def tokenize(client: Client, text: str, *, special: bool = False) -> list[int] | None:
    """Return the tokens of `text` by the server's /tokenize, None if it has none.

    The body names the text both as vLLM and SGLang and as llama.cpp expect it. With `special`, the
    special tokens that belong around a text are added.
    """
    body: dict[str, Any] = {
        "prompt": text,
        "content": text,
        "add_special_tokens": special,
        "add_special": special,
    }
    if client.endpoint.model is not None:
        body["model"] = client.endpoint.model
    try:
        data = (await client.post("tokenize", body, root=True)).data
    except EndpointError as error:
        if error.kind in ("bad_request", "bad_answer") or error.status in (500, 501):
            return None
        raise
    tokens = data.get("tokens") if isinstance(data, dict) else None
    if not isinstance(tokens, list) or not tokens or not all(isinstance(t, int) for t in tokens):
        return None
    return tokens


def _chat(text: str, max_tokens: int) -> dict[str, Any]:
    messages = [{"role": "user", "content": text}]
    return {"messages": messages, "max_tokens": max_tokens, "temperature": 0}


def _text(**fields: Any) -> dict[str, Any]:
    return {"prompt": _PROMPT, "max_tokens": 1, "temperature": 0, **fields}


def _choices(data: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    return tables(data.get("choices")) if data else []


def _is_echoed(choice: Mapping[str, Any]) -> bool:
    logprobs = choice.get("logprobs")
    if not isinstance(logprobs, dict) or not str(choice.get("text")).startswith(_PROMPT):
        return False
    own = logprobs.get("token_logprobs")
    return isinstance(own, list) and len(own) > 2 and isinstance(own[1], float)


def _alternatives(choice: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the first new token's alternatives by token, in either shape; empty if none came."""
    logprobs = choice.get("logprobs")
    if not isinstance(logprobs, dict):
        return {}
    if content := tables(logprobs.get("content")):
        top = tables(content[0].get("top_logprobs"))
        return {str(entry.get("id", entry.get("token"))): entry for entry in top}
    top_logprobs = tables(logprobs.get("top_logprobs"))
    entries = top_logprobs[0] if top_logprobs else {}
    return {
        token: value
        for token, value in entries.items()
        if isinstance(value, int | float) and value > _PADDING
    }
