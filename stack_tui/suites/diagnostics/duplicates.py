"""Find cases whose inputs are the same or nearly the same."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from stack_tui.suites.model.case import Case
from stack_tui.text import fold_case

# In scripts without spaces, each character counts as a word.
_SPACELESS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_APART = re.compile(f"[{_SPACELESS}\U00020000-\U0003ffff]")
_SIGNS = re.compile(r"[^\w\x00-\x7f]+")
_TO_SPACE = bytes(code if chr(code).isalnum() or code >= 0x80 else 0x20 for code in range(0x100))


def words(text: str) -> list[bytes]:
    """Return the case-folded words of `text` as UTF-8; 1 GB of ASCII takes half a minute."""
    folded = fold_case(text)
    if not folded.isascii():
        folded = _SIGNS.sub(" ", _APART.sub(r" \g<0> ", folded))
    return folded.encode("utf-8", "replace").translate(_TO_SPACE).split()


def shingles(sequence: Sequence[bytes], size: int) -> set[tuple[bytes, ...]]:
    """Return all runs of `size` words, or the whole text if it is shorter."""
    last = max(len(sequence) - size, 0)
    return {tuple(sequence[place : place + size]) for place in range(last + 1)}


SHINGLE = 3
NEAR = 0.7


class Duplicate(msgspec.Struct, frozen=True, kw_only=True):
    """A case like an earlier one; `share` is the Jaccard similarity of their word triples."""

    case: str
    earlier: str
    share: float


def duplicates(cases: Iterable[Case]) -> list[Duplicate]:
    """Return each case that repeats an earlier one, with the most similar earlier case.

    Cases count as duplicates if the Jaccard similarity of their word triples is at least 0.7.
    """
    sets = {case.id: shingles(words(case.input), SHINGLE) for case in cases}
    frequency = Counter(triple for triples in sets.values() for triple in triples)
    earlier: dict[tuple[bytes, ...], list[str]] = defaultdict(list)
    found = []
    for case_id, triples in sets.items():
        rarest = _prefix(triples, frequency)
        candidates = {other for triple in rarest for other in earlier[triple]}
        shares = [(_jaccard(triples, sets[other]), other) for other in candidates]
        share, other = max(shares, default=(0.0, ""))
        if share >= NEAR:
            found.append(Duplicate(case=case_id, earlier=other, share=share))
            continue
        for triple in rarest:
            earlier[triple].append(case_id)
    return found


def _prefix(
    triples: set[tuple[bytes, ...]], frequency: Counter[tuple[bytes, ...]]
) -> list[tuple[bytes, ...]]:
    """Return the rarest triples; two sets that are similar enough share at least one of them.

    Chaudhuri, Ganti and Kaushik 2006: |x| − ⌈NEAR · |x|⌉ + 1 of them, in one order for all sets.
    """
    size = len(triples) - math.ceil(NEAR * len(triples)) + 1
    return sorted(triples, key=lambda triple: (frequency[triple], triple))[:size]


def _jaccard(one: set[tuple[bytes, ...]], other: set[tuple[bytes, ...]]) -> float:
    return len(one & other) / len(one | other)
