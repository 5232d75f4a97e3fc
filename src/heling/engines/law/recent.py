"""What was made lately: a small memory that every thread shares."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Recent(Generic[T]):
    """The last ``most`` things by key; what was not asked for longest is forgotten first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._found: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> T | None:
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
            return self._found.get(key)

    def put(self, key: Hashable, value: T) -> None:
        with self._lock:
            self._keep(key, value)

    def clear(self) -> None:
        with self._lock:
            self._found.clear()

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is kept under ``key``, made if it is not. Two threads that come at once may both
        make it; both then hold the first one's."""
        found = self.get(key)
        if found is not None:
            return found
        made = make()
        with self._lock:
            made = self._found.get(key, made)
            self._keep(key, made)
        return made

    def _keep(self, key: Hashable, value: T) -> None:
        """The lock is held."""
        self._found[key] = value
        self._found.move_to_end(key)
        while len(self._found) > self._most:
            self._found.popitem(last=False)
