"""Whether a judge is the model that it judges, or of its family."""

import re
from typing import Literal

JudgeKinship = Literal["itself", "family"]

# A family by the words that name it; a fine-tune's name mostly keeps that of what it was made from.
_FAMILIES = {
    "llama": ("llama", "vicuna", "alpaca", "nemotron"),
    "qwen": ("qwen", "qwq", "qvq"),
    "mistral": ("mistral", "mixtral", "ministral", "codestral", "magistral", "devstral", "pixtral"),
    "gemma": ("gemma", "gemini"),
    "gpt": ("gpt", "chatgpt", "o1", "o3", "o4", "davinci"),
    "claude": ("claude",),
    "deepseek": ("deepseek",),
    "phi": ("phi",),
    "command": ("command", "aya"),
    "glm": ("glm", "chatglm"),
    "yi": ("yi",),
    "grok": ("grok",),
    "kimi": ("kimi", "moonshot"),
}
_WORD_FAMILIES = {word: family for family, words in _FAMILIES.items() for word in words}
_WORD = re.compile(r"[a-z]+(?:\d(?![a-z0-9]))?")


def families(model: str) -> frozenset[str]:
    """Return the families that a model's name tells of; of an unknown one, its first word."""
    name = model.lower()
    known = {_WORD_FAMILIES[each] for word in _WORD.findall(name) for each in _parts(word)}
    if known:
        return frozenset(known)
    own = re.findall("[a-z]+", name.rsplit("/", 1)[-1])
    return frozenset(own[:1])


def _parts(word: str) -> list[str]:
    """Return the known words in a word: itself, less its digits, or what it ends in (codellama)."""
    bare = word.rstrip("0123456789")
    ends = [known for known in _WORD_FAMILIES if len(known) > 3 and bare.endswith(known)]
    return [each for each in {word, bare, *ends} if each in _WORD_FAMILIES]


def kinship(judge: str, model: str) -> JudgeKinship | None:
    """Return how the judge is related to the model, by their names alone; None where it is not."""
    if not judge or not model:
        return None
    if _bare(judge) == _bare(model):
        return "itself"
    return "family" if families(judge) & families(model) else None


def _bare(model: str) -> str:
    return model.lower().rsplit("/", 1)[-1]
