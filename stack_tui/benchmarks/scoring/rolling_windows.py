"""Windows to score a text longer than the model's context, each token once."""

from collections.abc import Sequence

from stack_tui.benchmarks.scoring.encoding import EncodedPair


def windows(tokens: Sequence[int], first: int, longest: int) -> list[EncodedPair]:
    """Return the windows of lm-eval's rolling log-likelihood; each scores at most `longest` tokens.

    Each window has as much context as fits; the first has only the token `first` before it, and a
    later one scores only the tokens that no earlier one has scored.
    """
    if not tokens:
        return []
    head = min(longest, len(tokens))
    pairs = [EncodedPair([], [first], list(tokens[:head]))]
    done = head
    while done < len(tokens):
        new = min(len(tokens) - done, longest)
        end = done + new
        begin = max(0, end - longest - 1)
        pairs.append(EncodedPair([], list(tokens[begin:done]), list(tokens[done:end])))
        done = end
    return pairs
