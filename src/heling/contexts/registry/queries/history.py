"""What happened to an elder: the journal, the read log and state changes, as one timeline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from heling.contexts.identity.public import ROLES
from heling.contexts.registry.models import Elder
from heling.kernel.actor import Actor
from heling.kernel.errors import NotFound
from heling.platform.access.scope import Scope, scoped
from heling.platform.journal.models import Entry, Reading
from heling.platform.journal.record import rebuild


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of a timeline: local time, who (with the role's label), what, in Chinese."""

    at: datetime
    who: str
    sentence: str
    reading: bool = False


def changed_since(elder_id: int, version: int) -> list[Happening]:
    """Saves of an elder after ``version``, oldest first. The caller has locked the elder."""
    entries = Entry.objects.filter(
        subject="elder", subject_id=elder_id, payload__version__gt=version
    ).order_by("at", "pk")
    return [_happening(e) for e in entries[:10]]


def timeline(elder_id: int, *, by: Actor, most: int = 100) -> list[Happening]:
    """Everything recorded about the elder in every context, newest first.

    Who may see the elder sees the whole line, also of the time before a move: it is read
    in the elder's own scope, after the actor's right to the elder was checked.
    """
    if not Elder.objects.visible_to(by).filter(pk=elder_id).exists():
        raise NotFound("没有找到这位老年人。")
    with scoped(Scope("~", "", (elder_id,))):
        entries = list(Entry.objects.filter(elder_id=elder_id).order_by("-at", "-pk")[:most])
        readings = list(Reading.objects.filter(elder_id=elder_id).order_by("-at", "-pk")[:most])
    lines = [*map(_happening, entries), *map(_read, readings)]
    return sorted(lines, key=lambda h: h.at, reverse=True)[:most]


def _happening(entry: Entry) -> Happening:
    return Happening(at=timezone.localtime(entry.at), who=_who(entry), sentence=_say(entry))


def _read(reading: Reading) -> Happening:
    what = f"查看了{'、'.join(reading.fields)}（{reading.purpose}）"
    return Happening(timezone.localtime(reading.at), _who(reading), what, reading=True)


def _who(row: Entry | Reading) -> str:
    role = ROLES.get(row.role)
    return f"{row.actor_name}（{role.label}）" if role else row.actor_name


def _say(entry: Entry) -> str:
    """The event's own sentence; the bare kind of one that this version does not know."""
    event = rebuild(entry)
    return event.sentence() if event else entry.kind
