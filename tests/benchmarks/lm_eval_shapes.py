"""lm-eval alone on the known model, split and cut as its API models do it.

python -m tests.benchmarks.lm_eval_shapes TASKS OUTPUT    with the model's context in CONTEXT
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from lm_eval.evaluator import simple_evaluate
from lm_eval.models.api_models import TemplateAPI
from lm_eval.tasks import TaskManager

from tests.benchmarks.known_model import KnownModel


class DirectApi(TemplateAPI):  # type: ignore[misc]
    """`local-completions` with the known model in place of its HTTP requests."""

    def __init__(self, context_length: int) -> None:
        super().__init__(
            model="fake-model",
            base_url="http://127.0.0.1:1",
            tokenizer_backend="None",
            max_length=context_length,
        )
        self._known = KnownModel()
        self.tokenized_requests = True
        self.tokenizer = self._known
        self.tokenizer_backend = "huggingface"

    @property
    def prefix_token_id(self) -> int:
        """The token in the place of a BOS."""
        return int(self._known.encode("$")[0])

    eot_token_id = prefix_token_id
    eos_string = None

    def tok_encode(self, string: Any, **more: Any) -> Any:
        """Return the known model's tokens."""
        if isinstance(string, str):
            return self._known.encode(string)
        return [self._known.encode(text) for text in string]

    def model_call(self, messages: Any, *, generate: bool = True, **more: Any) -> Any:
        """Return what the server would answer."""
        if generate:
            limit = more["gen_kwargs"].get("max_gen_toks", 256)
            return [self._known.decode(self._known.generate(tokens, limit)) for tokens in messages]
        return messages

    def parse_generations(self, outputs: Any, **more: Any) -> list[str]:
        """Return the outputs, which are texts already."""
        return list(outputs)

    def parse_logprobs(
        self, outputs: Any, tokens: Any = None, ctxlens: Any = None, **more: Any
    ) -> list[tuple[float, bool]]:
        """Return the scores of the continuations."""
        return [self._score(whole, begin) for whole, begin in zip(tokens, ctxlens, strict=True)]

    def _score(self, whole: list[int], begin: int) -> tuple[float, bool]:
        assert begin > 0
        places = range(begin, len(whole))
        logprobs = [self._known.logprob(whole[:at], whole[at]) for at in places]
        greedy = all(self._known.rank(whole[:at], whole[at]) == 1 for at in places)
        return sum(logprobs), greedy

    def _create_payload(self, *args: Any, **more: Any) -> Any:
        raise AssertionError(args)


def main() -> None:
    """Run every task of the folder, and write the results of all."""
    folder, output = sys.argv[1:]
    names = sorted(path.stem for path in Path(folder).glob("*.yaml"))
    results = simple_evaluate(
        model=DirectApi(int(os.environ["CONTEXT"])),
        tasks=names,
        task_manager=TaskManager(include_path=folder, include_defaults=False),
        bootstrap_iters=0,
    )["results"]
    numbers = {
        task: {name: value for name, value in found.items() if isinstance(value, float)}
        for task, found in results.items()
    }
    Path(output).write_text(json.dumps(numbers), encoding="utf-8")


if __name__ == "__main__":
    main()
