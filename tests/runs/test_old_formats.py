"""What version 0.1.0 wrote: its run.toml and its journal's events read as they did then."""

import json
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from stack_tui.config.decode import Endpoint
from stack_tui.runs import store
from stack_tui.runs.events import Started
from stack_tui.runs.journal_line import decode, encode
from stack_tui.runs.spec import (
    BenchmarkSubject,
    DuelParticipant,
    DuelSubject,
    RunSpec,
    Subject,
    SuiteSubject,
)
from stack_tui.toml_edit.source import TomlError

HEAD = """id = "20261120-101500-x-tiny-0a1b"
created = "2026-11-20T10:15:00+00:00"
judges = [
    { name = "judge", url = "http://127.0.0.1:8001/v1", model = "big" },
]
repeats = 3
note = "n"

[endpoint]
name = "local"
url = "http://127.0.0.1:8000/v1"
model = "tiny"

"""
SUITE = """[suite]
name = "custom"
path = "cases/custom.toml"
sha256 = "00ff"
"""
BENCHMARK = """[benchmark]
tasks = ["mmlu", "arc"]
fewshot = 5
limit = 10

[benchmark.gen]
temperature = 0.5
"""
DUEL = """[duel]
suite = "custom"
runs = [
    { letter = "a", id = "r1", model = "tiny" },
    { letter = "b", id = "r2" },
]
"""
SUBJECTS: list[tuple[str, Subject]] = [
    (SUITE, SuiteSubject(name="custom", path="cases/custom.toml", sha256="00ff")),
    (
        BENCHMARK,
        BenchmarkSubject(tasks=("mmlu", "arc"), fewshot=5, limit=10, gen={"temperature": 0.5}),
    ),
    (
        DUEL,
        DuelSubject(
            suite="custom",
            runs=(
                DuelParticipant(letter="a", id="r1", model="tiny"),
                DuelParticipant(letter="b", id="r2"),
            ),
        ),
    ),
]


def spec_of(subject: Subject) -> RunSpec:
    return RunSpec(
        id="20261120-101500-x-tiny-0a1b",
        created="2026-11-20T10:15:00+00:00",
        endpoint=Endpoint(name="local", url="http://127.0.0.1:8000/v1", model="tiny"),
        subject=subject,
        judges=(Endpoint(name="judge", url="http://127.0.0.1:8001/v1", model="big"),),
        repeats=3,
        note="n",
    )


@pytest.mark.parametrize(("table", "subject"), SUBJECTS)
def test_an_old_run_toml_holds_the_same_spec(tmp_path: Path, table: str, subject: Subject) -> None:
    (tmp_path / "run.toml").write_text(HEAD + table)
    assert store.read_spec(tmp_path) == spec_of(subject)


@pytest.mark.parametrize(("table", "subject"), SUBJECTS)
def test_an_old_started_event_holds_the_same_spec(table: str, subject: Subject) -> None:
    data = {
        "kind": "started",
        "at": 1.5,
        "spec": tomllib.loads(HEAD + table),
        "versions": {"stack-tui": "0.1.0"},
        "server": {"kind": "vllm"},
        "pid": 7,
        "resumed": True,
    }
    assert decode(json.dumps(data).encode()) == Started(
        at=1.5,
        spec=spec_of(subject),
        versions={"stack-tui": "0.1.0"},
        server={"kind": "vllm"},
        pid=7,
        resumed=True,
    )


@pytest.mark.parametrize(("_table", "subject"), SUBJECTS)
def test_a_new_run_reads_back_from_run_toml_and_from_its_journal(
    tmp_path: Path, _table: str, subject: Subject
) -> None:
    spec = spec_of(subject)
    folder = store.create(tmp_path, spec)
    written = tomllib.loads((folder / "run.toml").read_text())
    assert written["subject"]["kind"] in ("suite", "benchmark", "duel")
    assert store.read_spec(folder) == spec
    started = Started(at=1.0, spec=spec, versions={})
    assert decode(encode(started)) == started


@pytest.mark.parametrize("tables", ["", SUITE + BENCHMARK, "[subject]\nkind = 'game'\n"])
def test_a_run_toml_without_exactly_one_subject_is_refused(tmp_path: Path, tables: str) -> None:
    (tmp_path / "run.toml").write_text(HEAD + tables)
    with pytest.raises(TomlError, match=r"run\.toml"):
        store.read_spec(tmp_path)


@pytest.mark.parametrize("line", ["{}", "[]", "3", '{"kind": "started", "spec": 3}', '{"kind": 1}'])
def test_what_is_no_event_is_refused_as_before(line: str) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode(line.encode())


def test_a_damaged_old_spec_is_refused() -> None:
    data: dict[str, Any] = {"kind": "started", "at": 1.0, "versions": {}, "spec": {"suite": 3}}
    with pytest.raises(msgspec.DecodeError):
        decode(json.dumps(data).encode())


def test_a_url_that_was_stored_as_typed_is_read_in_its_normal_form(tmp_path: Path) -> None:
    text = HEAD.replace("8000/v1", "8000").replace("8001/v1", "8001/v1/") + SUITE
    (tmp_path / "run.toml").write_text(text)
    spec = store.read_spec(tmp_path)
    model, judge = spec.endpoint, spec.judges[0]
    assert (model.url, model.key_url) == ("http://127.0.0.1:8000/v1", "http://127.0.0.1:8000")
    assert (judge.url, judge.key_url) == ("http://127.0.0.1:8001/v1", "http://127.0.0.1:8001/v1/")


def test_examples_of_an_earlier_run_with_a_chat_template_stay_in_one_message() -> None:
    stored = {"kind": "benchmark", "tasks": ["gsm8k"], "apply_chat_template": True}
    assert not msgspec.convert(stored, BenchmarkSubject).fewshot_as_multiturn
