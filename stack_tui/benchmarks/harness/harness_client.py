"""The worker's end of the harness process: start it, exchange messages, end it."""

import asyncio
import os
import signal
import socket
import subprocess
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager, suppress

from stack_tui.benchmarks.harness import protocol
from stack_tui.benchmarks.harness.protocol import LENGTH_BYTES, Failed, FromHarness, ToHarness
from stack_tui.child_command import module_command, without_secrets
from stack_tui.errors import StackError
from stack_tui.text import one_line

_LAST_LINES = 40
_BUFFER = 1 << 20
# A process that a task started may need a moment after SIGTERM to remove what it made.
_GRACE_S = 2.0
_REAP_S = 5.0
_LOG_S = 0.5


class HarnessError(StackError):
    """lm-eval could not load, build, score or conclude; holds the reason it gave."""


class HarnessProcess:
    """A running harness: `send` hands a message over, `receive` waits for the next one.

    It leads a process group of its own, with all that its tasks start; `end` ends the whole group.
    """

    def __init__(
        self,
        process: "subprocess.Popen[bytes]",
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._process = process
        self._reader = reader
        self._writer = writer
        self._printed: deque[str] = deque(maxlen=_LAST_LINES)
        self._printed_all = asyncio.Event()

    def send(self, message: ToHarness) -> None:
        """Hand the message over; a thread of the harness reads it, whatever lm-eval does."""
        self._writer.write(protocol.frame(message))

    async def receive(self) -> FromHarness:
        """Return the next message; raises HarnessError if the harness failed or died."""
        try:
            head = await self._reader.readexactly(LENGTH_BYTES)
            data = await self._reader.readexactly(protocol.length(head))
        except (asyncio.IncompleteReadError, ConnectionError):
            raise await self._died() from None
        message = protocol.decode_from_harness(data)
        if isinstance(message, Failed):
            error = HarnessError(message.what, where=message.where, remedy=message.remedy)
            error.resumable = message.resumable
            raise error
        return message

    async def _died(self) -> HarnessError:
        code = await self._exit_code()
        # What a task left running may hold the log open: then its last lines may be missing.
        with suppress(TimeoutError):
            await asyncio.wait_for(self._printed_all.wait(), _LOG_S)
        why = next((line for line in reversed(self._printed) if line.strip()), "")
        cause = "was killed, perhaps out of memory" if code == -9 else f"ended with {code}"
        return HarnessError(
            f"lm-eval's process {cause}" + (f": {one_line(why, 300)}" if why else ""),
            remedy="Resume the run: it keeps the answers so far.",
        )

    async def _exit_code(self) -> int | None:
        """Return the exit code, after a short wait for it; None if the process lives on."""
        with suppress(subprocess.TimeoutExpired):
            return await asyncio.to_thread(self._process.wait, _REAP_S)
        return None

    async def listen(self, log: Callable[[bytes], object]) -> None:
        """Pass what lm-eval and its tasks print to `log`, and keep the last lines for an error."""
        printed = asyncio.StreamReader()
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(printed), self._process.stdout
        )
        try:
            while chunk := await printed.read(1 << 14):
                log(chunk)
                self._printed.extend(chunk.decode("utf-8", "replace").splitlines())
        finally:
            transport.close()
            self._printed_all.set()

    async def end(self) -> None:
        """End the harness and its whole group: by SIGTERM, and what is left by SIGKILL."""
        try:
            self._signal(signal.SIGTERM)
            with suppress(TimeoutError, ConnectionError):
                async with asyncio.timeout(_GRACE_S):
                    while await self._reader.read(_BUFFER):
                        pass
        finally:
            self._signal(signal.SIGKILL)
            self._writer.close()
            await self._exit_code()

    def _signal(self, number: signal.Signals) -> None:
        # The group outlives its leader: the guard in it (`group_guard`) ends by SIGKILL alone.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)


_HUB_TOKENS = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")


@asynccontextmanager
async def start(
    *, offline: bool, foreign_code: bool = False, log: Callable[[bytes], object]
) -> AsyncIterator[HarnessProcess]:
    """Start the harness; it ends with the block, or with this process however that ends.

    `offline` keeps it from asking the hub, `log` gets what it prints. It needs no endpoint's key,
    and gets none. With `foreign_code`, of a task folder or a model, it gets no token for the hub
    either.
    """
    environment = {
        **without_secrets(os.environ, keep=() if foreign_code else _HUB_TOKENS),
        "TOKENIZERS_PARALLELISM": "false",
        "TQDM_DISABLE": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "LMEVAL_LOG_LEVEL": os.environ.get("LMEVAL_LOG_LEVEL", "ERROR"),
    }
    if offline:
        environment |= {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
    with ExitStack() as held:
        process, frames = _spawn(environment, held)
        reader, writer = await asyncio.open_connection(sock=frames, limit=_BUFFER)
        harness = HarnessProcess(process, reader, writer)
        async with asyncio.TaskGroup() as group:
            listening = group.create_task(harness.listen(log))
            try:
                yield harness
            finally:
                await harness.end()
                listening.cancel()


def _spawn(
    environment: dict[str, str], held: ExitStack
) -> "tuple[subprocess.Popen[bytes], socket.socket]":
    """Start the process; return it with this end of the socket for frames.

    `held` gets that, and a pipe's end that tells the harness by its closing that this process is
    gone.
    """
    mine, theirs = socket.socketpair()
    worker_gone, worker_here = os.pipe()
    held.callback(mine.close)
    held.callback(os.close, worker_here)
    try:
        process = subprocess.Popen(  # noqa: S603
            module_command(
                "stack_tui.benchmarks.harness.lm_eval_process",
                str(theirs.fileno()),
                str(worker_gone),
            ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=[theirs.fileno(), worker_gone],
            start_new_session=True,
            env=environment,
        )
    finally:
        theirs.close()
        os.close(worker_gone)
    return process, mine
