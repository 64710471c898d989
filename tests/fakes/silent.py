"""A port that is listened on by nobody who answers."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Self

_DRIP_S = 0.02


class SilentServer:
    """Accepts and says nothing, or `drip` after byte of a header that never ends."""

    def __init__(self, drip: bytes = b"") -> None:
        self._drip = drip
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []
        self.accepted = threading.Semaphore(0)

    @property
    def url(self) -> str:
        """The base URL that an endpoint is configured with."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}/v1"

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._start(self._accept)
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._over.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
        self._listener.close()

    def _start(self, target: Callable[..., None], *args: socket.socket) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self._start(self._serve, connection)
                self.accepted.release()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            if self._drip:
                connection.sendall(b"HTTP/1.1 200 OK\r\nx-slow: ")
            while not self._over.wait(_DRIP_S if self._drip else None):
                connection.sendall(self._drip)
