"""Evaluate benchmarks on an endpoint: from a run's spec to the events of its journal."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from stack_tui.benchmarks import sanity
from stack_tui.benchmarks.catalog.catalog import Catalog, open_catalog
from stack_tui.benchmarks.document_preparation import Preparer
from stack_tui.benchmarks.harness import harness_client, protocol
from stack_tui.benchmarks.pipeline.run_stages import Workers, run_stages
from stack_tui.benchmarks.preflight_checks import all_data_is_at_hand, refuse_early
from stack_tui.benchmarks.prompting import ChatTemplate, Prompting, decide_prompting
from stack_tui.benchmarks.request_scoring import RequestScorer
from stack_tui.benchmarks.scoring.bos import BosChoice, choose_bos
from stack_tui.benchmarks.scoring.encoding import Encoder
from stack_tui.benchmarks.scoring.generate import TextModel
from stack_tui.benchmarks.scoring.model_tokenizer import (
    FileTokenizer,
    ModelTokenizer,
    find_tokenizer,
)
from stack_tui.benchmarks.scoring.tokenizer_files import read_special_tokens
from stack_tui.endpoints.client import Client
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.endpoints.limit import Stopped
from stack_tui.endpoints.probe import Capabilities, Health
from stack_tui.runner.stopping import unless_stopped
from stack_tui.runner.stream import Emit, stream_events
from stack_tui.runs.events import Answer, Event, Sample, SampleKey
from stack_tui.runs.spec import BenchmarkSubject, RunSpec


def evaluate(
    spec: RunSpec,
    client: Client,
    capabilities: Capabilities,
    health: Health,
    *,
    catalog: Catalog | None = None,
    lm_eval_folder: Path,
    recorded: Mapping[str, Answer],
    done: Mapping[SampleKey, Sample],
    left: Collection[SampleKey] = (),
    stopping: asyncio.Event,
    log: Callable[[bytes], object] = lambda _: None,
) -> AsyncGenerator[Event, None]:
    """Yield the run's events: plan, prefixes, answers, samples, findings, scores of record.

    With a `catalog` the run has been checked against it; otherwise that happens here. Answers in
    `recorded` are reused, and a sample in `done` is not repeated if all its answers are among them
    and score as before; a sample in `left` stays as it is. Set `stopping` to end the stream after
    the requests in flight, without scores of record. lm-eval's process writes its result files to
    `lm_eval_folder`; `log` gets what it prints.
    Raises StackError, before the model is asked, if the run is not possible.
    """

    async def work(emit: Emit) -> None:
        benchmark = spec.subject
        assert isinstance(benchmark, BenchmarkSubject)
        tasks = catalog
        if tasks is None:
            tasks = await asyncio.to_thread(_checked_catalog, benchmark, capabilities)
        offline = await asyncio.to_thread(all_data_is_at_hand, benchmark, tasks)
        if selection := sanity.selection_finding(benchmark):
            await emit(selection)
        async with harness_client.start(
            offline=offline, foreign_code=benchmark.runs_foreign_code, log=log
        ) as harness:
            try:
                tokenizer, bos = await unless_stopped(
                    stopping, _tokenizer_and_bos(client, benchmark, capabilities)
                )
            except Stopped:
                return
            prompting = decide_prompting(benchmark, capabilities, tokenizer)
            harness.send(_opening(client, benchmark, tasks, prompting, tokenizer))
            preparer = Preparer(
                capabilities,
                benchmark,
                prompting,
                Encoder(tokenizer, bos.token) if tokenizer else None,
                identity=_identity(client, health, bos),
                context_length=health.context_length,
                prefix_token=_prefix_token(tokenizer, bos),
            )
            writer = _text_model(client, benchmark, prompting)
            scorer = RequestScorer(client, capabilities, recorded, writer)
            conclude = protocol.Conclude(
                folder=str(lm_eval_folder),
                model=client.endpoint.model or "",
                model_args=_model_args(client, benchmark, prompting, tokenizer, bos),
            )
            await run_stages(
                Workers(harness, preparer, scorer),
                tasks,
                conclude,
                bos_missing=bos.missing,
                done=done,
                left=left,
                stopping=stopping,
                emit=emit,
            )

    return stream_events(work)


def _checked_catalog(benchmark: BenchmarkSubject, capabilities: Capabilities) -> Catalog:
    catalog = open_catalog(benchmark.include_path)
    refuse_early(benchmark, catalog, capabilities)
    return catalog


async def _tokenizer_and_bos(
    client: Client, benchmark: BenchmarkSubject, capabilities: Capabilities
) -> tuple[ModelTokenizer | None, BosChoice]:
    tokenizer = await _tokenizer(client, benchmark, capabilities)
    return tokenizer, await choose_bos(tokenizer, benchmark.add_bos)


def _text_model(client: Client, benchmark: BenchmarkSubject, prompting: Prompting) -> TextModel:
    templated = prompting.chat or benchmark.apply_chat_template
    return TextModel(client, think_end_token=benchmark.think_end_token, templated=templated)


async def _tokenizer(
    client: Client, benchmark: BenchmarkSubject, capabilities: Capabilities
) -> ModelTokenizer | None:
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
    return await find_tokenizer(client, benchmark.tokenizer, place, capabilities.tokenize)


def _opening(
    client: Client,
    benchmark: BenchmarkSubject,
    catalog: Catalog,
    prompting: Prompting,
    tokenizer: ModelTokenizer | None,
) -> protocol.Open:
    """Return the harness's first message."""
    opening = protocol.Open(
        spec=benchmark,
        entries=catalog.needed(benchmark.tasks),
        messages=prompting.messages,
        metadata=_model_metadata(client, benchmark, tokenizer) | benchmark.metadata,
    )
    if isinstance(prompting.template, ChatTemplate):
        template = prompting.template
        return replace(opening, chat_template=template.text, template_tokens=template.tokens)
    if prompting.template is None:
        return opening
    why = prompting.template
    failed = protocol.Failed(what=why.what, where=why.where, remedy=why.remedy)
    return replace(opening, no_template=failed)


def _model_metadata(
    client: Client, benchmark: BenchmarkSubject, tokenizer: ModelTokenizer | None
) -> dict[str, Any]:
    """Return what lm-eval tells tasks of the model: its model arguments."""
    known = {"model": client.endpoint.model, "tokenizer": benchmark.tokenizer}
    if isinstance(tokenizer, FileTokenizer):
        known["tokenizer"] = str(tokenizer.folder)
    return {key: value for key, value in known.items() if value}


def _prefix_token(tokenizer: ModelTokenizer | None, bos: BosChoice) -> int | None:
    """Return what lm-eval puts before a text without context: the BOS, else the EOS."""
    if not isinstance(tokenizer, FileTokenizer):
        return bos.own
    tokens = read_special_tokens(tokenizer.folder)
    text = tokens.get("bos_token") or tokens.get("eos_token")
    return tokenizer.token(text) if text else bos.own


def _identity(client: Client, health: Health, bos: BosChoice) -> list[Any]:
    """Return what an answer depends on besides its request: endpoint, model, weights, server."""
    endpoint = client.endpoint
    found = [endpoint.key_url, endpoint.model, health.weights, health.server_kind, health.version]
    return found if bos.token is None else [*found, "bos", bos.token]


def _model_args(
    client: Client,
    benchmark: BenchmarkSubject,
    prompting: Prompting,
    tokenizer: ModelTokenizer | None,
    bos: BosChoice,
) -> dict[str, Any]:
    token = benchmark.think_end_token
    return {
        "model": client.endpoint.model or "",
        "base_url": client.endpoint.url,
        "protocol": prompting.protocol,
        "tokenizer": tokenizer.name if tokenizer else None,
        "add_bos_token": bos.token is not None,
        **({} if token is None else {"think_end_token": token}),
    }
