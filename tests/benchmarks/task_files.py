"""Task files with code of their own, written into a folder for --include-path."""

from pathlib import Path

QUESTIONS = """
import datasets


def questions(**_):
    rows = [{"question": f"What is {n} plus {n}?", "answer": str(2 * n)} for n in range(4)]
    return {"test": datasets.Dataset.from_list(rows)}
"""

_GENERATES = """
task: {name}
custom_dataset: !function {name}.questions
test_split: test
output_type: generate_until
doc_to_text: "{{{{question}}}}"
doc_to_target: "{{{{answer}}}}"
generation_kwargs: {{until: ["\\n"], max_gen_toks: 8}}
metadata: {{version: 1}}
"""


def write_generating(folder: Path, name: str, *, yaml: str, code: str) -> None:
    """Write a task of four questions that the model answers in writing, scored by `code`."""
    write_task(folder, name, yaml=_GENERATES.format(name=name) + yaml, code=QUESTIONS + code)


def write_task(folder: Path, name: str, *, yaml: str, code: str) -> None:
    """Write the task's YAML file and the Python file that it takes functions from."""
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.yaml").write_text(yaml)
    (folder / f"{name}.py").write_text(code)
