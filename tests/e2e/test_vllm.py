"""The same on a real vLLM, where one is served: its base URL stands in STACK_TUI_TEST_VLLM."""

import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import mean

import httpx
import pytest

from stack_tui.runs.events import Answer, Sample
from stack_tui.runs.journal import Tail
from stack_tui.runs.store import journal_path

URL = os.environ.get("STACK_TUI_TEST_VLLM", "")
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(not URL, reason="STACK_TUI_TEST_VLLM names no vLLM server"),
]
# In other batches a busy server in bfloat16 is off by tenths of a nat, a wrong route by whole ones.
ROUNDING = 0.2


def stack_tui(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end in the folder."""
    return subprocess.run(
        [sys.executable, "-m", "stack_tui", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
    )


def samples(folder: Path) -> dict[str, Sample]:
    """Return the samples of the only run in the folder by id."""
    (run,) = (folder / "eval-results").glob("2*")
    return {one.id: one for one in Tail(journal_path(run)).read() if isinstance(one, Sample)}


def echoed(sample: Sample) -> list[float]:
    """Ask the server itself for the log-probability of each choice's last token."""
    found = []
    model = httpx.get(f"{URL}/models").json()["data"][0]["id"]
    for choice in sample.choices:
        body = {"model": model, "prompt": f"{sample.prompt} {choice.text}", "max_tokens": 1}
        body |= {"echo": True, "logprobs": 1, "temperature": 0}
        reply = httpx.post(f"{URL}/completions", json=body, timeout=60).json()
        found.append(reply["choices"][0]["logprobs"]["token_logprobs"][-2])
    return found


def test_doctor_sees_what_the_routes_rest_on(tmp_path: Path) -> None:
    (seen,) = json.loads(stack_tui(tmp_path, "doctor", "--url", URL, "--json").stdout)
    abilities = seen["abilities"]
    assert seen["health"]["server_kind"] == "vLLM"
    assert seen["health"]["weights"]
    assert abilities["named_token_ids"]
    assert abilities["prompt_logprobs"]
    assert abilities["tokenize"]


def test_letters_and_echo_give_the_same_log_probabilities(tmp_path: Path) -> None:
    chosen = json.dumps({"stack_smoke_choice": list(range(8))})
    ran = stack_tui(tmp_path, "bench", "stack_smoke_choice", "--samples", chosen, "--url", URL)
    assert ran.returncode == 0, ran.stderr
    (run,) = (tmp_path / "eval-results").glob("2*")
    answers = [one for one in Tail(journal_path(run)).read() if isinstance(one, Answer)]
    assert len(answers) == 8
    off = [
        abs((choice.logprob or 0.0) - expected)
        for sample in samples(tmp_path).values()
        for choice, expected in zip(sample.choices, echoed(sample), strict=True)
    ]
    assert len(off) == 32
    assert mean(off) < ROUNDING


def test_a_suite_is_graded_and_its_usage_is_counted(tmp_path: Path) -> None:
    (tmp_path / "one.toml").write_text(
        '[suite]\nname = "one"\nmax_tokens = 16\nlength_check = false\n'
        '[[case]]\nid = "sky"\ninput = "What colour is the sky?"\n'
    )
    ran = stack_tui(tmp_path, "eval", "one.toml", "--url", URL, "--no-judge")
    assert ran.returncode == 0, ran.stderr
    (sample,) = samples(tmp_path).values()
    assert sample.output
    assert sample.prompt_tokens
    assert sample.completion_tokens
