"""Task files for tests: tiny tasks with documents of their own, and groups of them."""

from pathlib import Path

DOCUMENTS = """import datasets


def documents(n=4, **_):
    rows = [
        {"q": f"Where is ship {i}?", "choices": ["here", "there", "far away"], "gold": i % 3}
        for i in range(n)
    ]
    return {"test": datasets.Dataset.from_list(rows), "train": datasets.Dataset.from_list(rows[:3])}
"""
CHOICE = """output_type: multiple_choice
custom_dataset: !function documents.documents
test_split: test
doc_to_text: "{{q}}"
doc_to_choice: "{{choices}}"
doc_to_target: "{{gold}}"
metric_list: [{metric: acc, aggregation: mean, higher_is_better: true}]
"""
WRITTEN = """output_type: generate_until
custom_dataset: !function documents.documents
test_split: test
doc_to_text: "{{q}}"
doc_to_target: "{{choices[gold]}}"
generation_kwargs: {until: ["\\n"], max_gen_toks: 8}
metric_list: [{metric: exact_match, aggregation: mean, higher_is_better: true}]
"""


def write_tasks(folder: Path, **files: str) -> str:
    """Write YAML files by their names without `.yaml`, and the code that makes their documents."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "documents.py").write_text(DOCUMENTS, encoding="utf-8")
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return str(folder)


def indented(text: str, by: int) -> str:
    """Return the lines indented by that many spaces."""
    return "".join(f"{' ' * by}{line}\n" for line in text.splitlines())
