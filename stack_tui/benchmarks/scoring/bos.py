"""Whether texts begin with the model's BOS token when they are sent as tokens."""

from dataclasses import dataclass
from typing import Literal

from stack_tui.benchmarks.scoring.model_tokenizer import FileTokenizer, ModelTokenizer
from stack_tui.errors import StackError

AddBos = Literal["auto", "yes", "no"]


@dataclass(frozen=True)
class BosChoice:
    """The `token` that each text begins with, None for none.

    `own` is the token that the tokenizer by its own setting puts there.
    """

    token: int | None = None
    own: int | None = None

    @property
    def missing(self) -> bool:
        """Whether the run leaves out what the tokenizer would put there."""
        return self.own is not None and self.token is None


async def choose_bos(tokenizer: ModelTokenizer | None, wanted: AddBos) -> BosChoice:
    """Return the choice; `auto` does as the tokenizer does by its own setting.

    Raises StackError if a BOS is wanted and the tokenizer has none.
    """
    if tokenizer is None:
        return BosChoice()
    leading = await tokenizer.leading_token()
    if wanted == "no":
        return BosChoice(own=leading)
    token = leading
    if wanted == "yes" and token is None:
        token = tokenizer.bos if isinstance(tokenizer, FileTokenizer) else None
        if token is None:
            raise StackError(
                "no BOS token is known for the model",
                where=tokenizer.name,
                remedy="Name the folder with the model's tokenizer files with --tokenizer,"
                " or omit --add-bos.",
            )
    return BosChoice(token, leading)
