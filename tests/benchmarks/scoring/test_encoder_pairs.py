"""Hard texts are split as lm-eval splits them, with tokenizers of every kind."""

import random

import pytest

from tests.benchmarks.scoring.encoder_differences import differences
from tests.benchmarks.scoring.made_tokenizers import TOKENIZERS, InMemory


@pytest.mark.parametrize("name", TOKENIZERS)
def test_random_pairs_of_hard_texts_have_the_tokens_that_lm_eval_scores(name: str) -> None:
    tokenizer = InMemory(TOKENIZERS[name]())
    assert differences(tokenizer, 200, random.Random(name)) == []
