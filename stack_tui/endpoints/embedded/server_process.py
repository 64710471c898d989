"""The process that serves the embedded model for as long as somebody holds a lease on it.

A lease is an open connection: the kernel closes it however its holder ends. The first one comes
with the process, the others over a unix socket; each is told the server's URL once it answers.
"""

import argparse
import os
import selectors
import socket
from contextlib import suppress

import xllamacpp

ALIAS = "SmolLM2-135M-Instruct"
_CONTEXT = 8192  # what the model was trained on, in tokens
_MAX_THREADS = 4  # more gain nothing on a model of this size


def main() -> None:
    """Start as the arguments say, serve until the last lease ends, and exit."""
    parser = argparse.ArgumentParser()
    parser.add_argument("model", help="the GGUF file")
    parser.add_argument("address", help="where the unix socket is to be")
    parser.add_argument("lease", type=int, help="the descriptor of the first lease")
    given = parser.parse_args()
    first = socket.socket(fileno=given.lease)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(given.address)
    listener.listen(128)
    server = _serve(given.model)
    hold(listener, first, f"{server.listening_address}/v1")
    os._exit(0)  # the destructor would wait for what is being generated, for nobody


def _serve(model: str) -> xllamacpp.Server:
    """Return llama.cpp's server, which listens on a free port of the loopback.

    Equal requests get equal answers at temperature 0, however they come: one slot and no reuse of
    cached prompts, since a sum's rounding depends on what is computed together. On two cores four
    slots are no quicker. A request may still ask for `cache_prompt`.
    """
    params = xllamacpp.CommonParams()
    params.model.path = model
    params.model_alias = {ALIAS}
    params.n_gpu_layers = 0  # a GPU is the tested model's
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
    """Tell `url` to each holder of a lease; return when the last has gone."""
    with selectors.DefaultSelector() as selector:
        holders = 0

        def grant(lease: socket.socket) -> None:
            nonlocal holders
            with suppress(ConnectionError):  # gone already: its end is read like any other's
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
