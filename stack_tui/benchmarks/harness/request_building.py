"""Build lm-eval's requests document by document, byte for byte as its own loop does."""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lm_eval.api.group import Group
from lm_eval.api.instance import Instance
from lm_eval.api.task import Task
from lm_eval.evaluator_utils import get_sample_size

from stack_tui.benchmarks.harness.conversations import Conversation, Conversations
from stack_tui.benchmarks.harness.document_results import DocumentResults
from stack_tui.benchmarks.harness.lm_eval_private import filters_of, hold_documents
from stack_tui.benchmarks.harness.loading_errors import UnsuitableTask
from stack_tui.benchmarks.harness.protocol import (
    ConversationRequest,
    Document,
    LoglikelihoodRequest,
    Request,
    RollingRequest,
    TextRequest,
)
from stack_tui.benchmarks.harness.shared_passage import passage_field, passage_id
from stack_tui.benchmarks.harness.task_loading import name_of
from stack_tui.runs.events import TaskPlan
from stack_tui.runs.spec import BenchmarkSubject, digest

_SHARED_AT_LEAST = 200
_SAMPLED = 4
# In the text of an object that has none of its own.
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")
_END_OF_EXAMPLE = re.compile(r"\w(?=\n)")


@dataclass
class LoadedTask:
    """A task with the documents to run, their instances once built, and their results once scored.

    `indices` are the documents' ids in the dataset if they were picked, None if they are the first.
    """

    task: Task
    limit: int | None
    indices: list[int] | None
    count: int
    instances: dict[int, list[Instance]] = field(default_factory=dict)
    results: dict[int, DocumentResults] = field(default_factory=dict)
    prefix: str | None = None
    passage: str = ""
    """The field of a document that holds a passage which others may share."""

    @property
    def name(self) -> str:
        """The task's name."""
        return name_of(self.task)

    def documents(
        self, spec: BenchmarkSubject, conversations: Conversations | None
    ) -> Iterator[tuple[int, list[Instance]]]:
        """Yield each document's index and its instances, in lm-eval's order.

        Few-shot examples are drawn from one generator per task, so the order shapes the prompts.
        """
        task = self.task
        chat = spec.apply_chat_template
        render = conversations.renderer(task) if chat and conversations else None
        for doc_id, doc in task.doc_iterator(
            rank=0, limit=self.limit, samples=self.indices, world_size=1
        ):
            context = task.fewshot_context(
                doc,
                num_fewshot=task.config.num_fewshot or 0,
                system_instruction=spec.system,
                apply_chat_template=chat,
                fewshot_as_multiturn=spec.fewshot_as_multiturn,
                chat_template=render,
                gen_prefix=task.doc_to_prefix(doc),
            )
            made = task.construct_requests(
                doc=doc,
                ctx=context,
                metadata=(task.config["task"], doc_id, task.config.repeats),
                apply_chat_template=chat,
                chat_template=render,
            )
            instances = made if isinstance(made, list) else [made]
            self.instances[doc_id] = instances
            yield doc_id, instances

    def start_over(self, spec: BenchmarkSubject) -> None:
        """Drop what was built, and reset the generator of the few-shot examples."""
        self.instances.clear()
        self.task.set_fewshot_seed(seed=spec.seed)

    def dataset_id(self, doc_id: int) -> int:
        """Return the document's id in its dataset."""
        return self.indices[doc_id] if self.indices else doc_id


def prepare(task: Task, spec: BenchmarkSubject) -> LoadedTask:
    """Return the task with the documents that the run's limit or samples select.

    Raises UnsuitableTask for a sample that the task does not have.
    """
    picked = spec.samples.get(name_of(task))
    indices = sorted(set(picked)) if picked else None
    limit = get_sample_size(task, spec.limit) if spec.limit is not None else None
    hold_documents(task)
    total = len(task.eval_docs)
    if indices and indices[-1] >= total:
        raise UnsuitableTask(
            f"--samples names document {indices[-1]} of the task {name_of(task)}, which has"
            f" {total:,} documents",
            remedy=f"Use indexes from 0 to {total - 1}.",
        )
    count = len(indices) if indices else min(total, limit or total)
    return LoadedTask(task, limit, indices, count, passage=passage_field(task.eval_docs))


def plan_of(built: LoadedTask, groups: tuple[str, ...]) -> TaskPlan:
    """Return the task's part of the run's plan; its route is chosen later."""
    task = built.task
    choices = _choice_count(task)
    metric = primary_metric(task)
    return TaskPlan(
        name=built.name,
        samples=built.count,
        requests=built.count,
        route="",
        groups=groups,
        version=str(task.VERSION),
        fewshot=task.config.num_fewshot,
        chance=1 / choices if choices else None,
        metric=metric,
        higher_is_better=is_higher_better(task, metric),
    )


def _choice_count(task: Task) -> int:
    if task.OUTPUT_TYPE != "multiple_choice":
        return 0
    return len(task.doc_to_choice(task.eval_docs[0]))


def primary_metric(task: Task) -> str:
    """Return the metric that stands for the task, as `name,filter`: a right answer has 1 in it."""
    names = list(task.aggregation())
    name = next((one for one in ("acc_norm", "acc", "exact_match") if one in names), "")
    filters = [ensemble.name for ensemble in filters_of(task)]
    return f"{name or (names[0] if names else '')},{filters[0] if filters else 'none'}"


def is_higher_better(task: Task, metric: str) -> bool | None:
    """Return whether a higher value of the metric is better, None if lm-eval does not say."""
    found = task.higher_is_better().get(metric.partition(",")[0])
    return found if isinstance(found, bool) else None


def groups_of(items: list[Any]) -> dict[str, tuple[str, ...]]:
    """Return each task's groups, outermost first."""
    found: dict[str, tuple[str, ...]] = {}

    def visit(item: Any, above: tuple[str, ...]) -> None:
        if isinstance(item, Group):
            for child in item:
                visit(child, (*above, item.name))
        else:
            found.setdefault(name_of(item), above)

    for item in items:
        visit(item, ())
    return found


def shared_prefix(documents: list[list[Instance]]) -> str | None:
    """Return the text that the contexts of the first documents share, None if it is short.

    It ends before a line break after a letter or digit, because tokenizers that split text by a
    pattern first never join tokens there.
    """
    contexts = [str(one.args[0]) for made in documents[:_SAMPLED] for one in made if one.args]
    if len(documents) < 2 or not contexts:
        return None
    common = os.path.commonprefix(contexts)  # noqa: RUF071 - of texts, letter by letter
    ends = [match.end() for match in _END_OF_EXAMPLE.finditer(common)]
    return common[: ends[-1]] if ends and ends[-1] >= _SHARED_AT_LEAST else None


def prefix_id(text: str) -> str:
    """Return the id of a prefix."""
    return digest(text)[:12]


def as_document(built: LoadedTask, doc_id: int, instances: list[Instance]) -> Document:
    """Return the document as the harness sends it."""
    contexts: dict[str, int] = {}
    conversations: dict[str, int] = {}
    requests = [
        _request(one, contexts, conversations)
        for one in sorted(instances, key=lambda instance: instance.idx)
    ]
    prefix = built.prefix
    shared = prefix is not None and all(context.startswith(prefix) for context in contexts)
    cut = len(prefix) if prefix is not None and shared else 0
    task, doc = built.task, instances[0].doc
    return Document(
        task=built.name,
        doc=doc_id,
        dataset_id=built.dataset_id(doc_id),
        contexts=[context[cut:] for context in contexts],
        requests=requests,
        conversations=list(conversations),
        prefix=prefix_id(prefix) if prefix is not None and contexts and shared else None,
        target=_target(task, doc),
        choices=_choices(task, doc),
        cluster=passage_id(doc, built.passage),
        digest=_digest_of(doc),
    )


def _request(one: Instance, contexts: dict[str, int], conversations: dict[str, int]) -> Request:
    """Return the instance as a request; its prompt gets a place among those of the document."""
    prompt, repeats = one.args[0], one.repeats or 1
    if one.request_type == "generate_until":
        gen = one.args[1]
        if isinstance(prompt, Conversation):
            place = conversations.setdefault(prompt.prompt, len(conversations))
            return ConversationRequest(conversation=place, gen=gen, repeats=repeats)
        place = contexts.setdefault(prompt, len(contexts))
        return TextRequest(context=place, gen=gen, repeats=repeats)
    text = prompt.rendered() if isinstance(prompt, Conversation) else prompt
    place = contexts.setdefault(text, len(contexts))
    if one.request_type == "loglikelihood_rolling":
        return RollingRequest(context=place, repeats=repeats)
    return LoglikelihoodRequest(context=place, continuation=str(one.args[1]), repeats=repeats)


def _digest_of(doc: Any) -> str:
    """Return a digest by which a document is known again in another process."""
    text = json.dumps(doc, default=str, skipkeys=True)
    return digest(_ADDRESS.sub("", text))


def _choices(task: Task, doc: dict[str, Any]) -> list[str]:
    if task.OUTPUT_TYPE != "multiple_choice":
        return []
    return [str(choice) for choice in task.doc_to_choice(doc)]


def _target(task: Task, doc: dict[str, Any]) -> str:
    gold = task.doc_to_text(doc) if getattr(task, "multiple_input", 0) else task.doc_to_target(doc)
    choices = _choices(task, doc)
    if choices and isinstance(gold, int) and 0 <= gold < len(choices):
        return choices[gold]
    if isinstance(gold, list):
        return " | ".join(
            choices[one] if choices and isinstance(one, int) and one < len(choices) else str(one)
            for one in gold
        )
    return str(gold)
