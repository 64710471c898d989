"""Reading runs and suites from disk."""

from pathlib import Path

from stack_tui.runs.events import (
    Finished,
    Planned,
    RecordScores,
    Sample,
    Server,
    Started,
    StateChanged,
    TaskPlan,
)
from stack_tui.runs.journal import Journal
from stack_tui.runs.spec import RunSpec
from stack_tui.runs.store import create, journal_path
from stack_tui.tui.state.reader import Reader
from stack_tui.tui.state.snapshot import Snapshot
from tests.tui.data import BEGAN, benchmark_spec, failing, passing, suite_spec

SUITE = """
[suite]
name = "custom"
[[case]]
id = "kv-cache"
input = "Keys and values are kept."
must_mention = ["KV"]
"""


class Clock:
    def __init__(self) -> None:
        self.now = BEGAN

    def __call__(self) -> float:
        return self.now


def spec(number: int = 1) -> RunSpec:
    return suite_spec(f"20261118-12000{number}-custom-llama-8b-000{number}")


def begin(journal: Journal, run: RunSpec, samples: int = 2) -> None:
    journal.append(Started(at=BEGAN, spec=run, versions={}))
    plan = TaskPlan(name="custom", samples=samples, requests=samples, route="chat")
    journal.append(Planned(at=BEGAN, tasks=(plan,)))


def finished(results: Path, run: RunSpec, *samples: Sample) -> Path:
    folder = create(results, run, SUITE)
    with Journal(journal_path(folder)) as journal:
        begin(journal, run, len(samples))
        for sample in samples:
            journal.append(sample)
        journal.append(Finished(at=BEGAN + 10, outcome="complete"))
    return folder


def read(reader: Reader) -> Snapshot:
    """Return how things stand when all has been read."""
    reader.list_again()
    snapshot = reader.read()
    for _ in range(1000):
        if not reader.behind:
            break
        snapshot = reader.read()
    assert not reader.behind
    assert snapshot is not None
    return snapshot


def test_runs_come_newest_first_with_their_figures(tmp_path: Path) -> None:
    finished(tmp_path, spec(1), passing(), failing())
    finished(tmp_path, spec(2), passing())
    cards = read(Reader(tmp_path, lambda: tmp_path)).runs
    assert [card.id for card in cards] == [spec(2).id, spec(1).id]
    assert [card.phase for card in cards] == ["finished", "finished"]
    assert cards[1].counts.pass_rate == 0.5
    assert cards[1].summary is not None
    assert cards[1].summary.rule_avg == 0.75


def test_a_run_that_goes_on_has_its_course_and_its_servers_load(tmp_path: Path) -> None:
    folder = create(tmp_path, spec(), SUITE)
    with Journal(journal_path(folder)) as journal:
        begin(journal, spec(), 4)
        for at, tokens in ((BEGAN, 0.0), (BEGAN + 5, 500.0)):
            metrics = {"running": 3.0, "generation_tokens": tokens}
            journal.append(Server(at=at, metrics=metrics))
        journal.append(passing())
        journal.append(failing())
        chosen = read(Reader(tmp_path, lambda: tmp_path, Clock())).chosen
    assert chosen is not None
    assert chosen.load is not None
    assert (chosen.load.running, chosen.load.tokens_out) == (3, 100)
    assert [(point.done, point.rate) for point in chosen.course.points] == [(1, 1.0), (2, 0.5)]
    assert chosen.course.planned == 4
    ended = read(Reader(tmp_path, lambda: tmp_path, Clock())).chosen
    assert ended is not None
    assert ended.load is None


def test_nothing_new_gives_no_snapshot(tmp_path: Path) -> None:
    finished(tmp_path, spec(), passing())
    reader = Reader(tmp_path, lambda: tmp_path, Clock())
    read(reader)
    reader.list_again()
    assert reader.read() is None


def test_the_samples_of_the_chosen_run_are_given_at_first_of_the_newest(tmp_path: Path) -> None:
    folder = finished(tmp_path, spec(1), passing(), failing())
    finished(tmp_path, spec(2), passing())
    reader = Reader(tmp_path, lambda: tmp_path)
    newest = read(reader).chosen
    assert newest is not None
    assert newest.card.id == spec(2).id
    reader.choose(folder)
    chosen = read(reader).chosen
    assert chosen is not None
    assert [sample.id for sample in chosen.samples] == ["solar-system", "kv-cache"]
    assert chosen.suite is not None
    assert chosen.suite.cases[0].must_mention == ("KV",)


def test_a_live_run_grows_from_snapshot_to_snapshot(tmp_path: Path) -> None:
    run = spec()
    folder = create(tmp_path, run, SUITE)
    clock = Clock()
    reader = Reader(tmp_path, lambda: tmp_path, clock)
    reader.choose(folder)
    with Journal(journal_path(folder)) as journal:
        begin(journal, run, 4)
        assert read(reader).runs[0].phase == "running"
        for place in range(3):
            journal.append(passing(f"case-{place}", place))
        clock.now = BEGAN + 3
        snapshot = read(reader)
        assert snapshot.chosen is not None
        assert len(snapshot.chosen.samples) == 3
        card = snapshot.runs[0]
        assert (card.counts.done, card.rate, card.left_s) == (3, 1.0, 1)
        journal.append(StateChanged(at=BEGAN + 3, state="paused"))
        assert read(reader).runs[0].phase == "paused"


def test_a_run_whose_worker_is_gone_is_interrupted(tmp_path: Path) -> None:
    run = spec()
    folder = create(tmp_path, run, SUITE)
    with Journal(journal_path(folder)) as journal:
        begin(journal, run)
    assert read(Reader(tmp_path, lambda: tmp_path)).runs[0].phase == "interrupted"


def test_a_run_that_goes_on_elsewhere_is_noticed(tmp_path: Path) -> None:
    run = spec()
    folder = create(tmp_path, run, SUITE)
    with Journal(journal_path(folder)) as journal:
        begin(journal, run)
    reader = Reader(tmp_path, lambda: tmp_path)
    read(reader)
    with Journal(journal_path(folder)) as journal:
        journal.append(passing())
        assert read(reader).runs[0].active


def test_a_run_that_is_deleted_disappears(tmp_path: Path) -> None:
    folder = finished(tmp_path, spec(), passing())
    reader = Reader(tmp_path, lambda: tmp_path)
    read(reader)
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    assert read(reader).runs == ()


def test_a_damaged_spec_is_a_problem_of_that_run_alone(tmp_path: Path) -> None:
    finished(tmp_path, spec(1), passing())
    broken = finished(tmp_path, spec(2), passing())
    (broken / "run.toml").write_text("id = ")
    cards = read(Reader(tmp_path, lambda: tmp_path)).runs
    assert cards[0].problem is not None
    assert "run.toml" in cards[0].problem.where
    assert cards[1].phase == "finished"


def test_suites_are_read_again_when_they_change_and_bad_ones_say_why(tmp_path: Path) -> None:
    cases = tmp_path / "cases"
    cases.mkdir()
    (cases / "good.toml").write_text(SUITE)
    (cases / "bad.toml").write_text("[suite]\nname = 3\n")
    reader = Reader(tmp_path / "results", lambda: cases)
    bad, good = read(reader).suites
    assert good.suite is not None
    assert bad.problem is not None
    assert "bad.toml" in bad.problem.where
    (cases / "bad.toml").write_text(SUITE)
    assert all(file.suite for file in read(reader).suites)


def test_folders_that_are_not_there_hold_nothing(tmp_path: Path) -> None:
    snapshot = read(Reader(tmp_path / "none", lambda: tmp_path / "none"))
    assert snapshot.ready
    assert (snapshot.runs, snapshot.suites) == ((), ())


def test_a_benchmark_that_has_ended_has_lm_evals_scores_of_record(tmp_path: Path) -> None:
    run = benchmark_spec()
    results = {
        "results": {"wikitext": {"word_perplexity,none": 12.3, "word_perplexity_stderr,none": 0.2}}
    }
    folder = create(tmp_path, run)
    with Journal(journal_path(folder)) as journal:
        begin(journal, run)
        journal.append(passing())
        journal.append(RecordScores(at=BEGAN + 5, results=results, table=""))
        journal.append(Finished(at=BEGAN + 6, outcome="complete"))
    score = read(Reader(tmp_path, lambda: tmp_path / "cases")).runs[0].recorded["wikitext"]
    assert (score.metric, score.value, score.stderr) == ("word_perplexity", 12.3, 0.2)
