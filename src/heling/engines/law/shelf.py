"""Where packs and law texts are taken from: a folder, or a folder with other packs laid over it.

The engine asks for a pack by its id (``330200/home-care-2018``) and for a text by its name, never
for a file. So packs that live in a database, or in a form that somebody is typing into, are loaded
by the same code as those in the repository.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Protocol

_REPOSITORY = Path(__file__).resolve().parents[4] / "packs"
_SUFFIX = ".yaml"
_TEXTS = "texts"


class Shelf(Protocol):
    """Packs by id and law texts by name."""

    @property
    def mark(self) -> str:
        """Equal marks mean equal content; it is asked for at every loading, so it is cheap."""

    def packs(self) -> tuple[str, ...]:
        """Ids of all packs, in order."""

    def pack(self, name: str) -> bytes | None:
        """The YAML of a pack, or None when there is no such pack."""

    def text(self, name: str) -> bytes | None:
        """A law text as stored, or None."""

    def file(self, name: str) -> str:
        """What findings call the pack: the file as its author knows it."""


@dataclass(frozen=True)
class FolderShelf:
    """``<root>/<id>.yaml`` and ``<root>/texts/<name>``; nothing outside of ``root`` is ever read."""

    root: Path

    @property
    def mark(self) -> str:
        """Over names, sizes and times of all files: cheap, and enough to notice a change."""
        state = sorted(
            (str(p), s.st_size, s.st_mtime_ns)
            for p in self.root.rglob("*")
            if p.is_file() and (s := p.stat())
        )
        return hashlib.sha256(repr((str(self.root.resolve()), state)).encode()).hexdigest()

    def packs(self) -> tuple[str, ...]:
        found = (p.relative_to(self.root).as_posix() for p in self.root.rglob("*" + _SUFFIX))
        return tuple(sorted(name.removesuffix(_SUFFIX) for name in found))

    def pack(self, name: str) -> bytes | None:
        return self._read(self.root / f"{name}{_SUFFIX}")

    def text(self, name: str) -> bytes | None:
        return self._read(self.root / _TEXTS / name)

    def file(self, name: str) -> str:
        return f"{self.root.resolve().name}/{name}{_SUFFIX}"

    def _read(self, path: Path) -> bytes | None:
        if not path.resolve().is_relative_to(self.root.resolve()):
            return None
        try:
            return path.read_bytes()
        except OSError:
            return None


@dataclass(frozen=True)
class LayeredShelf:
    """``base`` with packs and texts laid over it by id and name. ``files``: other names for
    findings to call packs by."""

    base: Shelf
    over: Mapping[str, bytes]
    texts: Mapping[str, bytes] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def mark(self) -> str:
        return hashlib.sha256(f"{self.base.mark} {self._own}".encode()).hexdigest()

    @cached_property
    def _own(self) -> str:
        parts = (
            (kind, name, hashlib.sha256(raw).hexdigest())
            for kind, layer in (("pack", self.over), ("text", self.texts))
            for name, raw in sorted(layer.items())
        )
        return repr((*parts, *sorted(self.files.items())))

    def packs(self) -> tuple[str, ...]:
        return tuple(sorted({*self.base.packs(), *self.over}))

    def pack(self, name: str) -> bytes | None:
        return self.over[name] if name in self.over else self.base.pack(name)

    def text(self, name: str) -> bytes | None:
        return self.texts[name] if name in self.texts else self.base.text(name)

    def file(self, name: str) -> str:
        return self.files.get(name) or self.base.file(name)


def default_root() -> Path:
    """``HELING_PACKS``, or the packs folder of the repository."""
    named = os.environ.get("HELING_PACKS")
    return Path(named) if named else _REPOSITORY


def shelf_of(where: Shelf | Path | None) -> Shelf:
    """A shelf, the folder at a path, or the default folder."""
    if where is None:
        return FolderShelf(default_root())
    return FolderShelf(where) if isinstance(where, Path) else where
