"""Servers' metrics under one set of names, and what two readings tell."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack_tui.endpoints.metrics import COUNTERS, quantile, rates, read_metrics

VLLM = """\
# HELP vllm:num_requests_running Number of requests in model execution batches.
# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{engine="0",model_name="m"} 41.0
vllm:num_requests_running{engine="1",model_name="m"} 1.0
vllm:num_requests_waiting{engine="0",model_name="m"} 3.0
vllm:num_requests_waiting_by_reason{engine="0",model_name="m",reason="capacity"} 3.0
vllm:kv_cache_usage_perc{engine="0",model_name="m"} 0.5
vllm:kv_cache_usage_perc{engine="1",model_name="m"} 0.25
vllm:prompt_tokens_total{engine="0",model_name="m"} 1000.0
vllm:prompt_tokens_created{engine="0",model_name="m"} 1.7e+09
vllm:prefix_cache_queries_total{engine="0"} 800.0
vllm:prefix_cache_hits_total{engine="0"} 600.0
vllm:request_success_total{engine="0",finished_reason="stop"} 7.0
vllm:request_success_total{engine="0",finished_reason="length"} 2.0
vllm:time_to_first_token_seconds_bucket{engine="0",le="0.1"} 10.0
vllm:time_to_first_token_seconds_bucket{engine="0",le="0.5"} 90.0
vllm:time_to_first_token_seconds_bucket{engine="0",le="+Inf"} 100.0
vllm:time_to_first_token_seconds_count{engine="0"} 100.0
process_start_time_seconds 1.7e+09
"""


def test_a_vllm_page_is_summed_over_engines_and_its_shares_averaged() -> None:
    found = read_metrics(VLLM, "vLLM")
    assert (found["running"], found["waiting"], found["kv_cache"]) == (42.0, 3.0, 0.375)
    assert (found["prompt_tokens"], found["requests"]) == (1000.0, 9.0)
    assert "preemptions" not in found


def test_llamacpps_cached_prompt_tokens_count_as_prompt_tokens() -> None:
    page = (
        "llamacpp:prompt_tokens_total 366\nllamacpp:prompt_tokens_cached_total 424\n"
        "llamacpp:requests_processing 2\nllamacpp:requests_deferred 1\n"
        "llamacpp:tokens_predicted_total 24\nllamacpp:prompt_tokens_seconds 61.5\n"
    )
    found = read_metrics(page, "llama.cpp")
    assert found == {
        "prompt_tokens": 790,
        "prefix_queries": 790,
        "prefix_hits": 424,
        "generation_tokens": 24,
        "running": 2,
        "waiting": 1,
    }


def test_a_kind_without_metrics_gives_none() -> None:
    assert read_metrics(VLLM, "Ollama") == read_metrics(VLLM, "") == {}


def test_numbers_that_are_none_are_left_out() -> None:
    assert read_metrics("vllm:num_requests_running NaN\n", "vLLM") == {}


def test_a_broken_page_gives_what_stood_before_the_break() -> None:
    page = 'vllm:num_requests_running 4\nvllm:num_requests_waiting{a="b 5\n'
    assert read_metrics(page, "vLLM") == {"running": 4.0}


@given(st.text())
def test_no_page_breaks_the_reading(page: str) -> None:
    read_metrics(f"vllm:num_requests_running {page}", "vLLM")
    read_metrics(f"vllm:num_requests_running{{{page}", "vLLM")


def test_counters_become_rates() -> None:
    before = {"prompt_tokens": 100.0, "prefix_queries": 10.0, "prefix_hits": 0.0, "running": 4.0}
    after = {"prompt_tokens": 600.0, "prefix_queries": 30.0, "prefix_hits": 15.0, "running": 9.0}
    found = rates(before, after, 5.0)
    assert found == {
        "prompt_tokens": 100.0,
        "prefix_queries": 4.0,
        "prefix_hits": 3.0,
        "prefix_hit_rate": 0.75,
    }


def test_a_counter_that_fell_was_reset_and_counts_from_zero() -> None:
    assert rates({"requests": 1000.0}, {"requests": 20.0}, 10.0) == {"requests": 2.0}


def test_no_time_between_gives_no_rates() -> None:
    assert rates({"requests": 1.0}, {"requests": 2.0}, 0.0) == {}


@given(
    st.dictionaries(st.sampled_from(COUNTERS), st.floats(0, 1e12)),
    st.dictionaries(st.sampled_from(COUNTERS), st.floats(0, 1e12)),
    st.floats(0.1, 1e6),
)
def test_rates_are_never_negative(
    before: dict[str, float], after: dict[str, float], seconds: float
) -> None:
    assert all(rate >= 0 for rate in rates(before, after, seconds).values())


def test_quantiles_are_linear_within_their_bucket() -> None:
    now = read_metrics(VLLM, "vLLM")
    assert quantile({}, now, "ttft", 0.5) == pytest.approx(0.3)
    assert quantile({}, now, "ttft", 0.05) == pytest.approx(0.05)


def test_beyond_the_last_bound_a_quantile_is_that_bound() -> None:
    assert quantile({}, read_metrics(VLLM, "vLLM"), "ttft", 0.99) == 0.5


def test_a_quantile_is_of_what_came_between_the_readings() -> None:
    before = read_metrics(VLLM, "vLLM")
    after = before | {"ttft_bucket_0.5": 91.0, "ttft_bucket_+Inf": 101.0}
    assert quantile(before, after, "ttft", 0.5) == pytest.approx(0.3)
    assert quantile(before, before, "ttft", 0.5) is None
    assert quantile({}, {}, "ttft", 0.5) is None


def test_after_a_restart_all_that_the_second_reading_holds_counts() -> None:
    before = read_metrics(VLLM, "vLLM")
    after = {"ttft_bucket_0.1": 2.0, "ttft_bucket_0.5": 2.0, "ttft_bucket_+Inf": 2.0}
    assert quantile(before, after, "ttft", 0.5) == pytest.approx(0.05)


@given(st.lists(st.integers(0, 1000), min_size=2, max_size=8), st.floats(0.01, 0.99))
def test_a_quantile_lies_within_the_bounds(growth: list[int], q: float) -> None:
    total, now = 0, {}
    for index, more in enumerate(growth):
        total += more
        bound = "+Inf" if index == len(growth) - 1 else str(float(index + 1))
        now[f"e2e_bucket_{bound}"] = float(total)
    found = quantile({}, now, "e2e", q)
    assert found is None or (0 <= found <= len(growth) and math.isfinite(found))
