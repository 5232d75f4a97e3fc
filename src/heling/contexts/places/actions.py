"""Loading and changing the division tree."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import islice
from pathlib import Path

from django.db import transaction

from heling.contexts.places import importer, memory
from heling.contexts.places.domain import BodyKind, Level, is_resident_committee
from heling.contexts.places.events import DivisionsLoaded
from heling.contexts.places.models import Body, Division
from heling.kernel.actor import Actor
from heling.platform.journal.record import record

_BATCH = 2000
_COLUMNS = ["name", "full_name", "pinyin", "level", "kind", "parent", "source"]


@transaction.atomic
def load_divisions(*, package: Path, cities: Collection[str], by: Actor) -> int:
    """Bring the tree of ``cities`` up to the package's state; returns the number of nodes."""
    loaded = 0
    rows = importer.read(package, cities=cities)
    while batch := list(islice(rows, _BATCH)):
        Division.objects.bulk_create(
            [
                Division(
                    code=row.code,
                    name=row.name,
                    full_name=row.full_name,
                    pinyin=row.pinyin,
                    level=row.level,
                    kind=row.kind,
                    parent_id=row.parent,
                    source=importer.SOURCE,
                )
                for row in batch
            ],
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=_COLUMNS,
        )
        loaded += len(batch)
    transaction.on_commit(memory.forget)
    record(
        DivisionsLoaded(cities=tuple(sorted(cities)), nodes=loaded, source=importer.SOURCE), by=by
    )
    return loaded


@transaction.atomic
def make_demonstration_bodies(*, cities: Iterable[str], by: Actor) -> int:
    """One body per node, named by rule and marked as demonstration data, with no real phone."""
    bodies = [
        _demonstration_body(division)
        for division in Division.objects.filter(code__regex=f"^({'|'.join(c[:4] for c in cities)})")
    ]
    Body.objects.bulk_create(bodies, ignore_conflicts=True, batch_size=_BATCH)
    return len(bodies)


def _demonstration_body(division: Division) -> Body:
    kind, name = {
        Level.CITY: (BodyKind.CIVIL_AFFAIRS, f"{division.name}民政局"),
        Level.COUNTY: (BodyKind.CIVIL_AFFAIRS, f"{division.name}民政局"),
        Level.TOWN: (BodyKind.STREET, _street_office(division.name)),
        Level.VILLAGE: (BodyKind.COMMITTEE, _committee(division)),
    }[Level(division.level)]
    return Body(division=division, kind=kind, name=name, phone="000-1234-5678", demo=True)


def _street_office(name: str) -> str:
    if name.endswith("街道"):
        return f"{name}办事处"
    return f"{name}人民政府" if name.endswith(("镇", "乡")) else f"{name}管理机构"


def _committee(division: Division) -> str:
    kind = "居" if is_resident_committee(division.territory) else "村"
    return f"{division.name}{kind}民委员会"
