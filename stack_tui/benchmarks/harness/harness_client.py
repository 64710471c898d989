"""The worker's end of the harness process: starting it, talking with it, and ending it."""

import asyncio
import os
import sys
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from stack_tui.benchmarks.harness import protocol
from stack_tui.benchmarks.harness.protocol import LENGTH_BYTES, Failed, FromHarness, ToHarness
from stack_tui.errors import StackError
from stack_tui.text import one_line

_LAST_LINES = 40


class HarnessError(StackError):
    """lm-eval could not load, build, score or conclude, with the reason it gave."""


class HarnessProcess:
    """A running harness: `send` queues a frame, `receive` awaits the next one."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._said: deque[str] = deque(maxlen=_LAST_LINES)

    def send(self, message: ToHarness) -> None:
        """Hand the frame over; it is written as the harness reads."""
        assert self._process.stdin is not None
        self._process.stdin.write(protocol.frame(message))

    async def receive(self) -> FromHarness:
        """Return the next frame; raises HarnessError where there is none to come."""
        assert self._process.stdout is not None
        try:
            head = await self._process.stdout.readexactly(LENGTH_BYTES)
            data = await self._process.stdout.readexactly(protocol.length(head))
        except asyncio.IncompleteReadError:
            raise await self._died() from None
        message = protocol.decode_from_harness(data)
        if isinstance(message, Failed):
            raise HarnessError(message.what, where=message.where, remedy=message.remedy)
        return message

    async def _died(self) -> HarnessError:
        code = await self._process.wait()
        why = next((line for line in reversed(self._said) if line.strip()), "")
        cause = "killed, perhaps for want of memory" if code == -9 else f"ended with {code}"
        return HarnessError(
            f"the process of lm-eval {cause}" + (f": {one_line(why, 300)}" if why else ""),
            remedy="Resume the run: what was answered is kept.",
        )

    async def _listen(self) -> None:
        """Pass on what lm-eval and its tasks print, and keep the last lines for an error."""
        assert self._process.stderr is not None
        while chunk := await self._process.stderr.read(1 << 14):
            sys.stderr.buffer.write(chunk)
            sys.stderr.flush()
            self._said.extend(chunk.decode("utf-8", "replace").splitlines())


@asynccontextmanager
async def start(*, offline: bool) -> AsyncIterator[HarnessProcess]:
    """Start the harness; it ends with the block, or with this process however that ends."""
    environment = {
        **os.environ,
        "TOKENIZERS_PARALLELISM": "false",
        "TQDM_DISABLE": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "LMEVAL_LOG_LEVEL": os.environ.get("LMEVAL_LOG_LEVEL", "ERROR"),
    }
    if offline:
        environment |= {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "stack_tui.benchmarks.harness.lm_eval_process",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
        limit=1 << 20,
    )
    harness = HarnessProcess(process)
    listening = asyncio.create_task(harness._listen())
    try:
        yield harness
    finally:
        assert process.stdin is not None
        process.stdin.close()
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening
