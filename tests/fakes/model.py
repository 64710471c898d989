"""A language model of a few lines: deterministic, reversible tokens, log-probabilities for all."""

import math
import re
import string
import zlib
from collections.abc import Sequence

_PIECES = re.compile(r" ?\w+|\s|[^\w\s]")
_COMMON = [*string.printable, *(f" {letter}" for letter in string.ascii_letters), "Hello", " world"]
_MEMORY = 8


class FakeModel:
    """Tokens are words with their leading space; a log-probability follows from the last tokens.

    Override `logprob` (in nats, of `token` after `context`) to make a model with known answers.
    """

    bos = ""
    """What the tokenizer puts before a text if it is asked for special tokens."""

    def __init__(self) -> None:
        self._pieces: list[str] = list(dict.fromkeys(_COMMON))
        self._ids = {piece: token for token, piece in enumerate(self._pieces)}
        self._vocabulary = len(self._pieces)

    def encode(self, text: str) -> list[int]:
        """Return the tokens of `text`; an unknown piece gets the next free number."""
        tokens = []
        for piece in _PIECES.findall(text):
            if piece not in self._ids:
                self._ids[piece] = len(self._pieces)
                self._pieces.append(piece)
            tokens.append(self._ids[piece])
        return tokens

    def piece(self, token: int) -> str:
        """Return the text of one token."""
        return self._pieces[token]

    def decode(self, tokens: Sequence[int]) -> str:
        """Return the text of tokens."""
        return "".join(map(self.piece, tokens))

    def logprob(self, context: Sequence[int], token: int) -> float:
        """Return a number below 0 that depends on the last tokens of the context and on `token`."""
        text = self.decode(context[-_MEMORY:]) + "\0" + self.piece(token)
        return -0.01 - 12 * math.sqrt(zlib.crc32(text.encode()) / 2**32)

    def top(self, context: Sequence[int], n: int) -> list[tuple[int, float]]:
        """Return the `n` likeliest tokens of the vocabulary with their log-probabilities."""
        scored = [(token, self.logprob(context, token)) for token in range(self._vocabulary)]
        return sorted(scored, key=lambda pair: -pair[1])[:n]

    def rank(self, context: Sequence[int], token: int) -> int:
        """Return the token's place among the vocabulary, 1 for the likeliest."""
        logprob = self.logprob(context, token)
        others = (self.logprob(context, other) for other in range(self._vocabulary))
        return 1 + sum(other > logprob for other in others)

    def generate(self, context: Sequence[int], n: int) -> list[int]:
        """Return the `n` tokens that follow greedily."""
        tokens = list(context)
        for _ in range(n):
            tokens.append(self.top(tokens, 1)[0][0])
        return tokens[len(context) :]
