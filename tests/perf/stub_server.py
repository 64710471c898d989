"""A server without latency that answers the letters route, in a process of its own."""

import asyncio
import sys
from typing import Any

import msgspec
from tokenizers import Tokenizer

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
_MODEL = {"id": "stub", "object": "model", "owned_by": "vllm", "max_model_len": 8192}


class _Asked(msgspec.Struct):
    prompt: Any = None
    logprob_token_ids: list[int] = []
    echo: bool = False
    prompt_logprobs: int | None = None
    messages: Any = None


class Stub(asyncio.Protocol):
    """HTTP/1.1 as far as one client needs it: pipelined keep-alive requests of known length."""

    root = ""
    tokenizer: Tokenizer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the connection."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._data = b""

    def data_received(self, data: bytes) -> None:
        """Answer every whole request."""
        self._data += data
        while True:
            head, found, rest = self._data.partition(b"\r\n\r\n")
            if not found:
                return
            length = 0
            for line in head.lower().split(b"\r\n"):
                if line.startswith(b"content-length:"):
                    length = int(line[15:])
            if len(rest) < length:
                return
            self._data = rest[length:]
            body = _answer(head.split(b" ")[1], rest[:length])
            self._transport.write(_HEAD + str(len(body)).encode() + b"\r\n\r\n" + body)


def _answer(path: bytes, body: bytes) -> bytes:
    if path.endswith(b"/models"):
        return msgspec.json.encode({"data": [_MODEL | {"root": Stub.root}]})
    if path == b"/version":
        return b'{"version": "0.32.0"}'
    asked = msgspec.json.decode(body, type=_Asked) if body else _Asked()
    if path.endswith(b"/tokenize"):
        ids = Stub.tokenizer.encode(asked.prompt, add_special_tokens=False).ids
        return msgspec.json.encode({"tokens": ids, "count": len(ids), "max_model_len": 8192})
    ids = asked.logprob_token_ids or [0]
    top = {f"token_id:{token}": -1.0 - (token * 7 % 13) / 10 for token in ids}
    logprobs = {"tokens": ["x"], "token_logprobs": [-1.0], "top_logprobs": [top]}
    choice = {"index": 0, "text": "x", "finish_reason": "length", "logprobs": logprobs}
    count = len(asked.prompt) if isinstance(asked.prompt, list) else 2
    return msgspec.json.encode({"choices": [choice], "usage": {"prompt_tokens": count}})


async def main() -> None:
    """Listen on a free port, say which, and answer until ended."""
    Stub.root = sys.argv[1]
    Stub.tokenizer = Tokenizer.from_file(f"{Stub.root}/tokenizer.json")
    server = await asyncio.get_running_loop().create_server(Stub, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
