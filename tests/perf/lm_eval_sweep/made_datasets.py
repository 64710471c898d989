"""Tiny data sets in each task's own schema, laid out as on the hub.

    python -m tests.perf.lm_eval_sweep.made_datasets FOLDER [TASK...]

A column that a task's templates name holds sentences, or what the tables of tasks say.
"""

import gzip
import json
import random
import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jinja2
import jinja2.meta
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.csv  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import yaml  # type: ignore[import-untyped]

from stack_tui.benchmarks.catalog.catalog import open_catalog
from stack_tui.benchmarks.catalog.task_index import read_config
from tests.perf.lm_eval_sweep.choice_tasks import CHOICE_TASKS
from tests.perf.lm_eval_sweep.columns import Column, Columns, sentence
from tests.perf.lm_eval_sweep.text_tasks import DATASETS_IN_CODE, TEXT_TASKS

SWEPT = {**CHOICE_TASKS, **TEXT_TASKS}
_METRICS = Path(__file__).parent / "metrics"
_DOCUMENTS = 8
_NAME = re.compile(r"[A-Za-z_]\w*")
_SPLITS = ("training_split", "validation_split", "test_split", "fewshot_split")
_TEMPLATES = ("doc_to_text", "doc_to_target", "doc_to_choice", "gen_prefix", "description")
# lm-eval sets these itself.
_SET_ELSEWHERE = {"is_fewshot", "few_shot", "json_object"}


@dataclass
class MadeDataset:
    """A data set's columns and splits by subset, and its files' columns by path.

    With a file's columns goes whether it has a header.
    """

    subsets: dict[str, dict[str, Column | None]] = field(default_factory=dict)
    splits: dict[str, set[str]] = field(default_factory=dict)
    files: dict[str, tuple[Columns, bool]] = field(default_factory=dict)
    file_configs: dict[str, dict[str, str]] = field(default_factory=dict)


def columns_of(task: str, config: dict[str, Any]) -> Columns:
    """Return the columns of the task's documents."""
    own = SWEPT[task]
    found = dict.fromkeys(_named(config), sentence)
    return {name: column for name, column in {**found, **own}.items() if column is not None}


def _named(config: dict[str, Any]) -> Iterator[str]:
    environment = jinja2.Environment()
    for key in _TEMPLATES:
        text = config.get(key)
        if not isinstance(text, str):
            continue
        if "{" in text:
            names = jinja2.meta.find_undeclared_variables(environment.parse(text))
            yield from sorted(names - _SET_ELSEWHERE)
        elif _NAME.fullmatch(text) and key != "description":
            yield text


def plan(tasks: Iterable[str]) -> dict[str, MadeDataset]:
    """Return the data sets that the tasks need, by their name on the hub."""
    catalog = open_catalog()
    made: dict[str, MadeDataset] = {}
    for task in tasks:
        config = read_config(catalog.find(task).path)
        columns = columns_of(task, config)
        if task in DATASETS_IN_CODE:
            name, subset, splits, files = DATASETS_IN_CODE[task]
        else:
            name, subset = str(config.get("dataset_path")), config.get("dataset_name")
            splits = tuple(dict.fromkeys(config[key] for key in _SPLITS if config.get(key)))
            files = (config.get("dataset_kwargs") or {}).get("data_files") or {}
        if "/" not in name:
            continue
        dataset = made.setdefault(name, MadeDataset())
        if files:
            named = (config.get("dataset_kwargs") or {}).get("column_names")
            columns = {name: columns[name] for name in named or columns}
            dataset.files |= dict.fromkeys(files.values(), (columns, named is None))
            if subset:
                dataset.file_configs[subset] = files
            continue
        dataset.subsets.setdefault(subset or "default", {}).update(columns)
        dataset.splits.setdefault(subset or "default", set()).update(splits)
    return made


def rows(columns: Columns, place: str, count: int) -> list[dict[str, Any]]:
    """Return `count` documents, the same for the same place."""
    return [
        {
            name: column(random.Random(f"{place} {number} {name}"))
            for name, column in columns.items()
            if column is not None
        }
        for number in range(count)
    ]


def write(folder: Path, tasks: Sequence[str]) -> None:
    """Write the data sets of the tasks, and stand-ins for metrics that come from the hub."""
    shutil.copytree(_METRICS, folder, dirs_exist_ok=True)
    for name, dataset in plan(tasks).items():
        home = folder / name
        home.mkdir(parents=True, exist_ok=True)
        configs = []
        for subset, columns in dataset.subsets.items():
            splits = sorted(dataset.splits[subset])
            for split in splits:
                made = rows(columns, f"{name} {subset} {split}", _DOCUMENTS)
                _write_file(home / subset / f"{split}.parquet", made)
            data_files = [{"split": one, "path": f"{subset}/{one}.parquet"} for one in splits]
            configs.append({"config_name": subset, "data_files": data_files})
        for subset, files in dataset.file_configs.items():
            data_files = [{"split": split, "path": path} for split, path in files.items()]
            configs.append({"config_name": subset, "data_files": data_files})
        for path, (of_file, header) in dataset.files.items():
            _write_file(home / path, rows(of_file, f"{name} {path}", _DOCUMENTS), header=header)
        if configs:
            card = yaml.safe_dump({"configs": configs}, sort_keys=False)
            (home / "README.md").write_text(f"---\n{card}---\n", encoding="utf-8")


def _write_file(path: Path, made: list[dict[str, Any]], *, header: bool = True) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".gz":
        lines = "".join(json.dumps(row) + "\n" for row in made)
        path.write_bytes(gzip.compress(lines.encode(), mtime=0))
    elif path.suffix == ".csv":
        options = pyarrow.csv.WriteOptions(include_header=header)
        pyarrow.csv.write_csv(pa.Table.from_pylist(made), path, options)
    else:
        pq.write_table(pa.Table.from_pylist(made), path)


def main() -> None:
    """Write the data sets to the folder named."""
    folder, *tasks = sys.argv[1:]
    write(Path(folder), tasks or list(SWEPT))


if __name__ == "__main__":
    main()
