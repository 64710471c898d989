"""One session of a run that a test kills: resumes from the journal, and appends to it.

python -m tests.benchmarks.killed_run FOLDER URL MODEL
"""

import asyncio
import sys
from pathlib import Path

from stack_tui.benchmarks.benchmark_evaluation import evaluate
from stack_tui.config.decode import Endpoint
from stack_tui.endpoints.client import Client
from stack_tui.endpoints.limit import Limit
from stack_tui.endpoints.probe import preflight, probe
from stack_tui.endpoints.transport import AiohttpTransport
from stack_tui.runs.events import Answer
from stack_tui.runs.journal import Journal, Tail
from stack_tui.runs.spec import BenchmarkSubject, RunSpec
from stack_tui.runs.view import RunView, is_settled


async def main() -> None:
    """Carry the run on until its end, or until killed."""
    folder, url, model = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    endpoint = Endpoint(name="fake", url=url, model=model)
    benchmark = BenchmarkSubject(tasks=("stack_smoke",))
    spec = RunSpec(id="killed", created="", endpoint=endpoint, subject=benchmark)
    with Journal(folder / "journal.jsonl") as journal:
        earlier = Tail(journal.path).read()
        view = RunView(spec)
        view.apply(earlier)
        samples = view.samples
        async with Client(endpoint, limit=Limit(2), transport=AiohttpTransport()) as client:
            async for event in evaluate(
                spec,
                client,
                await probe(client),
                await preflight(client),
                lm_eval_folder=folder / "lm-eval",
                recorded={one.key: one for one in earlier if isinstance(one, Answer)},
                done={one.key: one for one in samples if is_settled(one)},
                stopping=asyncio.Event(),
            ):
                journal.append(event)


if __name__ == "__main__":
    asyncio.run(main())
