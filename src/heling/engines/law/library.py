"""Where packs live and how a city finds its own.

``packs/<id>.yaml`` is the pack ``<id>``. A city's rule set is every ordinance in the folder named
after its six-digit code, and everything those import. Measures (``kind: measure``) in the same
folder answer open terms and are left out unless asked for; norms (``kind: norms``) are a book of
their own. So a new city is a new folder.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, cast

from heling.engines.law.model import Pack
from heling.engines.law.reader import read_pack
from heling.engines.law.trouble import Findings, Spot
from heling.kernel.errors import NotFound

T = TypeVar("T")
_REPOSITORY = Path(__file__).resolve().parents[4] / "packs"


def default_root() -> Path:
    """``HELING_PACKS``, or the packs folder of the repository."""
    named = os.environ.get("HELING_PACKS")
    return Path(named) if named else _REPOSITORY


def cities(root: Path) -> tuple[str, ...]:
    """Codes of the cities that have packs, in order."""
    return tuple(
        sorted(
            p.name for p in root.iterdir() if p.is_dir() and p.name.isdigit() and len(p.name) == 6
        )
    )


def city_files(city: str, root: Path, *, measures: bool) -> tuple[Path, ...]:
    """The pack files of a city's folder. Raises NotFound for a city without one."""
    if city not in cities(root):
        known = "、".join(cities(root))
        raise NotFound(f"没有城市 {city} 的规则包。", hint=f"现有：{known}。")
    kinds = {"ordinance", "measure"} if measures else {"ordinance"}
    return tuple(f for f in sorted((root / city).glob("*.yaml")) if _kind(f) in kinds)


def norm_files(city: str, root: Path) -> tuple[Path, ...]:
    """The packs of norms in a city's folder. Raises NotFound for a city without one."""
    city_files(city, root, measures=False)
    return tuple(f for f in sorted((root / city).glob("*.yaml")) if _kind(f) == "norms")


def _kind(path: Path) -> str:
    """Read from the head of the file, without composing it; an ordinance when nothing is said,
    so that loading the city complains."""
    with path.open(encoding="utf-8") as lines:
        heads = (line.split("#")[0].strip() for line in lines)
        found = next((h for h in heads if h.startswith("kind:")), "kind: ordinance")
    return found.removeprefix("kind:").strip()


_KEPT: dict[tuple[object, ...], tuple[str, object]] = {}


def kept(name: tuple[object, ...], root: Path, build: Callable[[], T]) -> T:
    """What ``build`` made of the packs under ``root``, again only after they have changed."""
    content, key = _fingerprint(root), (*name, str(root.resolve()))
    found = _KEPT.get(key)
    if found is None or found[0] != content:
        found = _KEPT[key] = (content, build())
    return cast("T", found[1])


def _fingerprint(root: Path) -> str:
    """Hash over names, sizes and times of all packs and texts: cheap, and enough to notice."""
    state = sorted(
        (str(p), s.st_size, s.st_mtime_ns)
        for p in root.rglob("*")
        if p.is_file() and (s := p.stat())
    )
    return hashlib.sha256(repr(state).encode()).hexdigest()


def gather(files: tuple[Path, ...], root: Path, findings: Findings) -> tuple[Pack, ...]:
    """Read packs and everything they import, imported ones first, each once."""
    found: dict[str, Pack] = {}
    for path in files:
        pack = read_pack(path, root, findings)
        if pack is not None:
            _visit(pack, root, findings, found, ())
    return tuple(found.values())


def _visit(
    pack: Pack, root: Path, findings: Findings, found: dict[str, Pack], above: tuple[str, ...]
) -> None:
    if pack.id in found:
        return
    if pack.id in above:
        findings.add(pack.spot, f"规则包互相引用成圈：{' → '.join([*above, pack.id])}")
        return
    for name in pack.imports:
        other = _import(name, pack, root, findings) if name not in found else found[name]
        if other is not None:
            _visit(other, root, findings, found, (*above, pack.id))
    found.setdefault(pack.id, pack)


def _import(name: str, owner: Pack, root: Path, findings: Findings) -> Pack | None:
    path = (root / f"{name}.yaml").resolve()
    if not path.is_relative_to(root.resolve()) or not path.is_file():
        findings.add(Spot(owner.spot.file, owner.spot.line), f"引用的规则包 {name} 不存在")
        return None
    pack = read_pack(path, root, findings)
    if pack is not None and pack.id != name:
        findings.add(pack.spot, f"pack 写的是 {pack.id}，按文件位置应为 {name}")
    return pack
