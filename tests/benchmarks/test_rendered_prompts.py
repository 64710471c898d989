"""With a chat template, choices are scored after the prompt that it renders."""

import json
import string
from pathlib import Path

from tokenizers import Regex, Tokenizer, models, pre_tokenizers

from stack_tui.runs.events import Planned, RecordScores, Sample
from stack_tui.runs.spec import BenchmarkSubject
from tests.benchmarks.known_model import KnownModel
from tests.benchmarks.running import carry_out
from tests.fakes import FakeServer, Respond

_TEMPLATE = (
    "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)
_TASK = """
task: rendered
dataset_path: json
dataset_kwargs: {{data_files: {{test: {data}}}}}
test_split: test
output_type: multiple_choice
doc_to_text: "Q {{{{q}}}}"
doc_to_choice: ["A", "B"]
doc_to_target: "A"
"""


class OfLetters(KnownModel):
    """The known model with a token per character."""

    def encode(self, text: str) -> list[int]:
        """Return the tokens of `text`, which are those of the tokenizer's file."""
        return [string.printable.index(sign) for sign in text]


def write_tokenizer(folder: Path) -> None:
    made = Tokenizer(
        models.WordLevel(
            {sign: at for at, sign in enumerate(string.printable)}, unk_token=string.printable[-1]
        )
    )
    made.pre_tokenizer = pre_tokenizers.Split(Regex("[\\s\\S]"), behavior="isolated")
    made.save(str(folder / "tokenizer.json"))
    config = {"chat_template": _TEMPLATE, "eos_token": "~"}
    (folder / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")


def test_a_task_given_by_path_scores_the_rendered_prompt_by_the_named_tokenizer_alone(
    tmp_path: Path,
) -> None:
    write_tokenizer(tmp_path)
    data = tmp_path / "data.jsonl"
    data.write_text('{"q": "one"}\n{"q": "two"}\n', encoding="utf-8")
    task = tmp_path / "rendered.yaml"
    task.write_text(_TASK.format(data=data), encoding="utf-8")
    benchmark = BenchmarkSubject(
        tasks=(str(task),), apply_chat_template=True, tokenizer=str(tmp_path)
    )
    model = OfLetters()
    with FakeServer("vllm", brain=model) as server:
        server.answers["/tokenize"] = Respond(404, {"detail": "Not Found"})
        events = carry_out(server, benchmark, tmp_path)
    samples = [event for event in events if isinstance(event, Sample)]
    assert [sample.prompt for sample in samples] == [
        "<user>Q one<assistant>",
        "<user>Q two<assistant>",
    ]
    for sample in samples:
        given = model.encode(sample.prompt)
        expected = [model.logprob(given, model.encode(letter)[0]) for letter in "AB"]
        assert [choice.logprob for choice in sample.choices] == expected
    assert [one for one in events if isinstance(one, Planned)][-1].tasks[0].route == "letters"
    assert any(isinstance(event, RecordScores) for event in events)
