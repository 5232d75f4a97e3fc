"""Roster files of people who are not registered yet, clean and with mistakes, to import."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from pathlib import Path

from heling.contexts.places import public as places
from heling.demo import (
    HouseholdDraft,
    dirty_roster_rows,
    generate,
    roster_rows,
    write_csv,
    write_xlsx,
)
from heling.kernel.actor import system
from heling.kernel.errors import BadInput
from heling.platform.access.scope import scoped
from heling.shell.city.ground import prepare, read_divisions, refuse_in_production, villages
from heling.shell.city.layout import Home

ROWS = 60
_CLEAN, _DIRTY = 1001, 1002  # seeds of their own: nobody of the city itself
_MISTAKES = 0.3
_WRITERS = {".xlsx": write_xlsx, ".csv": write_csv}
Row = tuple[str, ...]


def write_roster(
    path: Path, *, rows: int, divisions: Sequence[str], seed: int, today: date, dirty: bool
) -> int:
    """``heling seed --roster``: a roster of the divisions' villages; returns the rows written.

    Raises BadInput for another suffix than .xlsx and .csv, or a file that cannot be written.
    """
    refuse_in_production()
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        raise BadInput.single(str(path), "文件名应以 .xlsx 或 .csv 结尾")
    territories = read_divisions(divisions)
    by = system("演示数据")
    with scoped(by):
        prepare(territories, by=by)
        ground = villages(territories)
    people = generate(seed=seed, elders=rows, villages=ground, on=today)
    lines: Iterable[Row] = roster_rows(people)
    try:
        return writer(path, _dirty(lines, today) if dirty else lines)
    except OSError as error:
        raise BadInput.single(
            str(path), f"写不了这个文件（{error.strerror}），请检查路径"
        ) from None


def write_demonstration_rosters(
    home: Home, *, folder: Path, taken: Container[str], today: date
) -> list[Path]:
    """Two files for the home street: one that imports as it is, one with every mistake.

    ``taken`` are resident IDs already registered; their households are left out, as are
    those whose hukou is in another city, which the import asks to be written otherwise.
    """
    folder.mkdir(parents=True, exist_ok=True)
    city = places.place(home.city.prefix).name
    clean = folder / f"花名册-演示-{city}.xlsx"
    dirty = folder / f"花名册-有错-演示-{city}.xlsx"
    write_xlsx(clean, _fresh(home, _CLEAN, taken, today))
    write_xlsx(dirty, _dirty(_fresh(home, _DIRTY, taken, today), today))
    return [clean, dirty]


def _fresh(home: Home, seed: int, taken: Container[str], today: date) -> Iterator[Row]:
    ground = villages([home.street])
    people = generate(seed=seed, elders=ROWS + ROWS, villages=ground, on=today)
    here = {village.code12 for village in ground}
    return islice(roster_rows(_plain(people, taken, here)), ROWS)


def _plain(
    households: Iterable[HouseholdDraft], taken: Container[str], here: Container[str]
) -> Iterator[HouseholdDraft]:
    for household in households:
        if all(m.resident_id not in taken and m.hukou_code in here for m in household.members):
            yield household


def _dirty(rows: Iterable[Row], today: date) -> Iterator[Row]:
    return (d.row for d in dirty_roster_rows(rows, seed=_DIRTY, on=today, share=_MISTAKES))
