"""Find cases whose inputs appear in training or few-shot data, copied or nearly so."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from stack_tui.runs.holdout import HIDDEN
from stack_tui.suites.diagnostics.corpus import Passage, Unread, passages
from stack_tui.suites.diagnostics.duplicates import shingles, words
from stack_tui.suites.model.case import Case
from stack_tui.text import one_line

COPY = 13
SHORTEST = 8
SHINGLE = 5
NEAR = 0.5
_PLACES_A_FILE = 100
_UNREAD_A_FILE = 20
_LONGEST_TEXT = 300

ReadProgress = Callable[[Path, float], None]


class Overlap(msgspec.Struct, frozen=True, kw_only=True):
    """A case's input found in a file.

    `copied`: at least 13 words in a row (all, if the input has fewer); `near`: at least half of the
    input's runs of 5 words. `share` is the share of those runs, `text` the longest run of words.
    """

    case: str
    file: str
    line: int
    kind: Literal["copied", "near"]
    share: float
    words: int
    text: str


class NotRead(msgspec.Struct, frozen=True, kw_only=True):
    """A line or row of a file that could not be searched."""

    file: str
    line: int
    why: str


class Leakage(msgspec.Struct, frozen=True, kw_only=True):
    """The overlaps found, and what was not searched.

    `further` counts overlaps beyond 100 for a case and file, `further_unread` unreadable lines
    beyond 20 for a file. Inputs of fewer than 8 words (`too_short`) are skipped: they occur
    everywhere.
    """

    overlaps: tuple[Overlap, ...]
    passages: int
    too_short: tuple[str, ...] = ()
    further: int = 0
    unread: tuple[NotRead, ...] = ()
    further_unread: int = 0


def leakage(
    cases: Sequence[Case], files: Iterable[Path], progress: ReadProgress = lambda _file, _done: None
) -> Leakage:
    """Return the cases' overlaps with the files, read once in bounded memory.

    `progress` is called with the file and the share of it (0 to 1) that is done. Takes about a
    minute per GB. Raises StackError for a file that cannot be read.
    """
    wanted = [_Input(case) for case in cases]
    index = _Index([one for one in wanted if len(one.words) >= SHORTEST])
    found: dict[tuple[str, str], dict[int, Overlap]] = defaultdict(dict)
    unread: list[NotRead] = []
    read = further = further_unread = 0
    for file in files:
        before = len(unread)
        for passage in passages(file, index.reach):
            if isinstance(passage, Unread):
                if len(unread) - before < _UNREAD_A_FILE:
                    unread.append(NotRead(file=str(file), line=passage.line, why=passage.why))
                else:
                    further_unread += 1
                continue
            read += 1
            progress(file, passage.done)
            for overlap in index.overlaps(passage, str(file)):
                places = found[overlap.case, overlap.file]
                known = places.get(overlap.line)
                if known is None and len(places) == _PLACES_A_FILE:
                    further += 1
                elif known is None or known.share < overlap.share:
                    places[overlap.line] = overlap
    return Leakage(
        overlaps=tuple(overlap for places in found.values() for overlap in places.values()),
        passages=read,
        too_short=tuple(one.id for one in wanted if len(one.words) < SHORTEST),
        further=further,
        unread=tuple(unread),
        further_unread=further_unread,
    )


def redact_overlaps(found: Leakage, cases: Sequence[Case]) -> Leakage:
    """Return the overlaps without the texts of held-out cases."""
    held_out = {case.id for case in cases if case.holdout}
    overlaps = tuple(
        msgspec.structs.replace(each, text=HIDDEN) if each.case in held_out else each
        for each in found.overlaps
    )
    return msgspec.structs.replace(found, overlaps=overlaps)


class _Input:
    """A case's input as words, and the runs of words that reveal a copy of it."""

    def __init__(self, case: Case) -> None:
        self.id = case.id
        self.length = len(case.input)
        self.words = words(case.input)
        self.shingles = shingles(self.words, SHINGLE)
        self.enough = min(COPY, len(self.words))

    def seeds(self) -> set[int]:
        """Return the places of runs such that any `enough` words in a row contain one of them.

        In each stretch this is the run with the longest word, which is likely to be rare
        (minimizers: Roberts et al. 2004).
        """
        places = range(len(self.words) - SHINGLE + 1)
        rank = [max(map(len, self.words[place : place + SHINGLE])) for place in places]
        width = self.enough - SHINGLE + 1
        return {
            max(range(start, start + width), key=lambda place: (rank[place], -place))
            for start in range(len(places) - width + 1)
        }


@dataclass
class _Stretch:
    """A part of a text that may contain a case's input, and the longest run found there."""

    end: int
    share: float
    start: int = 0
    size: int = 0


class _Index:
    """The seeds of all cases by their longest word."""

    def __init__(self, wanted: Sequence[_Input]) -> None:
        self.reach = 4 * max((one.length for one in wanted), default=0) + 1000
        self._seeds: dict[bytes, list[tuple[int, int, _Input]]] = defaultdict(list)
        for one in wanted:
            for place in sorted(one.seeds()):
                seed = one.words[place : place + SHINGLE]
                offset = seed.index(max(seed, key=len))
                self._seeds[seed[offset]].append((offset, place, one))
        self._anchors = frozenset(self._seeds)

    def overlaps(self, passage: Passage, file: str) -> Iterator[Overlap]:
        """Yield the overlaps of the passage with the cases."""
        text = words(passage.text)
        if self._anchors.isdisjoint(text):
            return
        stretches: dict[str, tuple[_Input, list[_Stretch]]] = {}
        for anchor in [place for place, word in enumerate(text) if word in self._anchors]:
            for offset, place, one in self._seeds[text[anchor]]:
                start = anchor - offset
                seed = one.words[place : place + SHINGLE]
                if start >= 0 and text[start : start + SHINGLE] == seed:
                    _, known = stretches.setdefault(one.id, (one, []))
                    _add_seed(known, one, place, text, start)
        for one, known in stretches.values():
            for stretch in known:
                if stretch.size >= one.enough or stretch.share >= NEAR:
                    yield _overlap(one, stretch, text, passage, file)


def _add_seed(
    known: list[_Stretch], one: _Input, place: int, text: list[bytes], start: int
) -> None:
    """Add the seed found at `start` to the last stretch, or to a new one beyond it.

    The stretch is wide enough for the whole input with half as many words inserted, so that one
    comparison of shingles decides on `near`. The run around the seed is extended to both sides.
    """
    if not known or start >= known[-1].end:
        slack = len(one.words) // 2 + COPY
        begin = max(0, start - place - slack)
        end = start - place + len(one.words) + slack
        shared = one.shingles & shingles(text[begin:end], SHINGLE)
        known.append(_Stretch(end, len(shared) / len(one.shingles)))
    before = 0
    while before < min(start, place) and text[start - before - 1] == one.words[place - before - 1]:
        before += 1
    size = 0
    longest = min(len(text) - start, len(one.words) - place)
    while size < longest and text[start + size] == one.words[place + size]:
        size += 1
    if before + size > known[-1].size:
        known[-1].start, known[-1].size = start - before, before + size


def _overlap(
    one: _Input, stretch: _Stretch, text: list[bytes], passage: Passage, file: str
) -> Overlap:
    run = text[stretch.start : stretch.start + stretch.size]
    return Overlap(
        case=one.id,
        file=file,
        line=passage.line
        + (_lines_before(passage.text, stretch.start) if passage.counts_on else 0),
        kind="copied" if stretch.size >= one.enough else "near",
        share=stretch.share,
        words=stretch.size,
        text=one_line(b" ".join(run).decode(), _LONGEST_TEXT),
    )


def _lines_before(text: str, place: int) -> int:
    """Return how many line breaks precede the word at `place`."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        place -= len(words(line))
        if place < 0:
            return number
    return len(lines) - 1
