"""lm_eval itself, with nothing of ours around it, on a server: a process for each batch of tasks.

    python -m tests.perf.lm_eval_sweep.plain_lm_eval OPTIONS     JSON: see `PlainRun`
    in the folder of the data sets

A batch's results and samples files are written to its folder in the output folder, or the error to
`error.txt` there.
"""

import json
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Any, TypedDict


class PlainRun(TypedDict):
    """What to run: `output` is a folder, `batches` holds tasks to run at once by their folder.

    `tokenizer` is a folder with the model's tokenizer, None for the server's own. `tasks_in` are
    the folders of the tasks' definitions, None for all of lm-eval's.
    """

    output: str
    url: str
    model: str
    tokenizer: str | None
    limit: int
    gen: dict[str, Any]
    fewshot: int | None
    timeout_s: int
    batches: dict[str, list[str]]
    tasks_in: list[str] | None


def main() -> None:
    """Run each batch in a child of this process, which has loaded lm-eval once."""
    run: PlainRun = json.loads(sys.argv[1])
    from lm_eval.models.openai_completions import LocalCompletionsAPI
    from lm_eval.tasks import TaskManager

    del LocalCompletionsAPI  # imported here for all children
    if run["tokenizer"] is not None:
        from transformers import AutoTokenizer

        AutoTokenizer.from_pretrained(run["tokenizer"])
    manager = TaskManager(
        include_path=run["tasks_in"],
        include_defaults=run["tasks_in"] is None,
        metadata=_model_args(run),  # as lm_eval's command does
    )
    for name, tasks in run["batches"].items():
        folder = Path(run["output"]) / name
        folder.mkdir(parents=True, exist_ok=True)
        child = os.fork()
        if child == 0:
            os._exit(_evaluate(run, tasks, folder, manager))
        _await(child, folder, run["timeout_s"])
        print(name, flush=True)


def _await(child: int, folder: Path, timeout_s: int) -> None:
    """Wait for the child, and kill it with its own children when its time is up."""

    def give_up(*signal_info: Any) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(timeout_s)
    try:
        os.waitpid(child, 0)
    except TimeoutError:
        os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
        (folder / "error.txt").write_text(f"TimeoutError: no result within {timeout_s} s\n")
    finally:
        signal.alarm(0)


def _evaluate(run: PlainRun, tasks: list[str], folder: Path, manager: Any) -> int:
    os.setsid()
    log = os.open(folder / "log.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(log, 1)
    os.dup2(log, 2)
    try:
        _write_results(run, tasks, folder, manager)
    except BaseException as error:
        traceback.print_exc()
        text = f"{type(error).__name__}: {error}\n"
        (folder / "error.txt").write_text(text, encoding="utf-8")
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def _model_args(run: PlainRun) -> dict[str, Any]:
    return {
        "model": run["model"],
        "base_url": f"{run['url']}/completions",
        "tokenizer": run["tokenizer"],
        "tokenizer_backend": "huggingface" if run["tokenizer"] else "remote",
        "max_length": 4096,
    }


def _write_results(run: PlainRun, tasks: list[str], folder: Path, manager: Any) -> None:
    from lm_eval.evaluator import simple_evaluate
    from lm_eval.loggers import EvaluationTracker

    tracker = EvaluationTracker(output_path=str(folder))
    results = simple_evaluate(
        model="local-completions",
        model_args=_model_args(run),
        tasks=tasks,
        num_fewshot=run["fewshot"],
        limit=run["limit"],
        gen_kwargs=dict(run["gen"]),
        evaluation_tracker=tracker,
        task_manager=manager,
        confirm_run_unsafe_code=True,
    )
    samples = results.pop("samples")
    tracker.save_results_aggregated(results=results, samples=samples)
    for name in results["configs"]:
        tracker.save_results_samples(task_name=name, samples=samples[name])


if __name__ == "__main__":
    main()
