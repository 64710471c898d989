"""The retry policy: which requests are retried, after what wait, and for how long in total."""

import random
from dataclasses import dataclass

from stack_tui.endpoints.endpoint_errors import EndpointError

_FIRST_WAIT_S = 0.5
_LONGEST_WAIT_S = 30.0


@dataclass(frozen=True)
class RetryPolicy:
    """How long to retry: `budget_s` from a request's first failure, longer than a restart takes.

    A bad answer (bad JSON) is retried `bad_answers` times, and a plain 500 or an output that the
    server gave up `server_failures` times only: the server is up, and this request may be one that
    it cannot handle. Unless `waits_for_server`, a server that cannot be reached, does not answer or
    is still loading is not waited for.
    """

    budget_s: float = 600.0
    bad_answers: int = 3
    server_failures: int = 8
    waits_for_server: bool = True

    def wait_s(
        self, error: EndpointError, failures: int, same: int, spent_s: float
    ) -> float | None:
        """Return the seconds to wait before the retry, None if the request has failed for good.

        `failures` counts this request's failures so far, `same` those of the same kind.
        """
        if not error.retryable:
            return None
        if error.kind == "bad_answer" and same > self.bad_answers:
            return None
        gave_up = error.kind == "server_error" and error.status in (200, 500)
        if gave_up and same > self.server_failures:
            return None
        if not self.waits_for_server and _is_away(error):
            return None
        ceiling = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2 ** min(failures - 1, 10))
        # The system's generator: the shared one may have been seeded for something else.
        wait = ceiling * random.SystemRandom().uniform(0.5, 1.0)
        if error.retry_after_s is not None:
            wait = max(error.retry_after_s, wait)
        return wait if spent_s + wait <= self.budget_s else None


def _is_away(error: EndpointError) -> bool:
    starting = error.status == 503 and error.retry_after_s is None
    return (error.kind in ("connection", "timeout") and error.status is None) or starting


ONCE = RetryPolicy(budget_s=0.0)
# Checks before a run: a busy server is waited for as in the run, a missing one reported at once.
BEFORE_A_RUN = RetryPolicy(bad_answers=1, server_failures=1, waits_for_server=False)
