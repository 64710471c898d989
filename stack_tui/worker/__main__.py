"""The worker's process: `python -m stack_tui.worker RUN-FOLDER`, its messages in the run's log."""

import asyncio
import sys
from pathlib import Path

from stack_tui.errors import StackError
from stack_tui.worker.run_worker import carry_out


def main() -> int:
    """Carry the run out; 0 where it ended or stopped as asked, 4 where it was interrupted."""
    folder = Path(sys.argv[1])
    try:
        finished = asyncio.run(carry_out(folder))
    except StackError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    except OSError as error:
        sys.stderr.write(f"{folder}: cannot be recorded any further: {error}\n")
        return 4
    return 0 if finished is None or finished.outcome == "complete" else 4


if __name__ == "__main__":
    sys.exit(main())
