"""Runs that version 0.1.0 recorded resume: nothing that they recorded is asked again."""

import shutil
import tomllib
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from stack_tui.runs.events import Answer, Finished, Sample
from stack_tui.runs.journal import Tail
from stack_tui.runs.journal_line import decode
from stack_tui.runs.store import journal_path
from tests.fakes import Asked, FakeServer
from tests.worker.runs import carried_out

OLD_RUNS = Path(__file__).parents[1] / "data" / "old_runs"


def reply(asked: Asked) -> str:
    return "4" if "response_format" in asked.body else "A short summary."


def copied(tmp_path: Path, run: str, servers: ExitStack) -> Path:
    """Copy the run, its endpoints served by fakes now; answers keep the keys of their old URLs."""
    (old,) = OLD_RUNS.glob(f"*-{run}")
    folder = tmp_path / old.name
    shutil.copytree(old, folder)
    spec: dict[str, Any] = tomllib.loads((folder / "run.toml").read_text())
    urls: dict[str, str] = {}
    for endpoint in (spec["endpoint"], *spec.get("judges", ())):
        url = endpoint["url"]
        if url not in urls:
            server = FakeServer("vllm", reply, model=endpoint["model"])
            urls[url] = servers.enter_context(server).url
        endpoint |= {"url": urls[url], "recorded_url": url}
    (folder / "run.toml").write_text(tomli_w.dumps(spec))
    (folder / "control.json").unlink(missing_ok=True)
    return folder


def answer_keys(folder: Path) -> list[str]:
    events = Tail(journal_path(folder)).read()
    return [event.key for event in events if isinstance(event, Answer)]


def is_outcome(line: bytes) -> bool:
    try:
        return isinstance(decode(line), Sample | Finished)
    except ValueError:
        return False


@pytest.mark.parametrize("run", ["kill", "stop", "good", "many", "panl", "due2", "duem"])
def test_only_what_is_missing_is_asked(tmp_path: Path, run: str) -> None:
    with ExitStack() as servers:
        folder = copied(tmp_path, run, servers)
        lines = journal_path(folder).read_bytes().splitlines(keepends=True)
        journal_path(folder).write_bytes(b"".join(line for line in lines if not is_outcome(line)))
        recorded = answer_keys(folder)
        assert recorded
        assert carried_out(folder).phase == "finished"
    answered = answer_keys(folder)
    assert answered[: len(recorded)] == recorded
    assert max(Counter(answered).values()) == 1
