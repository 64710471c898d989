"""The windows in which a text that is longer than a context is scored, each token once."""

from collections.abc import Sequence

from stack_tui.benchmarks.scoring.encoding import EncodedPair


def windows(tokens: Sequence[int], first: int, longest: int) -> list[EncodedPair]:
    """Return the windows of lm-eval's rolling log-likelihood, of at most `longest` tokens scored.

    Every window holds as much context as fits; the first is preceded by the token `first` alone,
    and a later one scores only what the ones before it have not.
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
