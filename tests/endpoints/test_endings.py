"""What a server's reason for ending an output means."""

import pytest

from stack_tui.endpoints.chat import read_completion
from stack_tui.endpoints.endings import REASONS, ending_of
from tests.endpoints.answer_table import rows
from tests.fakes import completion

LISTED = [(code, row.taken_as) for row in rows("ending") for code in row.codes]


@pytest.mark.parametrize(("reason", "meaning"), LISTED)
def test_each_listed_ending_is_taken_as_the_docs_say(reason: str, meaning: str) -> None:
    for spelled in (reason, reason.upper(), reason.replace("_", "-"), f"FINISH_REASON_{reason}"):
        assert ending_of(spelled) == meaning


def test_the_docs_list_every_ending() -> None:
    known = {reason for reasons in REASONS.values() for reason in reasons}
    assert {reason for reason, _ in LISTED} - {"null"} == known


def test_no_reason_is_a_complete_output() -> None:
    assert ending_of("") == "complete"


@pytest.mark.parametrize("reason", ["maxTokens", "MaxTokens", "max tokens"])
def test_an_ending_is_known_in_any_spelling(reason: str) -> None:
    assert ending_of(reason) == "truncated"


def test_an_ending_that_is_not_listed_is_unknown_and_the_output_counts() -> None:
    found = read_completion(completion("The Sun.", "solar_flare").body)
    assert (found.ending, found.status, found.finish_reason) == ("unknown", "ok", "solar_flare")
