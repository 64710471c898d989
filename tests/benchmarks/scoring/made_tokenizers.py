"""Tokenizers of eight kinds, trained on the spot, and texts that are hard to split."""

import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from tokenizers.trainers import BpeTrainer, UnigramTrainer, WordLevelTrainer, WordPieceTrainer

from stack_tui.benchmarks.scoring.model_tokenizer import splits_lines

PIECES = (
    "the", "answer", "is", "a", "A", "B", " ", " ", "  ", "\n", "\n\n", "\t", "_", "__", ".", ",",
    "?", ":", "12", "345", "3.14", "-", "—", "“so”", "isn't", "naïve", "cafe\u0301", "Québec",
    "\u00a0", "\u202f", "\u3000", "\u200b", "\u200d", "👩\u200d👩\u200d👧", "👍🏽", "🇫🇷",
    "東京", "答案：", "سؤال", "प्रश्न", "한국어", "ﬁ", "²", "<s>", "</s>", "[UNK]", "##ing", "▁", "Ġ",
    "\\n", "{{x}}", "\r\n", "e\u0301\u0302", "longerwordthatsplits", "Question:", "Answer:", "é",
    "ß", "İ", "\ufeff", "\u2028",
)  # fmt: skip


def nasty_text(seed: random.Random, most: int) -> str:
    """Return up to `most` pieces of text, joined with and without spaces."""
    joints = ("", " ", " ", "\n")
    return "".join(seed.choice(PIECES) + seed.choice(joints) for _ in range(seed.randint(0, most)))


def _corpus() -> Iterator[str]:
    seed = random.Random(7)
    for _ in range(600):
        yield nasty_text(seed, 30)


def _trained(model: Any, trainer: Any, pre_tokenizer: Any, normalizer: Any = None) -> Tokenizer:
    tokenizer = Tokenizer(model)
    if normalizer is not None:
        tokenizer.normalizer = normalizer
    if pre_tokenizer is not None:
        tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.train_from_iterator(_corpus(), trainer)
    return tokenizer


def _byte_level() -> Tokenizer:
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = BpeTrainer(
        vocab_size=700,
        initial_alphabet=alphabet,
        special_tokens=["<pad>", "<s>", "</s>"],
        show_progress=False,
    )
    tokenizer = _trained(models.BPE(), trainer, pre_tokenizers.ByteLevel(add_prefix_space=False))
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def _byte_level_with_bos() -> Tokenizer:
    tokenizer = _byte_level()
    token = tokenizer.token_to_id("<s>")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A", special_tokens=[("<s>", token)]
    )
    return tokenizer


def _split_digits() -> Tokenizer:
    pattern = Regex(r"\p{N}|[^\r\n\p{L}\p{N}]?\p{L}+| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+")
    before = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(pattern, behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = BpeTrainer(vocab_size=600, initial_alphabet=alphabet, show_progress=False)
    return _trained(models.BPE(), trainer, before, normalizers.NFC())


def _metaspace() -> Tokenizer:
    trainer = BpeTrainer(vocab_size=600, special_tokens=["<unk>", "<s>"], show_progress=False)
    return _trained(
        models.BPE(unk_token="<unk>", fuse_unk=True), trainer, pre_tokenizers.Metaspace()
    )


def _word_piece() -> Tokenizer:
    trainer = WordPieceTrainer(vocab_size=500, special_tokens=["[UNK]"], show_progress=False)
    return _trained(
        models.WordPiece(unk_token="[UNK]"),
        trainer,
        pre_tokenizers.BertPreTokenizer(),
        normalizers.BertNormalizer(lowercase=True),
    )


def _unigram() -> Tokenizer:
    trainer = UnigramTrainer(
        vocab_size=400, unk_token="<unk>", special_tokens=["<unk>"], show_progress=False
    )
    return _trained(models.Unigram(), trainer, pre_tokenizers.Metaspace(), normalizers.NFKC())


def _unigram_of_whole_texts() -> Tokenizer:
    """Return one that splits nowhere first: its tokens reach over spaces and line breaks."""
    ends = [f"{end}\n{piece}" for end in "aé2" for piece in PIECES[::3]]
    common = ["the answer is", "answer\n", "\n\nA", "\nB", "\nAnswer: A", "Answer:", " the", ":\n"]
    scores = [("<unk>", -20.0), *((text, -4.0) for text in (*ends, *common))]
    letters = sorted({sign for piece in PIECES for sign in piece})
    scores += [(letter, -6.0 - place / 100) for place, letter in enumerate(letters)]
    return Tokenizer(models.Unigram(scores, unk_id=0, byte_fallback=False))


def _word_level() -> Tokenizer:
    trainer = WordLevelTrainer(vocab_size=400, special_tokens=["[UNK]"], show_progress=False)
    return _trained(models.WordLevel(unk_token="[UNK]"), trainer, pre_tokenizers.Whitespace())


TOKENIZERS: dict[str, Callable[[], Tokenizer]] = {
    "byte-level BPE": _byte_level,
    "byte-level BPE with BOS": _byte_level_with_bos,
    "BPE that splits digits": _split_digits,
    "BPE with metaspace": _metaspace,
    "WordPiece": _word_piece,
    "unigram": _unigram,
    "unigram that never splits": _unigram_of_whole_texts,
    "word level": _word_level,
}


class InMemory:
    """A tokenizer as our Encoder asks it."""

    name = "in memory"

    def __init__(self, loaded: Tokenizer) -> None:
        self._loaded = loaded
        self.splits_lines = splits_lines(loaded)

    def tokens(self, text: str) -> list[int]:
        """Return the tokens of one text, without special tokens."""
        return list(self._loaded.encode(text, add_special_tokens=False).ids)

    async def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the tokens of each text."""
        return [self.tokens(text) for text in texts]
