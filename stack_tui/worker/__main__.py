"""The worker's process: `python -m stack_tui.worker RUN-FOLDER`; it writes to the run's log."""

import asyncio
import logging
import sys
from pathlib import Path

from stack_tui.errors import StackError
from stack_tui.worker.execute import execute


def main() -> int:
    """Execute the run; return 0 if it ended or was stopped, 4 if it was interrupted."""
    folder = Path(sys.argv[1])
    logging.basicConfig(format="%(message)s")
    logging.getLogger("stack_tui").setLevel(logging.INFO)
    try:
        finished = asyncio.run(execute(folder))
    except StackError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    except OSError as error:
        sys.stderr.write(f"{folder}: the run cannot be recorded: {error}\n")
        return 4
    return 0 if finished is None or finished.outcome == "complete" else 4


if __name__ == "__main__":
    sys.exit(main())
