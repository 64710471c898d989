"""What holds for all tests: nothing is timed, so a busy machine fails none of them."""

import os

from hypothesis import HealthCheck, settings

# A change is judged by the same examples each time; whoever works on one looks at new ones.
settings.register_profile(
    "untimed",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("untimed")
