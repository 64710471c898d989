"""duel.json: what a duel judges, copied from its runs, which may be gone when it is read."""

from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from typing import Literal

import msgspec

from stack_tui.errors import StackError
from stack_tui.runs.events import SampleKey, Status, sample_name

ExclusionReason = Literal["missing in one run", "case changed", "no output"]


class CaseText(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What judges are told of a case, as it was in the runs that share its fingerprint."""

    input: str
    rubric: str = ""


class DuelEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One run's output for a case; `case` is the fingerprint by which the contest holds the case.

    An output is None where the run ended in an error there.
    """

    run: str
    case: str
    output: str | None = None
    status: Status = "ok"


class DuelCase(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A case, repeat and temperature, and the entry of each run that has it."""

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
        """What it is called within the duel."""
        return sample_name(self.id, self.repeat, self.temperature)


class DuelData(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All cases of the runs, which go by the letters `runs`, in the order of their suite."""

    suite: str
    runs: tuple[str, ...]
    bouts: tuple[DuelCase, ...]
    cases: Mapping[str, CaseText] = {}
    judge_max_tokens: int = 1024


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """Two runs' outputs for the same case: what judges are asked about."""

    a: str
    b: str
    bout: DuelCase
    case: CaseText
    outputs: tuple[str, str]

    @property
    def task(self) -> str:
        """What the matches of the same two runs have in common."""
        return pair_name(self.a, self.b)

    @property
    def key(self) -> SampleKey:
        """The key of the sample that tells its outcome."""
        return (self.task, self.bout.id, self.bout.repeat, self.bout.temperature)


def pair_name(a: str, b: str) -> str:
    """Return what two runs of a duel are called together."""
    return f"{a} vs {b}"


def matches(
    contest: DuelData,
) -> tuple[dict[str, list[Match]], dict[str, dict[ExclusionReason, list[str]]]]:
    """Return each pair's matches, and the cases that are set apart by reason.

    Every case that either run of a pair has is in one of them.
    """
    found: dict[str, list[Match]] = {}
    apart: dict[str, dict[ExclusionReason, list[str]]] = {}
    for a, b in combinations(contest.runs, 2):
        found[pair_name(a, b)] = []
        apart[pair_name(a, b)] = {}
        for bout in contest.bouts:
            entries = {entry.run: entry for entry in bout.entries}
            first, second = entries.get(a), entries.get(b)
            if first is None and second is None:
                continue
            if why := _why_apart(first, second):
                apart[pair_name(a, b)].setdefault(why, []).append(bout.name)
            elif first and second:
                outputs = (first.output or "", second.output or "")
                case = contest.cases[first.case]
                match = Match(a=a, b=b, bout=bout, case=case, outputs=outputs)
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
    """Return what the duel in that folder judges; raises StackError where it cannot be read."""
    path = duel_data_path(folder)
    try:
        return msgspec.json.decode(path.read_bytes(), type=DuelData)
    except OSError as error:
        raise StackError(f"cannot be read: {error.strerror}", where=str(path)) from None
    except msgspec.MsgspecError as error:
        raise StackError(f"holds no duel: {error}", where=str(path)) from None
