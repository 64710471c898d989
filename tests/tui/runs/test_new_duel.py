"""Duels: started from two runs, listed among the runs, their matches told in full."""

from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from stack_tui.runs.events import JudgeScore, Sample
from stack_tui.runs.spec import DuelParticipant, DuelSubject, RunSpec
from stack_tui.tui.app import StackApp
from stack_tui.tui.runs.new_duel import NewDuel
from stack_tui.tui.state.snapshot import ChosenRun, Counts, RunCard, Snapshot
from stack_tui.tui.ui.check_list import CheckList
from stack_tui.worker import launch
from stack_tui.worker.requests import DuelRun
from tests.tui.data import (
    BEGAN,
    JUDGE,
    drive,
    passing,
    screen_text,
    suite_card,
    suite_spec,
    up,
    wait_for,
)

SPEC = RunSpec(
    id="20261118-130000-duel-custom-gpt-mini-0003",
    created="2026-11-18T13:00:00+00:00",
    endpoint=JUDGE,
    judges=(JUDGE,),
    subject=DuelSubject(
        suite="custom",
        runs=(
            DuelParticipant(letter="a", id="first", model="org/llama-8b"),
            DuelParticipant(letter="b", id="second", model="org/qwen-7b"),
        ),
    ),
)


def match(winner: str, place: int, *scores: float) -> Sample:
    return Sample(
        at=BEGAN,
        task="a vs b",
        id=f"case-{place}",
        place=place,
        prompt="The input of the case.",
        outputs={"a": "Alpha says this.", "b": "Beta says that."},
        winner=winner,
        verdicts=tuple(
            JudgeScore(judge="judge", model="gpt-mini", score=score, first=first, answer="second")
            for score, first in zip(scores, "ab", strict=True)
        ),
    )


MATCHES = (match("b", 0, 1.0, 1.0), match("tie", 1, 0.0, 1.0))
CARD = RunCard(
    folder=Path("eval-results") / SPEC.id,
    spec=SPEC,
    phase="finished",
    loaded=True,
    counts=Counts(planned=2, done=2),
)
SHOWN = Snapshot(ready=True, runs=(CARD,), chosen=ChosenRun(CARD, MATCHES))


def test_a_duel_stands_among_the_runs_with_its_models() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        shown = screen_text(app)
        assert "duel-custom" in shown
        assert "llama-8b vs qwen-7b" in shown

    drive(body, SHOWN, size=(200, 60))


def test_a_match_shows_both_outputs_and_the_judges_answers_in_both_orders() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("4", "z", "enter")
        shown = screen_text(app)
        for part in ("b won", "Alpha says this.", "Beta says that.", "a first", "b first", "for b"):
            assert part in shown
        await pilot.press("n")
        assert "the same position both times: no preference" in screen_text(app)
        await pilot.press("p")
        assert "The input of the case." in screen_text(app)

    drive(body, SHOWN, size=(120, 50))


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
def test_matches_are_listed_with_their_winner_at_every_size(size: tuple[int, int]) -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("4", "z")
        shown = screen_text(app)
        assert "▸ b won" in shown
        assert "= tie" in shown

    drive(body, SHOWN, size=size)


def two_runs() -> Snapshot:
    newer = suite_card((passing(),))
    spec = suite_spec("20261117-120000-custom-llama-8b-0000")
    older = replace(newer, folder=Path("eval-results") / spec.id, spec=spec)
    return Snapshot(ready=True, runs=(newer, older), chosen=ChosenRun(newer, (passing(),)))


def test_d_starts_a_duel_against_the_run_before_judged_by_its_judges(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started: list[tuple[list[str], list[str]]] = []

    def start(request: DuelRun, _: Path) -> Path:
        judges = [judge.name for judge in request.judges]
        started.append(([run.name for run in request.runs], judges))
        return Path("eval-results") / SPEC.id

    monkeypatch.setattr(launch, "start", start)

    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("2", "d")
        await pilot.pause()
        assert isinstance(app.screen, NewDuel)
        assert "0000" in screen_text(app)
        await pilot.press("ctrl+s")
        await pilot.pause()
        await wait_for(pilot, lambda: started)

    drive(body, two_runs(), answers=(up(),))
    (runs, judges), *_ = started
    assert [run[-4:] for run in runs] == ["0000", "0001"]
    assert judges == ["judge"]


def test_a_duel_needs_a_judge() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("2", "d")
        await pilot.pause()
        app.screen.query_one(CheckList).tick([])
        await pilot.press("ctrl+s")
        assert "Tick at least one judge." in screen_text(app)

    drive(body, two_runs())


def test_one_run_alone_has_nothing_to_be_judged_against() -> None:
    async def body(app: StackApp, pilot: Pilot[None]) -> None:
        await pilot.press("2", "d")
        await pilot.pause()
        assert "Mark a run with m" in screen_text(app)

    drive(body, Snapshot(ready=True, runs=(suite_card((passing(),)),)))
