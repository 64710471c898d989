"""eval: from a suite's name to its report, or one message and nothing half-written."""

import json
import threading
from pathlib import Path

import pytest

from stack_tui.cli.command_line import run
from tests.cli.folders import SUITE
from tests.fakes import Asked, FakeServer
from tests.worker.runs import reply

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def a_suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder with one suite and no configuration."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))
    monkeypatch.delenv("STACK_TUI_CONFIG", raising=False)
    Path("cases").mkdir()
    Path("cases/tiny.toml").write_text(SUITE)


def test_a_suite_is_run_and_its_report_printed(capsys: Captured) -> None:
    with FakeServer("vllm", reply) as server:
        assert run(["eval", "tiny", "--url", server.url, "--no-judge"]) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith("── eval summary ──\n  cases:           3\n")
    assert "full report → eval-results/tiny.json" in captured.out
    assert "two runs compared: with 3 cases, no difference is visible\n" in captured.err
    assert "✓ case-1" in captured.err


def test_with_json_stdout_holds_one_document_and_nothing_else(capsys: Captured) -> None:
    with FakeServer("vllm", reply) as server:
        assert run(["eval", "tiny", "--url", server.url, "--no-judge", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["summary"]["n_cases"] == 3


def test_chosen_cases_alone_are_run_and_the_report_says_so(capsys: Captured) -> None:
    with FakeServer("vllm", reply) as server:
        address = ["--url", server.url, "--no-judge"]
        assert run(["eval", "tiny", *address, "--case", "case-2", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert [result["id"] for result in report["results"]] == ["case-2"]
    assert [each["seen"] for each in report["findings"]] == ["a part of the suite: 1 of 3 cases"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--model", "other"], "fake-model"),
        (["--api-key-env", "NOT_SET_ANYWHERE"], "NOT_SET_ANYWHERE"),
        (["--case", "case-9"], "tiny has no case 'case-9'"),
        (["--judge", "nobody"], "no endpoint is called 'nobody'"),
        (["--judge", "self", "--no-judge"], "exclude each other"),
        (["--gate", "rule_avg >>"], "cannot be read"),
        (["--concurrency", "0"], "--concurrency"),
        (["--temperature", "3"], "must be from 0 to 2"),
        (["--temperature", "0.5", "--temperature", "0.5"], "repeats a temperature"),
        (["--noise", "--repeats", "3"], "--noise sets repeats and temperature itself"),
    ],
)
def test_a_mistake_is_told_and_leaves_nothing(
    options: list[str], said: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NOT_SET_ANYWHERE", raising=False)
    with FakeServer("vllm", reply) as server:
        assert run(["eval", "tiny", "--url", server.url, *options]) in (2, 3)
    assert said in capsys.readouterr().err
    assert not Path("eval-results").exists()


def cases_asked(server: FakeServer) -> list[Asked]:
    """Return the chat requests without those that check the endpoint before the run."""
    return [each for each in server.asked if "messages" in each.body and each.text != "Hi"]


def test_each_temperature_and_repeat_is_asked_whatever_the_suite_says(capsys: Captured) -> None:
    settings = ["--temperature", "0", "--temperature", "0.7", "--repeats", "2"]
    with FakeServer("vllm", reply) as server:
        assert run(["eval", "tiny", "--url", server.url, "--no-judge", "--json", *settings]) == 0
        asked = sorted(each.body["temperature"] for each in cases_asked(server))
    assert asked == [0.0] * 6 + [0.7] * 6
    report = json.loads(capsys.readouterr().out)
    assert (report["summary"]["n_cases"], report["summary"]["n_samples"]) == (3, 12)
    assert report["run"]["temperatures"] == [0.0, 0.7]


def test_noise_asks_everything_twice_at_temperature_0_with_sixteen_at_once(
    capsys: Captured,
) -> None:
    with FakeServer("vllm", reply) as server:
        assert run(["eval", "tiny", "--url", server.url, "--no-judge", "--noise", "--json"]) == 0
        assert [each.body["temperature"] for each in cases_asked(server)] == [0.0] * 6
    report = json.loads(capsys.readouterr().out)
    outputs = report["noise"]["outputs"]
    assert (outputs["count"], outputs["of"]) == (0, 3)
    (folder,) = Path("eval-results").glob("*/run.toml")
    assert "noise = true" in folder.read_text()
    assert "concurrency = 16" in folder.read_text()


def test_a_server_that_does_not_answer_is_exit_code_3(capsys: Captured) -> None:
    with FakeServer("vllm") as server:
        url = server.url
    assert run(["eval", "tiny", "--url", url]) == 3
    assert "nothing listens there" in capsys.readouterr().err
    assert not Path("eval-results").exists()


def test_a_refused_key_is_exit_code_3_and_is_not_shown(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WRONG_KEY", "sk-wrong-0123456789")
    with FakeServer("openai", key="sk-right") as server:
        assert run(["eval", "tiny", "--url", server.url, "--api-key-env", "WRONG_KEY"]) == 3
    said = capsys.readouterr().err
    assert "WRONG_KEY" in said
    assert "sk-wrong" not in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "cases/bad.toml: the file is empty"),
        (SUITE + SUITE.partition("[[case]]")[2].join(["[[case]]", ""]), "the id is already used"),
        (SUITE.replace("{input}", "it"), "lacks {input}"),
        (SUITE + "\n[extra]\n", "unknown key 'extra'"),
        ('[suite]\nname = 3\nprompt = "{input}"\n[[case]]\nid = "a"\ninput = "b"', "suite.name"),
    ],
)
def test_a_bad_suite_is_one_message_with_its_place(text: str, said: str, capsys: Captured) -> None:
    Path("cases/bad.toml").write_text(text)
    assert run(["eval", "bad", "--url", "http://127.0.0.1:9/v1"]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.startswith("stack-tui: cases/bad.toml")
    assert "Traceback" not in told


def test_an_unknown_suite_is_told_with_the_near_names(capsys: Captured) -> None:
    assert run(["eval", "tini"]) == 2
    assert "Did you mean tiny?" in capsys.readouterr().err


def test_a_key_given_for_its_variables_name_is_not_shown(capsys: Captured) -> None:
    arguments = ["eval", "tiny", "--url", "http://127.0.0.1:9/v1", "--api-key-env", "sk-secret-1"]
    assert run(arguments) == 2
    said = capsys.readouterr().err
    assert "variable's name" in said
    assert "sk-secret" not in said


def test_a_resume_of_a_run_that_is_stopping_goes_on_with_it() -> None:
    with FakeServer("vllm", reply) as server:
        server.hold()
        assert run(["eval", "tiny", "--url", server.url, "--no-judge", "--detach"]) == 0
        server.wait_for(1)
        assert run(["stop"]) == 0
        threading.Timer(1.0, server.release).start()
        assert run(["resume"]) == 0
        assert len({asked.text for asked in server.asked}) == 3


def test_a_gate_against_a_run_that_is_not_there_is_told_before_anything_is_asked(
    capsys: Captured,
) -> None:
    with FakeServer("vllm", reply) as server:
        gate = ["--gate", "vs latest:main not worse by 0.02"]
        assert run(["eval", "tiny", "--url", server.url, *gate]) == 2
        assert not server.asked
    assert "stack-tui eval tiny --note main" in capsys.readouterr().err
