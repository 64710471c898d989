"""A server that answers as vLLM does, in no time: log-probabilities are hashes of token ids.

python -m tests.perf.lm_eval_sweep.hash_model_server PORT TOKENIZER
"""

import sys
import threading
import zlib
from collections.abc import Sequence
from pathlib import Path

from tokenizers import Tokenizer

from tests.fakes import FakeServer
from tests.fakes.model import FakeModel

_MEMORY = 12
_CANDIDATES = 40


class HashModel(FakeModel):
    """A model with a real tokenizer, whose log-probabilities follow from the last tokens."""

    def __init__(self, tokenizer: Path) -> None:
        super().__init__()
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._vocabulary = self._tokenizer.get_vocab_size()

    def encode(self, text: str) -> list[int]:
        """Return the tokens of the text, without special tokens."""
        return list(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def decode(self, tokens: Sequence[int]) -> str:
        """Return the text of the tokens."""
        return str(self._tokenizer.decode(list(tokens)))

    def piece(self, token: int) -> str:
        """Return the text of one token."""
        return self.decode([token])

    def logprob(self, context: Sequence[int], token: int) -> float:
        """Return a number below 0, the same for the same tokens; candidates are the likeliest."""
        last = tuple(context[-_MEMORY:])
        if token in self._candidates(last):
            return -0.05 - 6.0 * _fraction(*last, token)
        return -6.5 - 14.0 * _fraction(*last, token)

    def top(self, context: Sequence[int], n: int) -> list[tuple[int, float]]:
        """Return the likeliest candidates."""
        candidates = self._candidates(tuple(context[-_MEMORY:]))
        scored = [(token, self.logprob(context, token)) for token in candidates]
        return sorted(scored, key=lambda pair: -pair[1])[:n]

    def _candidates(self, last: tuple[int, ...]) -> list[int]:
        first = int(_fraction(*last) * self._vocabulary)
        return [(first + step * 977) % self._vocabulary for step in range(_CANDIDATES)]

    def rank(self, context: Sequence[int], token: int) -> int:
        """Return 1 for the likeliest token, else 2."""
        return 1 if token == self.top(context, 1)[0][0] else 2


def _fraction(*tokens: int) -> float:
    """Return a number from 0 to 1 that follows from the tokens."""
    return zlib.crc32(",".join(map(str, tokens)).encode()) / 2**32


def main() -> None:
    """Serve until interrupted."""
    port, tokenizer = sys.argv[1:]
    server = FakeServer("vllm", brain=HashModel(Path(tokenizer)), model="hash-model")
    server.port = int(port)
    with server:
        print(server.url, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
