"""Compare our Encoder with lm-eval's own splitting on random pairs of hard texts. Run by hand:

    python -m tests.perf.encoder_pairs [PAIRS [SEED]]

PAIRS (10,000) are spread over tokenizers of eight kinds. Ends with 1 if a pair differs.
"""

import random
import sys

from tests.benchmarks.scoring.encoder_differences import differences
from tests.benchmarks.scoring.made_tokenizers import TOKENIZERS, InMemory


def main() -> None:
    """Print how many pairs differ with each tokenizer, and the first of them."""
    numbers = [int(word) for word in sys.argv[1:]]
    pairs, seed = (*numbers, 10_000, 1)[:2] if len(numbers) < 2 else numbers
    each = -(-pairs // len(TOKENIZERS))
    total = 0
    for name, make in TOKENIZERS.items():
        found = differences(InMemory(make()), each, random.Random(f"{name} {seed}"))
        total += len(found)
        print(f"{name:<28} {each:>6,} pairs, {len(found)} differ", flush=True)
        for one in found[:3]:
            print(f"    {one.context!r} + {one.continuation!r}\n    {one.theirs}\n    {one.ours}")
    sys.exit(total > 0)


if __name__ == "__main__":
    main()
