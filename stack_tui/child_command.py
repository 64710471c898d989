"""The command line and the environment of a child process that runs a module of this package."""

import re
import sys
from collections.abc import Collection, Mapping

_SECRET = re.compile(
    r"KEY|TOKEN|SECRET|PASSW|PASSPHRASE|CREDENTIAL|COOKIE|AUTH|(?:^|_)(?:PASS|PAT|PWD)$",
    re.IGNORECASE,
)
# The name of the working folder, and settings with TOKEN in them that are no secrets.
_NO_SECRET = frozenset({"PWD", "OLDPWD", "TOKENIZERS_PARALLELISM", "HF_TOKEN_PATH"})


def module_command(module: str, *arguments: str) -> list[str]:
    """Return the command that runs the module as this Python does, with these arguments.

    `-P` keeps the working folder out of `sys.path`. Otherwise a `random.py` in a folder that the
    user merely works in would run, with the user's keys at hand, in place of Python's own.
    """
    return [sys.executable, "-P", "-m", module, *arguments]


def without_secrets(
    environment: Mapping[str, str], keep: Collection[str] = (), drop: Collection[str] = ()
) -> dict[str, str]:
    """Return the environment for a child that may run code of others: without keys and tokens.

    Variables count by their names, such as OPENAI_API_KEY or PGPASSWORD. Those in `keep` stay
    whatever they are called, those in `drop` go.
    """
    return {
        name: value
        for name, value in environment.items()
        if name in keep or not (name in drop or _is_secret(name))
    }


def _is_secret(name: str) -> bool:
    return name not in _NO_SECRET and _SECRET.search(name) is not None
