"""公示 as the public reads it. Nothing here can reach a person: only the notice's own rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from heling.contexts.entitlements.models import Notice, NoticeLine
from heling.kernel.errors import NotFound
from heling.kernel.identifiers import Territory


@dataclass(frozen=True, slots=True)
class PublicLine:
    id: int
    position: int
    name: str
    community: str
    category: str


@dataclass(frozen=True, slots=True)
class PublicNotice:
    """A notice; ``lines`` is empty before and after its period (data minimisation)."""

    id: int
    number: str
    place: str
    published_on: date
    starts: date
    ends: date
    term: str
    unverified: bool
    source: str
    body_name: str
    body_phone: str
    size: int
    running: bool
    lines: tuple[PublicLine, ...] = ()


def public_notices(
    *, on: date, within: Territory | None = None, limit: int = 100
) -> list[PublicNotice]:
    """Notices from the newest on, without their lines."""
    rows = Notice.objects.filter(published_on__lte=on)
    if within is not None:
        rows = rows.filter(code__gte=within.lo, code__lt=within.hi)
    return [_public(row, on=on) for row in rows.order_by("-published_on", "-pk")[:limit]]


def public_notice(notice_id: int, *, on: date) -> PublicNotice:
    """One notice with its lines while it runs. Raises NotFound."""
    row = Notice.objects.filter(pk=notice_id, published_on__lte=on).first()
    if row is None:
        raise NotFound("没有找到这份公示。", hint="请从公示列表进入。")
    return _public(row, on=on, with_lines=True)


def public_line(line_id: int, *, on: date) -> tuple[PublicNotice, PublicLine]:
    """One line of a running notice, to object to. NotFound once the notice is over."""
    line = NoticeLine.objects.select_related("notice").filter(pk=line_id).first()
    if line is None or not _running(line.notice, on=on):
        raise NotFound("这一条现在没有公示。", hint="请从公示列表进入。")
    return _public(line.notice, on=on), _line(line)


def _running(row: Notice, *, on: date) -> bool:
    return row.published_on <= on <= row.ends


def _line(row: NoticeLine) -> PublicLine:
    return PublicLine(row.pk, row.position, row.name, row.community, row.category)


def _public(row: Notice, *, on: date, with_lines: bool = False) -> PublicNotice:
    running = _running(row, on=on)
    lines = row.lines.order_by("position") if with_lines and running else ()
    return PublicNotice(
        id=row.pk,
        number=row.number,
        place=row.place,
        published_on=row.published_on,
        starts=row.starts,
        ends=row.ends,
        term=row.term,
        unverified=row.unverified,
        source=row.source,
        body_name=row.body_name,
        body_phone=row.body_phone,
        size=row.size,
        running=running,
        lines=tuple(_line(line) for line in lines),
    )
