"""A model whose answers are known: quick to compute, the same over HTTP and inside lm-eval."""

import zlib
from collections.abc import Sequence

from tests.fakes.model import FakeModel

_MEMORY = 6
_LIKELIEST = 3


class KnownModel(FakeModel):
    """Log-probabilities follow from the text of the last few tokens.

    One token, which no text of a test holds, is everywhere the likeliest.
    """

    def logprob(self, context: Sequence[int], token: int) -> float:
        """Return a number below 0 that depends on the last tokens and on `token`."""
        if token == _LIKELIEST:
            return -1.0
        state = 0
        for one in (*context[-_MEMORY:], token):
            state = zlib.crc32(self.piece(one).encode(), state)
        return -1.25 - 7.75 * (state % 1009) / 1009

    def top(self, context: Sequence[int], n: int) -> list[tuple[int, float]]:
        """Return the likeliest token and made-up others."""
        others = (token for token in range(90) if token != _LIKELIEST)
        return [(_LIKELIEST, -1.0), *((token, -12.0 - token) for token in others)][:n]

    def rank(self, context: Sequence[int], token: int) -> int:
        """Return 1 for the likeliest token, else 2."""
        return 1 if token == _LIKELIEST else 2

    def generate(self, context: Sequence[int], n: int) -> list[int]:
        """Return an answer with a number that follows from the context."""
        number = zlib.crc32(self.decode(context[-_MEMORY * 4 :]).encode()) % 50
        return self.encode(f" The answer is {number}.\n#### {number}")[:n]


class Begun(KnownModel):
    """The known model with a BOS."""

    bos = "$"
