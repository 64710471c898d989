"""The order in which documents are asked: subjects kept together, each prefix's first one ahead."""

from collections import deque
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass
class _Group(Generic[T]):
    waiting: deque[T] = field(default_factory=deque)
    begun: bool = False
    led: bool = False


class Schedule(Generic[T]):
    """Documents in groups that share a prefix; a group's first is asked alone.

    Where all of a group's documents went out at once, the server would compute the prefix that they
    share once for each of them. Documents without a prefix need no leader.
    """

    def __init__(self) -> None:
        self._groups: dict[str, _Group[T]] = {}
        self.waiting = 0

    def add(self, prefix: str | None, task: str, item: T) -> None:
        """Put the item at the end of its group."""
        group = self._groups.setdefault(prefix or f" {task}", _Group(led=prefix is None))
        group.waiting.append(item)
        self.waiting += 1

    def next(self, ahead: int) -> T | None:
        """Return what to ask next, None where all that wait do so for their group's leader.

        The next group's leader goes out once no more than `ahead` of the present one are left.
        """
        open_groups = [group for group in self._groups.values() if group.waiting]
        ready = next((group for group in open_groups if group.led), None)
        if ready is None or len(ready.waiting) <= ahead:
            leaderless = next((one for one in open_groups if not one.begun and not one.led), None)
            ready = leaderless or ready
        if ready is None:
            return None
        ready.begun = True
        self.waiting -= 1
        return ready.waiting.popleft()

    def lead(self, prefix: str | None) -> None:
        """Take note that a document with that prefix has been answered, or has failed."""
        if prefix is not None:
            self._groups[prefix].led = True
