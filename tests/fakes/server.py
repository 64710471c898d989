"""A model server on loopback that does what the test says.

    with FakeServer("vllm", replies=["4", rate_limited(), Reset()]) as server:
        endpoint = Endpoint(name="fake", url=server.url, model=server.model)
        ...                                   # the code under test talks to it
    assert server.asked[0].text == "2 + 2?"   # requests for a generation, in order

`replies` are given out one a generation, then the fake model answers; a function from `Asked` to a
reply decides for each request. `hold()` keeps generations waiting until `release()`; `stop()` and
`start()` are a restart on the same port. Everything else (models, health, metrics, tokenizer) is
answered as that kind of server does (`kinds.Name` lists them), unless `answers[path]` says more.
"""

import asyncio
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, Self

from aiohttp import web

from tests.fakes import kinds
from tests.fakes.model import FakeModel
from tests.fakes.replies import Asked, Cut, Reply, Reset, Respond, Stall

_MAX_REQUEST = 64 * 2**20


class FakeServer:
    """See the module's docstring; every attribute may be changed while the server runs."""

    def __init__(
        self,
        kind: kinds.Name = "vllm",
        replies: Iterable[Reply] | Callable[[Asked], Reply] = (),
        *,
        model: str = "fake-model",
        key: str | None = None,
        context_length: int = 4096,
        brain: FakeModel | None = None,
        loading: bool = False,
        metrics: bool = True,
        named_token_ids: bool = True,
        json_schema: bool = True,
    ) -> None:
        self.kind: kinds.Name = kind
        self.model = model
        self.key = key
        self.context_length = context_length
        self.brain = brain or FakeModel()
        self.loading = loading
        self.metrics = metrics
        self.named_token_ids = named_token_ids
        self.json_schema = json_schema
        self.requests: list[Asked] = []
        self.answers: dict[str, Respond] = {}
        self.port = 0
        self._reply = replies if callable(replies) else None
        self._script = deque(() if callable(replies) else replies)
        self._arrived = threading.Condition()

    @property
    def origin(self) -> str:
        """The URL without `/v1`."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """The base URL that an endpoint is configured with."""
        return f"{self.origin}/v1"

    @property
    def asked(self) -> list[Asked]:
        """The requests for a generation, in the order in which they came."""
        return [one for one in self.requests if kinds.is_generation(one)]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stop()

    def start(self) -> None:
        """Listen, on the same port as before if there was one."""
        self._released = asyncio.Event()
        self._released.set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)

    def stop(self) -> None:
        """Close every connection, in the middle of an answer or not, and stop listening."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def hold(self) -> None:
        """Let generations wait from now on."""
        self._loop.call_soon_threadsafe(self._released.clear)

    def release(self) -> None:
        """Let the waiting generations be answered."""
        self._loop.call_soon_threadsafe(self._released.set)

    def wait_for(self, n: int, timeout_s: float = 10.0) -> None:
        """Block until `n` generations were asked for in all; raises TimeoutError."""
        with self._arrived:
            if not self._arrived.wait_for(lambda: len(self.asked) >= n, timeout_s):
                raise TimeoutError(f"{len(self.asked)} of {n} requests came")

    async def _listen(self) -> None:
        app = web.Application(client_max_size=_MAX_REQUEST)
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True).start()
        self.port = self._runner.addresses[0][1]

    async def _close(self) -> None:
        under_way = asyncio.all_tasks() - {asyncio.current_task()}
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        await self._runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        body = await request.json() if request.can_read_body else {}
        asked = Asked(request.method, request.path, headers, body)
        with self._arrived:
            self.requests.append(asked)
            self._arrived.notify_all()
        refusal = kinds.refusal(self, asked)
        if refusal is None and kinds.is_generation(asked):
            reply = self._next(asked)
            await self._released.wait()
            return await self._carry_out(request, asked, reply)
        answer = refusal or self.answers.get(asked.path)
        return self._written(answer or kinds.answer(self, asked, None))

    def _next(self, asked: Asked) -> Reply:
        if self._reply is not None:
            return self._reply(asked)
        return self._script.popleft() if self._script else None

    async def _carry_out(
        self, request: web.Request, asked: Asked, reply: Reply
    ) -> web.StreamResponse:
        if isinstance(reply, Respond):
            return self._written(reply)
        if isinstance(reply, Stall):
            await asyncio.Event().wait()
        if isinstance(reply, Reset):
            _reset(request)
            return web.Response()
        if isinstance(reply, Cut):
            return await _cut(request)
        return self._written(kinds.answer(self, asked, reply if isinstance(reply, str) else None))

    def _written(self, reply: Respond) -> web.Response:
        headers = {"Content-Type": reply.content_type, **kinds.HEADERS.get(self.kind, {})}
        headers |= reply.headers
        return web.Response(status=reply.status, body=reply.content, headers=headers)


def _reset(request: web.Request) -> None:
    transport: Any = request.transport
    connection: socket.socket = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


async def _cut(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    response.content_length = 1000
    await response.prepare(request)
    await response.write(b'{"choices": [{"message": ')
    if request.transport is not None:
        request.transport.close()
    return response
