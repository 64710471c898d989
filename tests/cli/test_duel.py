"""The duel command: who judges, and what it says where there is nothing to judge."""

from pathlib import Path

import pytest

from stack_tui.cli.command_line import run
from stack_tui.config.decode import Config, Defaults, Endpoint
from stack_tui.errors import StackError
from stack_tui.runs.spec import RunSpec, SuiteSubject
from stack_tui.runs.store import create, read_spec
from stack_tui.worker.duel_draft import duel_judges
from tests.cli.folders import SUITE

ONE = Endpoint(name="one", url="http://127.0.0.1:1/v1", model="m1")
TWO = Endpoint(name="two", url="http://127.0.0.1:2/v1", model="m2")


def suite_run(results: Path, *judges: Endpoint) -> Path:
    spec = RunSpec(
        id="20261124-101500-tiny-0001",
        created="2026-11-24T10:15:00+00:00",
        endpoint=TWO,
        judges=judges,
        subject=SuiteSubject(name="tiny", path="tiny.toml", sha256="0"),
    )
    return create(results, spec, "")


def chosen(config: Config, named: list[str], first: Path, *suite: str) -> list[Endpoint]:
    """Return the judges of a duel whose first run is of a suite with these judges."""
    judges = ", ".join(f'"{judge}"' for judge in suite)
    (first / "suite.toml").write_text(SUITE.replace("[suite]", f"[suite]\njudges = [{judges}]"))
    return list(duel_judges(config, named, first, read_spec(first)))


def test_judges_are_the_named_the_suites_the_configured_or_those_of_run_a(tmp_path: Path) -> None:
    first = suite_run(tmp_path, ONE)
    known = {"one": ONE, "two": TWO}
    plain, with_default = (
        Config(endpoints=known),
        Config(endpoints=known, defaults=Defaults(judges=("two",))),
    )
    assert chosen(plain, ["two"], first, "one") == [TWO]
    assert chosen(plain, [], first, "self", "two") == [TWO]
    assert chosen(with_default, [], first, "self") == [TWO]
    assert chosen(plain, [], first) == [ONE]


def test_a_run_that_nobody_judged_is_judged_by_its_own_endpoint(tmp_path: Path) -> None:
    assert chosen(Config(), [], suite_run(tmp_path)) == [TWO]


def test_no_model_can_be_meant_by_self(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="endpoint's name"):
        chosen(Config(), ["self"], suite_run(tmp_path))


def test_one_run_alone_is_no_duel(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = suite_run(tmp_path).name
    assert run(["--results", str(tmp_path), "duel", name]) == 2
    assert "from 2 to 26 runs" in capsys.readouterr().err
