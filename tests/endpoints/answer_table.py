"""The table of docs/suites.md that says how endings, thinking and refusals are taken."""

import re
from dataclasses import dataclass
from pathlib import Path

_DOCS = Path(__file__).parents[2] / "docs" / "suites.md"
_CELL = re.compile(r"(?<!\\)\|")
_CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Row:
    """A row: `codes` are what stands in backticks in its second cell, `taken_as` the third cell."""

    kind: str
    text: str
    codes: tuple[str, ...]
    taken_as: str

    @property
    def taken(self) -> str:
        """The first text in backticks of the last cell."""
        return str(_CODE.findall(self.taken_as)[0])


def rows(kind: str) -> list[Row]:
    """Return the table's rows of that kind; there must be some."""
    section = _DOCS.read_text().partition("## What servers send")[2].partition("\n## ")[0]
    found = []
    for line in section.splitlines():
        if line.startswith(f"| {kind} |"):
            _, sent, taken = (cell.strip().replace("\\|", "|") for cell in _CELL.split(line)[1:-1])
            found.append(Row(kind, sent, tuple(_CODE.findall(sent)), taken))
    assert found
    return found
