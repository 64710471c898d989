"""The one retry policy: what is asked again, after how long, and for how long in all."""

import random
from dataclasses import dataclass

from stack_tui.endpoints.endpoint_errors import EndpointError

_FIRST_WAIT_S = 0.5
_LONGEST_WAIT_S = 30.0


@dataclass(frozen=True)
class RetryPolicy:
    """`budget_s` counts from a request's first failure, and outlasts a server's restart.

    An answer that came but was no good (bad JSON, a plain 500) is asked for again `bad_answers` and
    `server_failures` times only: the server is up, and this request may be what it cannot take.
    """

    budget_s: float = 600.0
    bad_answers: int = 3
    server_failures: int = 8

    def wait_s(
        self, error: EndpointError, failures: int, same: int, spent_s: float
    ) -> float | None:
        """Return how long to wait before asking again, None where the request has failed for good.

        `failures` counts this request's failures so far, `same` those of this kind.
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
