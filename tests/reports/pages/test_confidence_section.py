"""The calibration of a run's choices, as reports and the app show it."""

from random import Random

from stack_tui.reports.measures.choice_confidence import choice_confidence
from stack_tui.reports.pages.confidence_section import confidence_section
from stack_tui.reports.pages.model import Page
from stack_tui.reports.render.plain_text import render_text
from stack_tui.runs.events import ChoiceLogprob, Sample
from tests.reports.views import view


def documents(count: int) -> list[Sample]:
    """Documents of two choices, whose likelier one the model holds at 0.8 and that is right so."""
    random = Random(5)
    return [
        Sample(
            at=1.0,
            task="t",
            id=str(place),
            choices=(
                ChoiceLogprob(text="yes", logprob=-0.2231),
                ChoiceLogprob(text="no", logprob=-1.6094),
            ),
            chosen=0,
            target="yes" if random.random() < 0.8 else "no",
        )
        for place in range(count)
    ]


def test_the_confidence_is_the_likeliest_choices_share() -> None:
    found = choice_confidence(view(documents(400)))
    assert found is not None
    assert round(found.confidence, 3) == 0.8
    assert found.error.interval[0] == 0


def test_a_table_shows_claimed_and_right_by_confidence() -> None:
    text = render_text(Page("", confidence_section(view(documents(400)))))
    assert "claimed" in text
    assert "calibration error" in text
    assert "┃" in text


def test_few_documents_show_nothing() -> None:
    assert confidence_section(view(documents(99))) == ()


def test_documents_without_all_log_probabilities_do_not_count() -> None:
    broken = [
        Sample(at=1.0, task="t", id=str(n), choices=(ChoiceLogprob(text="yes"),) * 2, target="yes")
        for n in range(200)
    ]
    assert choice_confidence(view(broken)) is None
