"""The harness's end of the connection to its worker."""

import os
from collections.abc import Iterator

from stack_tui.benchmarks.harness import protocol
from stack_tui.benchmarks.harness.protocol import LENGTH_BYTES, FromHarness, ToHarness


class FramePipe:
    """A two-way file descriptor that carries frames, and that no child process shares.

    Programs that a task starts do not get it, and a process that a task forks closes it: neither
    can take or write a frame, or keep the connection open. The descriptor is used without a file
    object, whose buffer a forked process would write again and whose lock it could wait for.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        os.set_inheritable(descriptor, False)
        os.register_at_fork(after_in_child=self._close)

    def _close(self) -> None:
        # Once only: in a child of the child the number may belong to another file.
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def send(self, message: FromHarness) -> None:
        """Write the message; raises OSError if the worker is gone."""
        rest = memoryview(protocol.frame(message))
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]

    def messages(self) -> Iterator[ToHarness]:
        """Yield the worker's messages until it closes its end, or dies."""
        while (head := self._read(LENGTH_BYTES)) and (data := self._read(protocol.length(head))):
            yield protocol.decode_to_harness(data)

    def _read(self, count: int) -> bytes:
        """Return so many bytes, none if the connection ends before."""
        data = bytearray()
        while len(data) < count:
            try:
                piece = os.read(self._descriptor, count - len(data))
            except ConnectionResetError:
                return b""
            if not piece:
                return b""
            data += piece
        return bytes(data)
