"""The environment of children that may run code of others."""

import pytest

from stack_tui.child_command import without_secrets


@pytest.mark.parametrize(
    "name",
    [
        "OPENAI_API_KEY",
        "AWS_SECRET_ACCESS_KEY",
        "GITHUB_TOKEN",
        "HF_TOKEN",
        "PGPASSWORD",
        "NPM_AUTH",
        "DB_PASS",
        "GH_PAT",
        "google_credentials",
        "SSH_AUTH_SOCK",
    ],
)
def test_a_secret_is_not_passed_on_unless_it_is_needed(name: str) -> None:
    assert without_secrets({name: "x", "A": "1"}) == {"A": "1"}
    assert without_secrets({name: "x"}, keep=[name]) == {name: "x"}


@pytest.mark.parametrize(
    "name",
    ["PATH", "HOME", "HF_HOME", "HF_DATASETS_CACHE", "TOKENIZERS_PARALLELISM", "PWD", "LANG"],
)
def test_what_is_no_secret_is_passed_on_unless_it_is_named(name: str) -> None:
    assert without_secrets({name: "x"}) == {name: "x"}
    assert without_secrets({name: "x"}, drop=[name]) == {}
