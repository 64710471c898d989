"""The process that serves the embedded model as long as there is a lease on it.

A lease is an open connection: the kernel closes it however its holder ends. The process inherits
the first one and accepts others on a unix socket; each receives the server's URL once it answers.
"""

import argparse
import os
import selectors
import socket
from contextlib import suppress

import xllamacpp

ALIAS = "SmolLM2-135M-Instruct"
_CONTEXT = 8192  # tokens, as the model was trained
_MAX_THREADS = 4  # more do not speed up a model of this size


def main() -> None:
    """Serve as the arguments request until the last lease ends, then exit."""
    parser = argparse.ArgumentParser()
    parser.add_argument("model", help="the GGUF file")
    parser.add_argument("address", help="the path of the unix socket")
    parser.add_argument("lease", type=int, help="the descriptor of the first lease")
    given = parser.parse_args()
    first = socket.socket(fileno=given.lease)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(given.address)
    listener.listen(128)
    server = _serve(given.model)
    hold(listener, first, f"{server.listening_address}/v1")
    os._exit(0)  # the destructor would wait for a generation that nobody needs


def _serve(model: str) -> xllamacpp.Server:
    """Return llama.cpp's server, which listens on a free port of the loopback.

    Equal requests get equal answers at temperature 0 in any order: there is one slot and no reuse
    of cached prompts, since rounding depends on what is computed together. On two cores, four slots
    are not faster. A request may still set `cache_prompt`.
    """
    params = xllamacpp.CommonParams()
    params.model.path = model
    params.model_alias = {ALIAS}
    params.n_gpu_layers = 0  # a GPU is for the tested model
    params.n_ctx = _CONTEXT
    params.n_parallel = 1
    params.cache_prompt = False
    params.cache_ram_mib = 0
    params.cache_idle_slots = False
    params.fit_params = False
    params.cpuparams.n_threads = min(_MAX_THREADS, os.cpu_count() or 1)
    params.endpoint_metrics = True
    params.ui = False
    params.cors_origins = "localhost"
    params.verbosity = 2  # warnings: the log must not grow with the requests
    return xllamacpp.Server(params)


def hold(listener: socket.socket, first: socket.socket, url: str) -> None:
    """Send `url` to the holder of each lease; return when the last lease has ended."""
    with selectors.DefaultSelector() as selector:
        holders = 0

        def grant(lease: socket.socket) -> None:
            nonlocal holders
            with suppress(ConnectionError):  # already closed: detected below like any other
                lease.sendall(f"{url}\n".encode())
            selector.register(lease, selectors.EVENT_READ)
            holders += 1

        selector.register(listener, selectors.EVENT_READ)
        grant(first)
        while holders:
            for key, _ in selector.select():
                if key.fileobj is listener:
                    grant(listener.accept()[0])
                elif isinstance(key.fileobj, socket.socket) and _is_closed(key.fileobj):
                    selector.unregister(key.fileobj)
                    key.fileobj.close()
                    holders -= 1


def _is_closed(lease: socket.socket) -> bool:
    try:
        return lease.recv(4096) == b""
    except ConnectionError:
        return True


if __name__ == "__main__":
    main()
