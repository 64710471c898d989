"""Broken and hostile input of every kind, and whether anything crashes or changes unseen. By hand:

    python -m tests.perf.faults [ANSWERS FILES JOURNALS FLIPS [SEED]]

prints what was tried, what was refused with a message, and every exception that nobody foresaw. A
small seed of it runs in tests/test_faults.py.
"""

import asyncio
import json
import os
import resource
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

import msgspec

from stack_tui.benchmarks.catalog import task_index
from stack_tui.config import decode as configuration
from stack_tui.config.decode import Endpoint
from stack_tui.endpoints.client import Client
from stack_tui.endpoints.examine import examine
from stack_tui.endpoints.latency import time_requests
from stack_tui.endpoints.limit import Limit
from stack_tui.endpoints.metrics import quantile, read_metrics
from stack_tui.endpoints.probe import check
from stack_tui.endpoints.retry import ONCE
from stack_tui.endpoints.transport import Response
from stack_tui.errors import StackError
from stack_tui.reports.measures import gates
from stack_tui.reports.render.json_report import report_document
from stack_tui.reports.render.text_report import text_report
from stack_tui.runs import labels, store
from stack_tui.runs.events import Answer, Event, Finished, Sample
from stack_tui.runs.journal import Journal
from stack_tui.runs.store import Run
from stack_tui.suites.attempts import sampling_plan
from stack_tui.suites.diagnostics.lint import lint
from stack_tui.suites.import_export import files
from stack_tui.suites.model import suite_edit, suite_store
from stack_tui.suites.suite_evaluation import evaluate
from stack_tui.tui.ui.keymap import keymap
from tests.fakes import FakeServer, kinds
from tests.fakes.mutations import (
    damaged_journal,
    flipped,
    mutated_bytes,
    mutated_json,
    mutated_text,
)
from tests.fakes.replies import Asked
from tests.runs.samples import SPEC, planned, sample, started

CONFIG = """[endpoints.local]
url = "http://127.0.0.1:8000/v1"
model = "m" # kept
api_key_env = "K"
concurrency = 4
price_in = 1.0
price_out = 2
[defaults]
endpoint = "local"
judges = ["local"]
[keys]
zoom = "f4"
"runs.stop" = ["S", "f2"]
"""
SUITE = """[suite]
name = "s"
top_p = 0.9
repeats = 2
gates = ["errors == 0", "judge_avg >= 4 ± ci"]
extra_body = {a = 1}
[[case]]
id = "x"
input = "y"
must_mention = [["a", "b"], "c"]
regex = ["a+", "b"]
max_words = 6
max_sentences = 2
one_of = ["a"]
number = {value = 42, tolerance = 0.5}
json_schema = {type = "object", properties = {a = {type = "string", pattern = "^a"}}}
criteria = [{name = "f", ask = "q?", weight = 2.0}]
holdout = true
rubric = "r"
"""
YAML = """prompts: ["Say {{x}}"]
providers: [openai:gpt-4]
tests:
  - vars: {x: 1}
    assert:
      - {type: icontains-any, value: [a, b]}
      - {type: llm-rubric, value: good}
      - {type: is-json, value: {type: object}}
"""
TASK = "task: t1\ntag: [x, y]\ninclude: b.yaml\nmetric_list:\n  - metric: acc\n"
JSONL = '{"id":"a","input":"x","must_mention":["a",["b"]],"number":{"value":3}}\n'
TABLE = 'id,input,must_mention,max_words\na,"x","[""a""]",5\n'
LABELS = '{"at":1.5,"who":"me","task":"s","id":"c1","kind":"wrong judge","judge_score":4.0}\n'
METRICS = 'vllm:num_requests_running 1\nvllm:e2e_request_latency_seconds_bucket{le="0.5"} 3\n'


_KINDS: tuple[kinds.Name, ...] = ("vllm", "llamacpp", "ollama", "sglang")


@dataclass
class Tally:
    """What came of the attempts of one kind."""

    name: str
    tried: int = 0
    refused: int = 0
    slow: int = 0
    unforeseen: Counter[str] = field(default_factory=Counter)
    """Exceptions that are no message, by type and place."""
    held: Counter[str] = field(default_factory=Counter)
    """Exceptions that became the failure of their own endpoint."""
    unseen: int = 0
    """Changes of a report that nothing reports."""

    def attempt(self, work: Callable[[], object]) -> None:
        """Do the work once and note how it ended."""
        self.tried += 1
        began = time.monotonic()
        try:
            failure = getattr(work(), "failure", None)
            if failure is not None and failure.kind == "internal":
                self.held[failure.message] += 1
        except StackError:
            self.refused += 1
        except Exception as error:
            frames = traceback.extract_tb(error.__traceback__)
            own = [frame for frame in frames if "stack_tui" in frame.filename] or frames
            place = f"{Path(own[-1].filename).name}:{own[-1].lineno}"
            self.unforeseen[f"{type(error).__name__} {place}: {str(error)[:80]}"] += 1
        self.slow += time.monotonic() - began > 5

    def __str__(self) -> str:
        found = sum(self.unforeseen.values())
        lines = [
            f"{self.name}: {self.tried:,} tried, {self.refused:,} refused with a message, "
            f"{found} unforeseen, {sum(self.held.values())} held, {self.slow} slow, "
            f"{self.unseen} unseen changes"
        ]
        most = (self.unforeseen + self.held).most_common(20)
        lines += [f"  {count} × {what}" for what, count in most]
        return "\n".join(lines)


class _Mutating:
    """A transport that answers as a fake server does, after a mutation."""

    random = Random(0)
    share = 1.0
    """How many of the answers are mutated: with few, later requests are reached as well."""
    server = FakeServer("vllm")

    async def send(
        self, method: str, url: str, headers: Any, body: bytes | None, on_chunk: Any = None
    ) -> Response:
        path = "/" + url.split("/", 3)[3].split("?")[0]
        asked = Asked(method, path, dict(headers), json.loads(body) if body else {})
        answer = kinds.refusal(self.server, asked) or kinds.answer(self.server, asked, None)
        status, content = answer.status, answer.content
        if self.random.random() < self.share:
            content = mutated_json(self.random, content)
        if self.random.random() < self.share / 10:
            status = self.random.choice((204, 301, 400, 401, 404, 413, 429, 500, 503, 999))
        named = {name.lower(): value for name, value in answer.headers.items()}
        if self.random.random() < 0.1:
            zone = "Mon, 01 Jan 2024 00:00:00 +9999999999999999"
            named["retry-after"] = self.random.choice(("", "0", "nan", "9" * 400, zone, "²"))
        if on_chunk:
            on_chunk(content)
        return Response(status, named, content)

    async def close(self) -> None:
        """Nothing is open."""


def answers(count: int, random: Random) -> Tally:
    """Send mutated answers through checks, probes, timing and a suite's run."""
    tally = Tally("answers")
    _Mutating.random = random
    endpoint = Endpoint(name="f", url="http://127.0.0.1:9/v1", model="fake-model", api_key_env="K")
    os.environ["K"] = "sk-key-of-the-mutations"
    works = (
        lambda: asyncio.run(check(endpoint)),
        lambda: asyncio.run(examine(endpoint, 20)),
        lambda: asyncio.run(time_requests(endpoint, lambda _: None, 20)),
        lambda: asyncio.run(_suite_run(endpoint)),
        lambda: _read_metrics(random),
    )
    transports = ("client.HttpxTransport", "connect.AiohttpTransport")
    with ExitStack() as patched:
        for name in transports:
            patched.enter_context(patch(f"stack_tui.endpoints.{name}", _Mutating))
        for number in range(count):
            _Mutating.server = FakeServer(random.choice(_KINDS))
            _Mutating.share = random.choice((0.05, 0.2, 1.0))
            tally.attempt(works[number % len(works)])
    return tally


async def _suite_run(endpoint: Endpoint) -> None:
    suite = suite_store.parse(SUITE, Path("s.toml"))
    attempts = sampling_plan(suite, 1)
    async with Client(endpoint, policy=ONCE, limit=Limit(4)) as asked:
        events = evaluate(
            suite,
            asked,
            [asked],
            attempts=attempts,
            recorded={},
            done=(),
            stopping=asyncio.Event(),
        )
        found = [event async for event in events]
    samples = [event for event in found if isinstance(event, Sample)]
    assert len(samples) == len(attempts), "a sample is missing"
    for each in samples:
        if each.failure and each.failure.kind == "internal":
            raise RuntimeError(each.failure.message)


def _read_metrics(random: Random) -> None:
    page = mutated_bytes(random, METRICS.encode()).decode("utf-8", "replace")
    quantile({}, read_metrics(page, "vLLM"), "e2e", 0.5)


def files_of_others(count: int, random: Random, folder: Path) -> Tally:
    """Read and edit mutated files of every kind."""
    tally = Tally("files")
    where = Path("x.toml")

    def written(name: str, text: str) -> Path:
        path = folder / name
        path.write_bytes(mutated_text(random, text).encode("utf-8", "surrogatepass"))
        return path

    def edited() -> None:
        text = mutated_text(random, SUITE)
        case = suite_store.parse(text, where).cases[0]
        changed = msgspec.structs.replace(case, input="new")
        suite_store.parse(suite_edit.change_case(text, case.id, changed), where)

    def run_spec() -> None:
        text = (store.create(folder / str(random.random()), SPEC) / "run.toml").read_text()
        store.read_spec(written("run.toml", text).parent)

    def control() -> None:
        written("control.json", '{"wanted":"pause","concurrency":4}')
        store.read_control(folder)

    works = (
        lambda: keymap(configuration.load(written("c.toml", CONFIG))),
        lambda: list(lint(suite_store.load(written("s.toml", SUITE)))),
        edited,
        run_spec,
        control,
        lambda: labels.read(written("labels.jsonl", LABELS).parent),
        lambda: gates.parse(mutated_text(random, "judge_avg >= 4 ± ci")),
        lambda: files.read(written("p.yaml", YAML)),
        lambda: files.read(written("p.jsonl", JSONL)),
        lambda: files.read(written("p.csv", TABLE)),
        lambda: (task_index.scan(folder), task_index.read_config(str(written("t.yaml", TASK)))),
    )
    for number in range(count):
        tally.attempt(works[number % len(works)])
    return tally


def journals(count: int, flips: int, random: Random, folder: Path) -> tuple[Tally, Tally]:
    """Read damaged journals; a flipped bit must change no report without a word."""
    run = store.create(folder / "runs", SPEC, SUITE)
    usage = {"usage": {"prompt_tokens": 5, "completion_tokens": 7}}
    events: list[Event] = [started(), planned(20)]
    for number in range(20):
        name = f"c{number}"
        answer = Answer(at=1, key=name, task="custom", sample=name, role="model", response=usage)
        events += [answer, sample(name, passed=number % 3 > 0)]
    with Journal(store.journal_path(run)) as journal:
        for event in (*events, Finished(at=9, outcome="complete")):
            journal.append(event)
    whole = store.journal_path(run).read_bytes()
    before = _report(run)[0]
    damaged, bits = Tally("journals"), Tally("bit flips")

    def read(tally: Tally, data: bytes, *, strict: bool) -> None:
        store.journal_path(run).write_bytes(data)
        report, reported = _report(run)
        tally.unseen += strict and report != before and not reported

    for _ in range(count):
        damaged.attempt(lambda: read(damaged, damaged_journal(random, whole), strict=False))
    for _ in range(flips):
        data = flipped(whole, random.randrange(len(whole) * 8))
        bits.attempt(lambda data=data: read(bits, data, strict=True))  # type: ignore[misc]
    return damaged, bits


def _report(folder: Path) -> tuple[bytes, bool]:
    """Return the run's report, and whether the reader is told of damage or of a missing end."""
    run = Run(folder)
    run.refresh()
    document = report_document(run.view)
    text_report(run.view, None)
    return msgspec.json.encode(document), bool(run.tail.unreadable) or run.phase != "finished"


def main() -> None:
    """Try all kinds and print what came of them, and the memory it took."""
    given = [int(argument) for argument in sys.argv[1:]]
    counts = (given + [10_000, 10_000, 2_500, 600][len(given) :])[:4]
    random = Random(given[4] if len(given) > 4 else 1)
    with tempfile.TemporaryDirectory() as name:
        os.environ["XDG_CONFIG_HOME"] = name
        print(answers(counts[0], random), flush=True)
        print(files_of_others(counts[1], random, Path(name)), flush=True)
        for tally in journals(counts[2], counts[3], random, Path(name)):
            print(tally, flush=True)
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MB at most")


if __name__ == "__main__":
    main()
