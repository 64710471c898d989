"""Carrying out benchmarks on an endpoint: from a run's spec to the events of its journal."""

import asyncio
from collections.abc import AsyncGenerator, Collection, Mapping
from pathlib import Path
from typing import Any

from stack_tui.benchmarks.catalog.catalog import open_catalog
from stack_tui.benchmarks.document_preparation import Preparer
from stack_tui.benchmarks.harness import harness_client, protocol
from stack_tui.benchmarks.pipeline import BenchmarkPipeline
from stack_tui.benchmarks.preflight_checks import all_data_is_at_hand, refuse_early
from stack_tui.benchmarks.request_scoring import RequestScorer
from stack_tui.benchmarks.scoring import methods
from stack_tui.benchmarks.scoring.encoding import Encoder
from stack_tui.benchmarks.scoring.model_tokenizer import (
    FileTokenizer,
    Tokenizer,
    find_tokenizer,
    read_chat_template,
)
from stack_tui.endpoints.client import Client
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.endpoints.probe import Capabilities, Health
from stack_tui.errors import StackError
from stack_tui.runs.events import Answer, Event, SampleKey
from stack_tui.runs.spec import BenchmarkSubject, RunSpec


async def evaluate(
    spec: RunSpec,
    client: Client,
    abilities: Capabilities,
    health: Health,
    *,
    folder: Path,
    recorded: Mapping[str, Answer],
    done: Collection[SampleKey],
    left: Collection[SampleKey] = (),
    stopping: asyncio.Event,
) -> AsyncGenerator[Event, None]:
    """Yield what happens: plan, prefixes, answers as they come, samples, findings, final scores.

    What is in `recorded` is not asked again, and a sample in `done` whose answers all are is not
    yielded again; one in `left` stays as it is, answered or not. Once `stopping` is set nothing new
    is asked; what is in flight is finished and yielded, and no scores of record are computed.
    lm-eval's files are written to `folder`/lm-eval.
    Raises StackError, before anything is asked, where the run cannot be carried out as it stands.
    """
    benchmark = spec.subject
    assert isinstance(benchmark, BenchmarkSubject)
    catalog = await asyncio.to_thread(open_catalog, benchmark.include_path)
    await asyncio.to_thread(refuse_early, benchmark, catalog, abilities)
    offline = await asyncio.to_thread(all_data_is_at_hand, benchmark, catalog)
    async with harness_client.start(offline=offline) as harness:
        tokenizer = await _tokenizer(client, benchmark, abilities)
        chat, template, tokens = _chat_template(benchmark, abilities, tokenizer)
        harness.send(
            protocol.Open(
                spec=benchmark,
                entries=catalog.needed(benchmark.tasks),
                chat=chat,
                chat_template=template,
                template_tokens=tokens,
            )
        )
        preparer = Preparer(
            abilities,
            benchmark,
            Encoder(tokenizer) if tokenizer else None,
            identity=_identity(client, health),
            context_length=health.context_length,
            prefix_token=_prefix_token(tokenizer),
        )
        asker = RequestScorer(client, abilities, recorded, chat=preparer.chat)
        conclude = protocol.Conclude(
            folder=str(folder / "lm-eval"),
            model=client.endpoint.model or "",
            model_args=_model_args(client, benchmark, tokenizer),
        )
        progress = BenchmarkPipeline(
            harness, preparer, asker, catalog, done, left, stopping, conclude
        )
        async for event in progress.events():
            yield event


async def _tokenizer(
    client: Client, benchmark: BenchmarkSubject, abilities: Capabilities
) -> Tokenizer | None:
    root = None
    try:
        listed = (await client.get("models")).data
        entries = listed.get("data") if isinstance(listed, dict) else None
        for entry in entries if isinstance(entries, list) else []:
            if isinstance(entry, dict) and entry.get("id") == client.endpoint.model:
                root = entry.get("root")
    except EndpointError as error:
        if error.kind in ("auth", "connection"):
            raise
    place = root if isinstance(root, str) else client.endpoint.model
    return await find_tokenizer(client, benchmark.tokenizer, place, abilities.tokenize)


def _chat_template(
    benchmark: BenchmarkSubject, abilities: Capabilities, tokenizer: Tokenizer | None
) -> tuple[bool, str, dict[str, str]]:
    """Return (whether prompts leave as messages, else the template to render them, its tokens)."""
    if not benchmark.apply_chat_template:
        return False, "", {}
    chosen = methods.generation_protocol(benchmark.protocol, True, abilities)
    if benchmark.protocol == "chat" or (chosen == "chat" and benchmark.protocol == "auto"):
        return True, "", {}
    if not isinstance(tokenizer, FileTokenizer):
        raise StackError(
            "the model's chat template is needed to make prompts of conversations",
            remedy="Name the folder of its tokenizer with --tokenizer, or use --protocol chat.",
        )
    template, tokens = read_chat_template(tokenizer.folder)
    if not template:
        raise StackError(
            "no chat template lies beside the tokenizer",
            where=tokenizer.name,
            remedy="Use --protocol chat, or leave --apply-chat-template out.",
        )
    return False, template, tokens


def _prefix_token(tokenizer: Tokenizer | None) -> int | None:
    if not isinstance(tokenizer, FileTokenizer):
        return None
    _, tokens = read_chat_template(tokenizer.folder)
    text = tokens.get("bos_token") or tokens.get("eos_token")
    return tokenizer.token(text) if text else None


def _identity(client: Client, health: Health) -> list[Any]:
    """Return what an answer belongs to besides its request: endpoint, model, weights, server."""
    endpoint = client.endpoint
    return [endpoint.key_url, endpoint.model, health.weights, health.server_kind, health.version]


def _model_args(
    client: Client, benchmark: BenchmarkSubject, tokenizer: Tokenizer | None
) -> dict[str, Any]:
    return {
        "model": client.endpoint.model or "",
        "base_url": client.endpoint.url,
        "protocol": benchmark.protocol,
        "tokenizer": tokenizer.name if tokenizer else None,
    }
