"""The division tree, seen from identity.

identity and places share a floor, so neither imports the other; ``settings.PLACES``
names the door, and this protocol says what identity needs of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Protocol, cast

from django.conf import settings

from heling.kernel.identifiers import Territory


class Place(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def full_name(self) -> str: ...
    @property
    def level(self) -> str: ...


class Places(Protocol):
    def place(self, code: str) -> Place: ...
    def names(self, codes: Iterable[str]) -> dict[str, str]: ...
    def children(self, code: str) -> Sequence[Place]: ...
    def below(self, territory: Territory, *, level: str) -> Sequence[Place]: ...
    def body_of(self, code: str) -> tuple[str, str] | None: ...


def divisions() -> Places:
    """The door itself (a module). Unknown codes raise NotFound."""
    return cast("Places", import_module(settings.PLACES))


def name_of(code: str) -> str:
    """Full name of a division, or its code where the tree does not know it."""
    return divisions().names([code]).get(code, code)
