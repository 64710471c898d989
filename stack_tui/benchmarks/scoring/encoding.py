"""Encode documents into the tokens that are sent and scored, split as lm-eval does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stack_tui.benchmarks.harness.protocol import Document, LoglikelihoodRequest
from stack_tui.benchmarks.scoring.model_tokenizer import Tokenizer

_CHECKED_DOCUMENTS = 3
_SHORTEST_TAIL = 4


@dataclass(frozen=True, slots=True)
class EncodedPair:
    """A continuation to score: the request's tokens are `prefix` + `context` + `continuation`."""

    prefix: list[int]
    context: list[int]
    continuation: list[int]

    @property
    def given(self) -> list[int]:
        """The tokens before the continuation."""
        return self.prefix + self.context

    @property
    def whole(self) -> list[int]:
        """All tokens, in the order they are sent."""
        return self.prefix + self.context + self.continuation


class Encoder:
    """Encodes documents, and their shared prefix only once.

    The parts of a text have the tokens of the whole only if the tokenizer never joins both sides.
    One that does not split texts at line breaks gets whole texts; for any other, the first
    documents of each prefix are encoded both ways, and whole texts from then on if they differ.
    With `bos`, each text that is not empty begins with that token, once.
    """

    def __init__(self, tokenizer: Tokenizer, bos: int | None = None) -> None:
        self.tokenizer = tokenizer
        self._bos = bos
        self._prefixes: dict[str, list[int]] = {}
        self._with_bos: dict[str, list[int]] = {}
        self._checks_left: dict[str, int] = {}
        self._whole: set[str] = set()
        self._tails: dict[str, list[int]] = {}
        self._continuations: dict[tuple[str, str], list[int]] = {}
        self._by_tails = tokenizer.splits_lines

    async def pairs(
        self, documents: Sequence[Document], prefixes: Mapping[str, str]
    ) -> list[list[EncodedPair]]:
        """Return for each document one pair per continuation to score, in order."""
        scored = [document for document in documents if _scored(document)]
        contexts = await self._contexts(scored, prefixes)
        texts = [[_stripped(text) for text in document.contexts] for document in scored]
        await self._learn_continuations(scored, texts, contexts, prefixes)
        found = iter(
            self._pairs_of(document, stripped, encoded, prefixes)
            for document, stripped, encoded in zip(scored, texts, contexts, strict=True)
        )
        return [next(found) if _scored(document) else [] for document in documents]

    def _pairs_of(
        self,
        document: Document,
        stripped: Sequence[tuple[str, str]],
        encoded: Sequence[tuple[list[int], list[int]]],
        prefixes: Mapping[str, str],
    ) -> list[EncodedPair]:
        led = [self._lead(document.prefix, *tokens) for tokens in encoded]
        pairs = []
        for request in _scored(document):
            text, spaces = stripped[request.context]
            tail = self._tail(document, prefixes, text, encoded[request.context][1])
            continuation = self._continuations[tail, spaces + request.continuation]
            pairs.append(EncodedPair(*led[request.context], continuation))
        return pairs

    def _lead(
        self, name: str | None, prefix: list[int], context: list[int]
    ) -> tuple[list[int], list[int]]:
        """Return the tokens of a text in its two parts, with the first token if one is wanted."""
        if self._bos is None:
            return prefix, context
        if not prefix or name is None:
            return prefix, self._begun(context)
        if name not in self._with_bos:
            self._with_bos[name] = self._begun(prefix)
        return self._with_bos[name], context

    def _begun(self, tokens: list[int]) -> list[int]:
        if self._bos is None or not tokens or tokens[0] == self._bos:
            return tokens
        return [self._bos, *tokens]

    async def contexts(
        self, documents: Sequence[Document], prefixes: Mapping[str, str]
    ) -> list[list[list[int]]]:
        """Return the tokens of each document's contexts, with trailing spaces."""
        return await self.texts([_full(document, prefixes) for document in documents])

    async def texts(self, parts: Sequence[Sequence[str]]) -> list[list[list[int]]]:
        """Return the tokens of each text, in the lists in which they are given."""
        encoded = iter(await self.tokenizer.encode([text for texts in parts for text in texts]))
        return [[self._begun(next(encoded)) for _ in texts] for texts in parts]

    async def _contexts(
        self, documents: Sequence[Document], prefixes: Mapping[str, str]
    ) -> list[list[tuple[list[int], list[int]]]]:
        for name in {document.prefix for document in documents if document.prefix}:
            if name not in self._prefixes:
                self._prefixes[name] = (await self.tokenizer.encode([prefixes[name]]))[0]
                self._checks_left[name] = _CHECKED_DOCUMENTS
                if not self._by_tails:
                    self._whole.add(name)
        await self._check(documents, prefixes)
        texts = []
        for document in documents:
            whole = document.prefix in self._whole
            source = _full(document, prefixes) if whole else document.contexts
            texts.append([_stripped(text)[0] for text in source])
        encoded = iter(await self.tokenizer.encode([text for one in texts for text in one]))
        shared = [
            self._prefixes[one.prefix] if one.prefix and one.prefix not in self._whole else []
            for one in documents
        ]
        return [
            [(prefix, next(encoded)) for _ in one]
            for prefix, one in zip(shared, texts, strict=True)
        ]

    async def _check(self, documents: Sequence[Document], prefixes: Mapping[str, str]) -> None:
        for document in documents:
            name = document.prefix
            if not name or name in self._whole or self._checks_left[name] <= 0:
                continue
            self._checks_left[name] -= 1
            parts = [_stripped(text)[0] for text in document.contexts]
            whole = [_stripped(text)[0] for text in _full(document, prefixes)]
            encoded = await self.tokenizer.encode([*parts, *whole])
            joined = [self._prefixes[name] + one for one in encoded[: len(parts)]]
            if joined != encoded[len(parts) :]:
                self._whole.add(name)

    def _tail(
        self, document: Document, prefixes: Mapping[str, str], text: str, context: list[int]
    ) -> str:
        """Return the end of the context that determines the tokens of its continuations."""
        tail = text[text.rfind("\n") + 1 :]
        known = self._tails.get(tail) if self._by_tails else None
        if known is not None and len(tail) >= _SHORTEST_TAIL and context[-len(known) :] == known:
            return tail
        if document.prefix is None:
            return text
        return prefixes[document.prefix] + text

    async def _learn_continuations(
        self,
        documents: Sequence[Document],
        texts: Sequence[Sequence[tuple[str, str]]],
        contexts: Sequence[Sequence[tuple[list[int], list[int]]]],
        prefixes: Mapping[str, str],
    ) -> None:
        """Encode the documents' continuations, each distinct text once."""
        self._continuations.clear()
        if self._by_tails:
            tails = {text[text.rfind("\n") + 1 :] for one in texts for text, _ in one}
            await self._learn_tails([tail for tail in tails if tail and tail not in self._tails])
        wanted: dict[tuple[str, str], int] = {}
        for document, stripped, encoded in zip(documents, texts, contexts, strict=True):
            for request in _scored(document):
                text, spaces = stripped[request.context]
                prefix, context = encoded[request.context]
                tail = self._tail(document, prefixes, text, context)
                length = len(self._tails[tail]) if tail in self._tails else None
                wanted[tail, spaces + request.continuation] = (
                    len(prefix) + len(context) if length is None else length
                )
        both = await self.tokenizer.encode([tail + more for tail, more in wanted])
        for (key, length), tokens in zip(wanted.items(), both, strict=True):
            self._continuations[key] = tokens[length:]

    async def _learn_tails(self, tails: Sequence[str]) -> None:
        if len(self._tails) > 1 << 16:
            self._tails.clear()
        encoded = await self.tokenizer.encode(tails)
        self._tails.update(zip(tails, encoded, strict=True))


def _scored(document: Document) -> list[LoglikelihoodRequest]:
    return [one for one in document.requests if isinstance(one, LoglikelihoodRequest)]


def _stripped(text: str) -> tuple[str, str]:
    """Return the context and its trailing spaces, which lm-eval moves to the continuation."""
    spaces = len(text) - len(text.rstrip())
    return (text[:-spaces], text[-spaces:]) if spaces else (text, "")


def _full(document: Document, prefixes: Mapping[str, str]) -> list[str]:
    shared = prefixes[document.prefix] if document.prefix else ""
    return [shared + text for text in document.contexts]


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
