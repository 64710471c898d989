"""The retry policy: which requests are retried, after what wait, and for how long in total."""

import random
from dataclasses import dataclass

from stack_tui.endpoints.endpoint_errors import EndpointError

_FIRST_WAIT_S = 0.5
_LONGEST_WAIT_S = 30.0


@dataclass(frozen=True)
class RetryPolicy:
    """How long to retry: `budget_s` from a request's first failure, longer than a restart takes.

    A bad answer (bad JSON) is retried `bad_answers` times and a plain 500 `server_failures` times
    only: the server is up, and this request may be one that it cannot handle.
    """

    budget_s: float = 600.0
    bad_answers: int = 3
    server_failures: int = 8

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
        if error.status == 500 and same > self.server_failures:
            return None
        ceiling = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2 ** min(failures - 1, 10))
        # The system's generator: the shared one may have been seeded for something else.
        wait = ceiling * random.SystemRandom().uniform(0.5, 1.0)
        if error.retry_after_s is not None:
            wait = max(error.retry_after_s, wait)
        return wait if spent_s + wait <= self.budget_s else None


ONCE = RetryPolicy(budget_s=0.0)
