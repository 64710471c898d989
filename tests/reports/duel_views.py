"""Duels for tests of what is made from them."""

from collections.abc import Sequence

from stack_tui.runs.events import Event, JudgeScore, Planned, Sample, Started, TaskPlan
from stack_tui.runs.spec import DuelParticipant, DuelSubject, RunSpec
from stack_tui.runs.view import RunView
from tests.reports.views import JUDGE
from tests.runs.samples import fold

SCORES = {"a": 0.0, "b": 1.0, "tie": 0.5, "?": None}


def spec(letters: str = "ab") -> RunSpec:
    """The spec of a duel of runs of those letters, each of a model of its own."""
    runs = tuple(
        DuelParticipant(letter=each, id=f"run-{each}", model=f"model-{each}") for each in letters
    )
    return RunSpec(
        id="20261124-101500-duel-custom-big-0a1b",
        created="2026-11-24T10:15:00+00:00",
        endpoint=JUDGE,
        judges=(JUDGE,),
        subject=DuelSubject(suite="custom", runs=runs),
    )


def match(
    winner: str,
    place: int = 0,
    *,
    said: str = "",
    pair: str = "ab",
    case: str = "",
    repeat: int = 0,
) -> Sample:
    """A match that was won so; `said` has the judge's two answers, a first and b first."""
    answers = {"ab": ("a", "b"), "": (winner, winner)}.get(said, tuple(said.split("/")))
    if pair != "ab":
        answers = tuple({pair[0]: "a", pair[1]: "b"}.get(each, each) for each in answers)
    verdicts = tuple(
        JudgeScore(judge="judge", model="big", score=SCORES[answer or "?"], first=first)
        for answer, first in zip(answers, pair, strict=True)
    )
    return Sample(
        at=1.0,
        task=f"{pair[0]} vs {pair[1]}",
        id=case or f"c{place}",
        place=place,
        repeat=repeat,
        status="ok" if winner else "unscored",
        prompt="the input",
        outputs={pair[0]: "one output", pair[1]: "another output"},
        verdicts=verdicts,
        winner=winner,
    )


def duel(
    samples: Sequence[Sample],
    letters: str = "ab",
    *,
    missing: int = 0,
    apart: dict[str, tuple[str, ...]] | None = None,
) -> RunView:
    """A duel with those matches."""
    pairs = [f"{a} vs {b}" for n, a in enumerate(letters) for b in letters[n + 1 :]]
    plan = tuple(
        TaskPlan(
            name=name,
            samples=sum(sample.task == name for sample in samples) + missing,
            requests=0,
            route="chat",
            apart=apart or {},
        )
        for name in pairs
    )
    began: list[Event] = [
        Started(at=0.0, spec=spec(letters), versions={"stack-tui": "0"}),
        Planned(at=0.0, tasks=plan),
    ]
    return fold(spec(letters), [*began, *samples])
