"""A run's stages with a harness, a tokenizer and an endpoint that do what a test says."""

import asyncio
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, cast

from stack_tui.benchmarks.catalog.catalog import Catalog
from stack_tui.benchmarks.harness import protocol
from stack_tui.benchmarks.harness.protocol import FromHarness, ToHarness
from stack_tui.benchmarks.pipeline.run_stages import Workers, run_stages
from stack_tui.benchmarks.prepared_document import Prepared, Refused, WrittenPart
from stack_tui.benchmarks.request_scoring import Sent
from stack_tui.benchmarks.scoring.prompt_fit import UnfitDocument
from stack_tui.config.decode import Endpoint
from stack_tui.endpoints.client import Client
from stack_tui.endpoints.limit import Limit
from stack_tui.endpoints.probe import Capabilities
from stack_tui.errors import Failure
from stack_tui.runner.stream import Emit, stream_events
from stack_tui.runs.events import Event, SampleKey, TaskPlan

TASK = "t"


def document(number: int) -> protocol.Document:
    return protocol.Document(
        task=TASK,
        doc=number,
        dataset_id=number,
        contexts=[f"question {number}"],
        requests=[protocol.TextRequest()],
    )


class ScriptedHarness:
    """Sends documents in batches as they are wanted, and scores what it gets.

    With `late`, the message that all documents are sent comes only with the last score, in one
    piece; `broken` are the documents on which its metric raises. At `stuck`, a document or
    "conclude", it calls `on_stuck` and answers no more.
    """

    def __init__(
        self,
        count: int,
        batch: int = 5,
        *,
        late: bool = False,
        broken: Collection[int] = (),
        stuck: int | str = "",
        on_stuck: Callable[[], None] = lambda: None,
    ) -> None:
        self._late = late
        self._broken = broken
        self._stuck = stuck
        self._on_stuck = on_stuck
        self._batches = [
            [document(n) for n in range(at, min(at + batch, count))]
            for at in range(0, count, batch)
        ]
        self._unscored = count
        self._messages: asyncio.Queue[FromHarness] = asyncio.Queue()
        plan = TaskPlan(name=TASK, samples=count, requests=count, route="generate")
        self._messages.put_nowait(protocol.Loaded(tasks=[plan], complete=True))
        self._is_stuck = False
        self.most_ahead = 0
        self._ahead = 0
        for _ in range(protocol.AHEAD):
            self._build()

    def _build(self) -> None:
        if self._batches:
            self._ahead += 1
            self.most_ahead = max(self.most_ahead, self._ahead)
            self._messages.put_nowait(protocol.Documents(documents=self._batches.pop(0)))
        if not self._batches and not self._late:
            self._late = True
            self._messages.put_nowait(protocol.AllSent())

    def send(self, message: ToHarness) -> None:
        if isinstance(message, protocol.Answered) and message.doc == self._stuck:
            self._is_stuck = True
        if isinstance(message, protocol.Conclude) and self._stuck == "conclude":
            self._is_stuck = True
        if self._is_stuck:
            self._on_stuck()
        elif isinstance(message, protocol.More):
            self._ahead -= 1
            self._build()
        elif isinstance(message, protocol.Answered):
            self._unscored -= 1
            failure = None
            if message.doc in self._broken:
                failure = Failure(kind="internal", message="ValueError: a metric raised")
            self._messages.put_nowait(
                protocol.Scored(
                    task=TASK, doc=message.doc, metrics={}, passed=True, failure=failure
                )
            )
            if self._late and not self._unscored:
                self._messages.put_nowait(protocol.AllSent())
        elif isinstance(message, protocol.Conclude):
            self._messages.put_nowait(protocol.Concluded(results={}, table=""))

    async def receive(self) -> FromHarness:
        return await self._messages.get()


class ScriptedPreparer:
    """Prepares documents for generation; raises what it is given for some of them."""

    def __init__(self, errors: dict[int, Exception]) -> None:
        self.prefixes: dict[str, str] = {}
        self.letters_agree = True
        self._errors = errors

    async def prepare(self, documents: list[protocol.Document]) -> list[Prepared | Refused]:
        await asyncio.sleep(0)
        for each in documents:
            error = self._errors.get(each.doc)
            if error and not isinstance(error, UnfitDocument):
                raise error
        return [self._prepared(each) for each in documents]

    def _prepared(self, document: protocol.Document) -> Prepared | Refused:
        error = self._errors.get(document.doc)
        if isinstance(error, UnfitDocument):
            return Refused(document, error)
        return Prepared(document, [WrittenPart(0, [], "generate")])


class ScriptedScorer:
    """Answers each document after a turn of the event loop; raises for some of them."""

    def __init__(self, errors: dict[int, Exception], limit: Limit) -> None:
        self.client = Client(
            Endpoint(name="fake", url="http://127.0.0.1:1/v1", model="m"), limit=limit
        )
        self.capabilities = Capabilities()
        self._errors = errors

    async def ask(self, prepared: Prepared, emit: Emit) -> Sent:
        async with self.client.limit.slot():
            await asyncio.sleep(0)
            if error := self._errors.get(prepared.document.doc):
                raise error
        return Sent(prepared, [["x"]], requests=1)


async def run(
    harness: ScriptedHarness,
    *,
    prepare_errors: dict[int, Exception] | None = None,
    ask_errors: dict[int, Exception] | None = None,
    stop_after: int | None = None,
    stop_at: type[Event] | None = None,
    stopping: asyncio.Event | None = None,
    left: Collection[SampleKey] = (),
    limit: Limit | None = None,
) -> list[Event]:
    """Return the run's events.

    It stops on `stopping`, with `stop_after` once so many events came, with `stop_at` once one of
    that type came.
    """
    stopping = stopping or asyncio.Event()
    workers = Workers(
        cast(Any, harness),
        cast(Any, ScriptedPreparer(prepare_errors or {})),
        cast(Any, ScriptedScorer(ask_errors or {}, limit or Limit(4))),
    )

    async def work(emit: Emit) -> None:
        await run_stages(
            workers,
            Catalog({}),
            protocol.Conclude(folder=str(Path()), model="m", model_args={}),
            done={},
            left=left,
            stopping=stopping,
            emit=emit,
        )

    found: list[Event] = []
    async with asyncio.timeout(30):
        async for event in stream_events(work):
            found.append(event)
            if len(found) == stop_after or (stop_at and isinstance(event, stop_at)):
                stopping.set()
    return found
