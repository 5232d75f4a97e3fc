"""How a city finds its own packs on a shelf, and what was built from them once.

A city's rule set is every ordinance in the folder named after its six-digit code, and everything
those import. Norms (``kind: norms``) are a book of their own. Measures in the same folder
(``measure`` and ``norm-measure``) answer open terms of the one or the other and are left out unless
asked for; overlays (``overlay`` and ``norm-overlay``) are what its districts give above the city's
lower limits. So a new city is a new folder.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, cast

from heling.engines.law.model import Pack
from heling.engines.law.reader import read_pack
from heling.engines.law.recent import Recent
from heling.engines.law.shelf import Shelf, default_root, shelf_of
from heling.engines.law.trouble import Findings, Spot
from heling.kernel.errors import NotFound

__all__ = ["cities", "city_packs", "default_root", "gather", "kept", "norm_packs", "read"]

T = TypeVar("T")
_KIND = re.compile(rb"^kind:[ \t]*([a-z-]+)", re.MULTILINE)


def cities(where: Shelf | Path) -> tuple[str, ...]:
    """Codes of the cities that have packs, in order."""
    folders = {name.split("/")[0] for name in shelf_of(where).packs()}
    return tuple(sorted(f for f in folders if f.isdigit() and len(f) == 6))


def city_packs(city: str, shelf: Shelf, *, measures: bool) -> tuple[str, ...]:
    """Ids of a city's ordinances (and measures). Raises NotFound for a city without packs."""
    kinds = {"ordinance", "overlay", *(["measure"] if measures else [])}
    return _of(city, shelf, kinds)


def norm_packs(city: str, shelf: Shelf, *, measures: bool) -> tuple[str, ...]:
    """Ids of a city's packs of norms (and measures). Raises NotFound for a city without packs."""
    kinds = {"norms", "norm-overlay", *(["norm-measure"] if measures else [])}
    return _of(city, shelf, kinds)


def _of(city: str, shelf: Shelf, kinds: set[str]) -> tuple[str, ...]:
    own = [name for name in shelf.packs() if name.startswith(f"{city}/")]
    if not own or city not in cities(shelf):
        raise NotFound(f"没有城市 {city} 的规则包。", hint=f"现有：{'、'.join(cities(shelf))}。")
    return tuple(name for name in own if _kind(shelf.pack(name) or b"") in kinds)


def _kind(raw: bytes) -> str:
    """Read from the head of a pack, without composing it; an ordinance when nothing is said,
    so that loading the city complains."""
    found = _KIND.search(raw)
    return found[1].decode() if found else "ordinance"


_BUILT: Recent[object] = Recent(32)
_READ: Recent[Pack] = Recent(64)


def kept(name: tuple[object, ...], shelf: Shelf, build: Callable[[], T]) -> T:
    """What ``build`` made of a shelf's packs; built again only for a content not seen lately."""
    return cast("T", _BUILT.once((*name, shelf.mark), build))


def read(name: str, shelf: Shelf, findings: Findings) -> Pack | None:
    """One pack of a shelf, or None with the reason in ``findings``.

    The same bytes with the same law text are the same pack, and are read once.
    """
    raw, file = shelf.pack(name), shelf.file(name)
    if raw is None:
        findings.add(Spot(file, 1), "找不到或打不开这个规则包文件")
        return None
    known = _READ.get((file, raw))
    if known is not None and _same_text(known, shelf):
        return known
    before = len(findings)
    pack = read_pack(raw, file, shelf, findings)
    if pack is not None and len(findings) == before:
        _READ.put((file, raw), pack)
    return pack


def _same_text(pack: Pack, shelf: Shelf) -> bool:
    if pack.text is None:
        return True
    raw = shelf.text(pack.text_name)
    return raw is not None and hashlib.sha256(raw).hexdigest() == pack.text.sha256


def gather(names: tuple[str, ...], shelf: Shelf, findings: Findings) -> tuple[Pack, ...]:
    """Read packs and everything they import, imported ones first, each once."""
    found: dict[str, Pack] = {}
    for name in names:
        pack = read(name, shelf, findings)
        if pack is not None:
            _visit(pack, shelf, findings, found, ())
    return tuple(found.values())


def _visit(
    pack: Pack, shelf: Shelf, findings: Findings, found: dict[str, Pack], above: tuple[str, ...]
) -> None:
    if pack.id in found:
        return
    if pack.id in above:
        findings.add(pack.spot, f"规则包互相引用成圈：{' → '.join([*above, pack.id])}")
        return
    for name in pack.imports:
        other = _import(name, pack, shelf, findings) if name not in found else found[name]
        if other is not None:
            _visit(other, shelf, findings, found, (*above, pack.id))
    found.setdefault(pack.id, pack)


def _import(name: str, owner: Pack, shelf: Shelf, findings: Findings) -> Pack | None:
    if shelf.pack(name) is None:
        findings.add(owner.spot.on(name), f"引用的规则包 {name} 不存在")
        return None
    pack = read(name, shelf, findings)
    if pack is not None and pack.id != name:
        findings.add(pack.spot, f"pack 写的是 {pack.id}，按文件位置应为 {name}")
    return pack
