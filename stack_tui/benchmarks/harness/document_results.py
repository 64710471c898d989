"""The results of documents: what a task's `process_results` returned, once for each filter."""

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ProcessResults = Callable[[Any, list[Any]], dict[str, Any]]


@dataclass(frozen=True)
class DocumentResult:
    """The metrics of a document by one filter.

    `answers` are the filtered answers that they were computed from, `document` the copy that the
    task may have changed meanwhile.
    """

    answers: list[Any]
    document: Any
    metrics: dict[str, Any]


DocumentResults = Mapping[str, DocumentResult]


def process(
    process_results: ProcessResults, document: Any, answers: Sequence[Any]
) -> DocumentResult:
    """Return the result; like lm-eval, of a fresh copy of the document for each filter."""
    copied = _copy_of(document)
    return DocumentResult(list(answers), copied, process_results(copied, list(answers)))


def _copy_of(document: Any) -> Any:
    try:
        return copy.deepcopy(document)
    except Exception:  # whatever a task's own types raise: then it has no copy
        return document


class RecordedResults:
    """Gives `simple_evaluate` the documents that were asked, with the results that they got.

    A task's `process_results` may be costly, keep a state or draw at random, so it runs once for
    each answer. Only where lm-eval, which filters all documents together, has filtered an answer to
    something else, it runs again.
    """

    def __init__(
        self,
        process_results: ProcessResults,
        documents: Sequence[tuple[int, Any, DocumentResults]],
    ) -> None:
        self._process_results = process_results
        self._documents = documents
        self._filters = iter(documents[0][2])

    def doc_iterator(self, **options: Any) -> Iterator[tuple[int, Any]]:
        """Yield the documents' indices and the documents as they were scored by the next filter."""
        del options
        name = next(self._filters)
        for index, document, results in self._documents:
            self._present = document, results[name]
            yield index, results[name].document

    def process_results(self, doc: Any, results: Sequence[Any]) -> dict[str, Any]:
        """Return the metrics of the document that was yielded last."""
        del doc
        document, recorded = self._present
        if _are_equal(recorded.answers, results):
            return recorded.metrics
        return process(self._process_results, document, results).metrics


def _are_equal(one: Any, other: Any) -> bool:
    try:
        return bool(one == other)
    except Exception:  # arrays, and what else a filter may return, refuse to be compared
        return False
