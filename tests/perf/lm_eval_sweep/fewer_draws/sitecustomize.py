"""Bootstrapped standard errors of lm_eval from 1,000 draws instead of 100,000.

With this folder in PYTHONPATH, Python imports this module when it starts. The full number takes
minutes a task with F1 or Matthews' correlation, and the same code draws.
"""

import importlib.abc
import importlib.util
import sys
from types import ModuleType
from typing import Any

_DRAWS = 1000


class _FewerDraws(importlib.abc.MetaPathFinder):
    """Finds `lm_eval.api.metrics` as it is, and limits its draws once it is loaded."""

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        """Return the module's own spec with a longer loading, None for other modules."""
        if name != "lm_eval.api.metrics":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        assert spec is not None
        loader: Any = spec.loader
        load = loader.exec_module

        def load_and_limit(module: ModuleType) -> None:
            load(module)
            bootstrap: Any = module.__dict__["bootstrap_stderr"]

            def limited(metric: Any, values: Any, iters: int) -> Any:
                return bootstrap(metric, values, min(iters, _DRAWS))

            module.__dict__["bootstrap_stderr"] = limited

        loader.exec_module = load_and_limit
        return spec


sys.meta_path.insert(0, _FewerDraws())
