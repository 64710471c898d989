"""The model's own tokenizer, from its file or by its server's /tokenize."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from stack_tui.benchmarks.scoring.tokenizer_files import read_add_bos, read_special_tokens
from stack_tui.endpoints.capabilities import tokenize
from stack_tui.endpoints.client import Client
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.errors import StackError
from stack_tui.runner.request_engine import gather_all

_REMEMBERED = 1 << 16
_A_WORD = "Hello"
_LINES = "Hello\nworld"
_SAMPLE_TEXTS = (
    "Question: What is 12 × 34?\n\nA. 408\nB. 46\nAnswer:",
    "  It was the café's 1st “open” day;\tnaïve, isn't it? 東京 42",
)


class TokenizerError(StackError):
    """There is no tokenizer at the place named, or it is not the model's."""


class Tokenizer(Protocol):
    """Turns texts into the model's tokens, without adding special tokens.

    With `splits_lines`, no token reaches over a line break and what follows it.
    """

    name: str
    splits_lines: bool

    async def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the tokens of each text."""
        ...


class FileTokenizer:
    """A `tokenizer.json`, read by the `tokenizers` library, which uses its own threads."""

    def __init__(self, path: Path) -> None:
        from tokenizers import Tokenizer as Loaded

        self.name = str(path)
        self.folder = path.parent
        try:
            self._loaded = Loaded.from_file(str(path))
        except Exception as error:
            raise TokenizerError(f"is not a valid tokenizer: {error}", where=str(path)) from None
        self._loaded.no_truncation()
        self._loaded.no_padding()
        self.splits_lines = splits_lines(self._loaded)

    async def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the tokens of each text."""
        return await asyncio.to_thread(self._encode, list(texts))

    async def leading_token(self) -> int | None:
        """Return the first token that its post-processor adds, None if its config forbids it."""
        without = self._loaded.encode(_A_WORD, add_special_tokens=False).ids
        leading = _leading(self._loaded.encode(_A_WORD, add_special_tokens=True).ids, without)
        adds_bos = read_add_bos(self.folder)
        if adds_bos is None:
            return leading
        return (self.bos if leading is None else leading) if adds_bos else None

    @property
    def bos(self) -> int | None:
        """The BOS token that the tokenizer's config names, None if there is none."""
        text = read_special_tokens(self.folder).get("bos_token")
        return self.token(text) if text else None

    def token(self, text: str) -> int | None:
        """Return the id of the special token with this text, None if there is none."""
        found = self._loaded.token_to_id(text)
        return found if isinstance(found, int) else None

    def _encode(self, texts: list[str]) -> list[list[int]]:
        encoded = self._loaded.encode_batch_fast(texts, add_special_tokens=False)
        return [one.ids for one in encoded]


class ServerTokenizer:
    """The server's `/tokenize`, with a cache."""

    # Not known. The encoder's own checks on the first documents have to do.
    splits_lines = True

    def __init__(self, client: Client) -> None:
        self.name = f"{client.url} /tokenize"
        self._client = client
        self._known: dict[str, list[int]] = {}

    async def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the tokens of each text; raises EndpointError if the server returns none."""
        unknown = [text for text in dict.fromkeys(texts) if text not in self._known]
        if len(self._known) + len(unknown) > _REMEMBERED:
            self._known = {text: self._known[text] for text in texts if text in self._known}
        found = await gather_all(self._ask(text) for text in unknown)
        self._known.update(zip(unknown, found, strict=True))
        return [self._known[text] for text in texts]

    async def leading_token(self) -> int | None:
        """Return the first of the special tokens that the server adds if it is asked to."""
        without = await tokenize(self._client, _A_WORD)
        whole = await tokenize(self._client, _A_WORD, special=True)
        return _leading(whole or [], without or [])

    async def _ask(self, text: str) -> list[int]:
        if not text:
            return []
        tokens = await tokenize(self._client, text)
        if tokens is None:
            raise EndpointError("bad_answer", "/tokenize gave no tokens", where=self._client.where)
        return tokens


def splits_lines(loaded: Any) -> bool:
    """Return whether the tokenizer cuts a text at line breaks before it looks for tokens."""
    if loaded.pre_tokenizer is None:
        return False
    normalized = loaded.normalizer.normalize_str(_LINES) if loaded.normalizer else _LINES
    pieces = [piece for piece, _ in loaded.pre_tokenizer.pre_tokenize_str(normalized)]
    return len(pieces) >= _LINES.count("\n") + 1


def _leading(whole: Sequence[int], without: Sequence[int]) -> int | None:
    """Return the token that stands before the others, None if there is none."""
    return whole[0] if whole and list(whole[: len(without)]) != list(without) else None


ModelTokenizer = FileTokenizer | ServerTokenizer


async def find_tokenizer(
    client: Client, named: str | None, root: str | None, has_tokenize: bool | None
) -> ModelTokenizer | None:
    """Return the tokenizer of the endpoint's model, None if there is none.

    A `tokenizer.json` that is `named`, or found with the model at `root`, must give the same tokens
    as the server's own, if the server has one. Raises TokenizerError if the named one does not.
    """
    server = ServerTokenizer(client) if has_tokenize else None
    path = named_file(named) if named else None
    if path is None and root:
        path = _tokenizer_file(root)
    if path is None:
        return server
    from_file = FileTokenizer(path)
    if server is None or await _agree(from_file, server):
        return from_file
    if named:
        raise TokenizerError(
            "is not the tokenizer of the model that the server serves: the tokens differ",
            where=str(path),
            remedy="Omit --tokenizer to use the server's own.",
        )
    return server


async def _agree(one: Tokenizer, other: Tokenizer) -> bool:
    return await one.encode(_SAMPLE_TEXTS) == await other.encode(_SAMPLE_TEXTS)


def named_file(named: str) -> Path:
    """Return the `tokenizer.json` at that place; raises TokenizerError if there is none."""
    path = _tokenizer_file(named)
    if path is None:
        raise TokenizerError(
            "holds no tokenizer.json", where=named, remedy="Name the file or the model's folder."
        )
    return path


def _tokenizer_file(place: str) -> Path | None:
    """Return the `tokenizer.json` of a file, a folder, or a model downloaded from the hub."""
    path = Path(place).expanduser()
    candidate = path / "tokenizer.json" if path.is_dir() else path
    if candidate.is_file():
        return candidate
    return None if path.is_absolute() else _from_hub_cache(place)


def _from_hub_cache(model: str) -> Path | None:
    """Return the file from this machine's cache of the hub."""
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        found: Any = try_to_load_from_cache(model, "tokenizer.json")
    except HFValidationError:
        return None
    return Path(found) if isinstance(found, str) else None
