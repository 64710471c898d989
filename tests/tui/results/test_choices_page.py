"""The choices of a multiple-choice document."""

import pytest

from stack_tui.runs.events import ChoiceLogprob
from stack_tui.tui.results.choices_page import probabilities


def test_choices_shares_are_among_the_choices() -> None:
    given = (
        ChoiceLogprob(text="a", logprob=-1.0),
        ChoiceLogprob(text="b", logprob=-1.0),
        ChoiceLogprob(text="c"),
    )
    assert probabilities(given) == [pytest.approx(0.5), pytest.approx(0.5), None]
