"""The order in which documents are asked: by subject, the first of each prefix ahead."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")

# Far more than are looked ahead for the next group's leader (twice the limit's maximum of 512), so
# that a bounded schedule never hides it; and few enough to hold in memory with all their tokens.
_SIZE = 2048


@dataclass
class _Group(Generic[T]):
    waiting: deque[T] = field(default_factory=deque)
    begun: bool = False
    led: bool = False


class Schedule(Generic[T]):
    """Documents in groups that share a prefix; a group's first is asked alone, as its leader.

    If all of a group's documents went out at once, the server would compute their prefix for each
    of them. Documents without a prefix need no leader.
    """

    def __init__(self, size: int = _SIZE) -> None:
        self._groups: dict[str, _Group[T]] = {}
        self._size = size
        self._changed = asyncio.Event()
        self._closed = False
        self._stopped = False
        self.waiting = 0

    def add(self, prefix: str | None, task: str, item: T) -> None:
        """Add the item at the end of its group."""
        group = self._groups.setdefault(prefix or f" {task}", _Group(led=prefix is None))
        group.waiting.append(item)
        self.waiting += 1
        self._changed.set()

    def close(self) -> None:
        """End the schedule after the items in it; call it when nothing more is added."""
        self._closed = True
        self._changed.set()

    def stop(self) -> None:
        """End the schedule now, whatever is in it."""
        self._stopped = True
        self._changed.set()

    async def room(self) -> None:
        """Wait until there is room for more items."""
        while self.waiting >= self._size:
            await self._change()

    async def wait_for_next(self, ahead: int) -> T | None:
        """Return the next item, after waiting for one; None when the schedule has ended."""
        while not self._stopped:
            item = self.next(ahead)
            if item is not None:
                return item
            if self._closed and not self.waiting:
                break
            await self._change()
        return None

    async def _change(self) -> None:
        # Nothing is awaited between the caller's look at the state and this wait, and every change
        # of the state sets the event: no change is missed.
        self._changed.clear()
        await self._changed.wait()

    def next(self, ahead: int) -> T | None:
        """Return the next item, None if all items wait for their group's leader.

        The next group's leader is due once at most `ahead` items of the present group are left.
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
        self._changed.set()
        return ready.waiting.popleft()

    def lead(self, prefix: str | None) -> None:
        """Note that a document with that prefix has been answered or has failed."""
        if prefix is not None and not self._groups[prefix].led:
            self._groups[prefix].led = True
            self._changed.set()
