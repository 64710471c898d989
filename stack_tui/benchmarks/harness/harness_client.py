"""The worker's end of the harness process: start it, exchange messages, end it."""

import asyncio
import os
import sys
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from stack_tui.benchmarks.harness import protocol
from stack_tui.benchmarks.harness.protocol import LENGTH_BYTES, Failed, FromHarness, ToHarness
from stack_tui.errors import StackError
from stack_tui.text import one_line

_LAST_LINES = 40


class HarnessError(StackError):
    """lm-eval could not load, build, score or conclude; holds the reason it gave."""


class HarnessProcess:
    """A running harness: `send` hands a message over, `receive` waits for the next one."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._printed: deque[str] = deque(maxlen=_LAST_LINES)

    def send(self, message: ToHarness) -> None:
        """Hand the message over; a thread of the harness reads it, whatever lm-eval does."""
        assert self._process.stdin is not None
        self._process.stdin.write(protocol.frame(message))

    async def receive(self) -> FromHarness:
        """Return the next message; raises HarnessError if the harness failed or died."""
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
        why = next((line for line in reversed(self._printed) if line.strip()), "")
        cause = "was killed, perhaps out of memory" if code == -9 else f"ended with {code}"
        return HarnessError(
            f"lm-eval's process {cause}" + (f": {one_line(why, 300)}" if why else ""),
            remedy="Resume the run: it keeps the answers so far.",
        )

    async def listen(self, log: Callable[[bytes], object]) -> None:
        """Pass what lm-eval and its tasks print to `log`, and keep the last lines for an error."""
        assert self._process.stderr is not None
        while chunk := await self._process.stderr.read(1 << 14):
            log(chunk)
            self._printed.extend(chunk.decode("utf-8", "replace").splitlines())


@asynccontextmanager
async def start(*, offline: bool, log: Callable[[bytes], object]) -> AsyncIterator[HarnessProcess]:
    """Start the harness; it ends with the block, or with this process however that ends.

    `offline` keeps it from asking the hub, `log` gets what it prints.
    """
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
    async with asyncio.TaskGroup() as group:
        listening = group.create_task(harness.listen(log))
        try:
            yield harness
        finally:
            assert process.stdin is not None
            process.stdin.close()
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            listening.cancel()
