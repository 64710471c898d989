"""duel.json: what a duel judges, copied from its runs, which may be deleted in the meantime."""

from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from typing import Literal

import msgspec

from stack_tui.errors import StackError
from stack_tui.runs.events import SampleKey, Status, sample_name

ExclusionReason = Literal["missing in one run", "case changed", "no output"]


class CaseText(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What judges read about a case, as it was in the runs that share its fingerprint."""

    input: str
    rubric: str = ""


class DuelEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One run's output for a case."""

    run: str
    """The run's letter."""
    case: str
    """The fingerprint of the case, its key in `DuelData.cases`."""
    output: str | None = None
    """None if the sample ended in an error."""
    status: Status = "ok"


class DuelCase(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A case, repeat and temperature, with the entry of each run that has it."""

    id: str
    repeat: int = 0
    temperature: float | None = None
    cluster: str = ""
    place: int = 0
    labels: tuple[str, ...] = ()
    holdout: bool = False
    entries: tuple[DuelEntry, ...] = ()

    @property
    def name(self) -> str:
        """Its name within the duel."""
        return sample_name(self.id, self.repeat, self.temperature)


class DuelData(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All cases of the runs, whose letters are `runs`, in the order of their suite."""

    suite: str
    runs: tuple[str, ...]
    bouts: tuple[DuelCase, ...]
    cases: Mapping[str, CaseText] = {}
    judge_max_tokens: int = 1024


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """Two runs' outputs for the same case, which judges compare."""

    a: str
    b: str
    duel_case: DuelCase
    case: CaseText
    outputs: tuple[str, str]

    @property
    def task(self) -> str:
        """The name of the pair of runs."""
        return pair_name(self.a, self.b)

    @property
    def key(self) -> SampleKey:
        """The key of the sample with its outcome."""
        return (self.task, self.duel_case.id, self.duel_case.repeat, self.duel_case.temperature)


def pair_name(a: str, b: str) -> str:
    """Return the name of a pair of runs in a duel."""
    return f"{a} vs {b}"


def matches(
    data: DuelData,
) -> tuple[dict[str, list[Match]], dict[str, dict[ExclusionReason, list[str]]]]:
    """Return each pair's matches, and the names of its cases that are set apart, by reason.

    Every case that either run of a pair has is in one of the two.
    """
    found: dict[str, list[Match]] = {}
    apart: dict[str, dict[ExclusionReason, list[str]]] = {}
    for a, b in combinations(data.runs, 2):
        found[pair_name(a, b)] = []
        apart[pair_name(a, b)] = {}
        for duel_case in data.bouts:
            entries = {entry.run: entry for entry in duel_case.entries}
            first, second = entries.get(a), entries.get(b)
            if first is None and second is None:
                continue
            if why := _why_apart(first, second):
                apart[pair_name(a, b)].setdefault(why, []).append(duel_case.name)
            elif first and second:
                outputs = (first.output or "", second.output or "")
                case = data.cases[first.case]
                match = Match(a=a, b=b, duel_case=duel_case, case=case, outputs=outputs)
                found[match.task].append(match)
    return found, apart


def _why_apart(first: DuelEntry | None, second: DuelEntry | None) -> ExclusionReason | None:
    if first is None or second is None:
        return "missing in one run"
    if first.case != second.case:
        return "case changed"
    if first.output is None or second.output is None:
        return "no output"
    return None if first.output.strip() or second.output.strip() else "no output"


def duel_data_path(folder: Path) -> Path:
    return folder / "duel.json"


def read_duel_data(folder: Path) -> DuelData:
    """Return what the duel in that folder judges; raises StackError if it cannot be read."""
    path = duel_data_path(folder)
    try:
        return msgspec.json.decode(path.read_bytes(), type=DuelData)
    except OSError as error:
        raise StackError(f"cannot be read: {error.strerror}", where=str(path)) from None
    except msgspec.MsgspecError as error:
        raise StackError(f"is not a valid duel: {error}", where=str(path)) from None
