"""Made-up values for the columns of data sets, the same for the same seed."""

import random
from collections.abc import Callable, Mapping
from typing import Any

Column = Callable[[random.Random], Any]
# None takes a column away that a template seems to name.
Columns = Mapping[str, Column | None]

_WORDS = (
    "the", "a", "river", "water", "small", "children", "engine", "walks", "carefully",
    "towards", "naïve", "café", "light", "of", "in", "and", "with", "blue", "stone", "12",
    "answered", "letters", "because", "year", "market", "doctor", "3.5", "city’s", "long",
    "Müller", "music", "often", "never", "green", "window", "writes", "old", "north", "paper",
    "people", "under", "garden", "twice", "Québec",
)  # fmt: skip
_ENDS = (".", ".", ".", "?", "!", " —")
LETTERS = "ABCDEFGHIJ"


def words(low: int, high: int | None = None) -> Column:
    """Return a column of `low` to `high` words."""

    def draw(seed: random.Random) -> str:
        return " ".join(seed.choices(_WORDS, k=seed.randint(low, high or low)))

    return draw


def sentence(seed: random.Random) -> str:
    """Return a sentence of a few words."""
    text = str(words(4, 12)(seed))
    return text[0].upper() + text[1:] + seed.choice(_ENDS)


def paragraph(seed: random.Random) -> str:
    """Return a few sentences."""
    return " ".join(sentence(seed) for _ in range(seed.randint(2, 5)))


def plain(seed: random.Random) -> str:
    """Return a sentence of ASCII letters that ends with a full stop."""
    known = [word for word in _WORDS if word.isascii() and word.isalpha()]
    return " ".join(seed.choices(known, k=seed.randint(5, 9))).capitalize() + "."


def integer(low: int, high: int) -> Column:
    """Return a column of numbers, both ends included."""
    return lambda seed: seed.randint(low, high)


def one_of(*values: Any) -> Column:
    """Return a column of these values."""
    return lambda seed: seed.choice(values)


def constant(value: Any) -> Column:
    """Return a column of one value."""
    return lambda seed: value


def letter(count: int) -> Column:
    """Return a column of the first `count` letters."""
    return one_of(*LETTERS[:count])


def digits(low: int, high: int) -> Column:
    """Return a column of numbers as text."""
    return lambda seed: str(seed.randint(low, high))


def several(column: Column, low: int, high: int | None = None) -> Column:
    """Return a column of lists of `low` to `high` values of `column`."""
    return lambda seed: [column(seed) for _ in range(seed.randint(low, high or low))]


def record(**columns: Column) -> Column:
    """Return a column of mappings."""
    return lambda seed: {name: column(seed) for name, column in columns.items()}


def as_literal(column: Column) -> Column:
    """Return a column of Python literals of the values of `column`."""
    return lambda seed: repr(column(seed))


def numbered(form: str, low: int, high: int, column: Column) -> Columns:
    """Return the columns `form.format(low)` to `form.format(high)`."""
    return {form.format(n): column for n in range(low, high + 1)}


def labelled_choices(count: int) -> Column:
    """Return a column of choices as ARC has them: texts beside their letters."""
    return record(text=several(words(1, 4), count), label=constant(list(LETTERS[:count])))


def with_blank(seed: random.Random) -> str:
    """Return a sentence with a blank to fill."""
    return f"{words(3, 6)(seed).capitalize()} _ {words(3, 6)(seed)}."


def solution(seed: random.Random) -> str:
    """Return a mathematical solution that ends in a box."""
    return f"{sentence(seed)} So $x = \\boxed{{{seed.randint(2, 40)}}}$."


def marked_answer(seed: random.Random) -> str:
    """Return an answer as in GSM8K."""
    first, second = seed.randint(2, 40), seed.randint(2, 40)
    total = f"{first}+{second} = <<{first}+{second}={first + second}>>{first + second}"
    return f"{sentence(seed)} {total}\n#### {first + second}"
