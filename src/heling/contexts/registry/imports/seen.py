"""Which numbers a file has shown so far, in a few bytes a line."""

from __future__ import annotations

from array import array

_FIRST_SIZE = 1 << 12


class Seen:
    """Blind index → the line that showed it first; 18 to 36 bytes a line, where a dict takes 250.

    An open-addressed table of the first 64 bits of each blind index. They are keyed noise:
    in a file of a million lines two people share them once in some thirty million files.
    """

    def __init__(self) -> None:
        self._count = 0
        self._make(_FIRST_SIZE)

    def met(self, blind: bytes, line: int) -> int | None:
        """The line that showed it before, else None, and from now on it is ``line`` (≥ 1)."""
        key = int.from_bytes(blind[:8])
        at = self._find(key)
        if self._lines[at]:
            return self._lines[at]
        self._keys[at], self._lines[at] = key, line
        self._count += 1
        if self._count * 3 > len(self._keys) * 2:
            self._grow()
        return None

    def _find(self, key: int) -> int:
        """The place of a key, or the free one where it belongs."""
        at = key & self._mask
        while self._lines[at] and self._keys[at] != key:
            at = (at + 1) & self._mask
        return at

    def _make(self, size: int) -> None:
        self._keys, self._lines = array("Q", bytes(8 * size)), array("I", bytes(4 * size))
        self._mask = size - 1

    def _grow(self) -> None:
        keys, lines = self._keys, self._lines
        self._make(2 * len(keys))
        for key, line in zip(keys, lines, strict=True):
            if line:
                at = self._find(key)
                self._keys[at], self._lines[at] = key, line
