"""Writing to the journal: one call per action, one per sensitive read."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import date, datetime
from enum import Enum
from typing import Any, ClassVar

from heling.kernel.actor import Actor
from heling.kernel.identifiers import Territory
from heling.platform.access.scope import EVERYTHING, lets_through, scoped
from heling.platform.journal import wake
from heling.platform.journal.models import Entry, Reading


@dataclasses.dataclass(frozen=True)
class Event:
    """Base of every event: a frozen dataclass of plain values, without sensitive clear text.

    Subclasses set ``kind`` (``context.Name``), ``label`` (what auditors read) and
    ``subject`` (the model's label), and usually carry ``elder_id`` and ``code``;
    ``<subject>_id`` becomes the subject's id.
    """

    kind: ClassVar[str]
    label: ClassVar[str] = ""
    subject: ClassVar[str] = ""
    registry: ClassVar[dict[str, type[Event]]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "kind" in cls.__dict__:
            Event.registry[cls.kind] = cls

    def sentence(self) -> str:
        """What happened, for a timeline."""
        return self.label


@dataclasses.dataclass(frozen=True)
class AboutElder(Event):
    """Base of what happens to one elder, or to something of theirs (then with ``subject``).

    ``code`` is the community (12 digits) in which the elder lived at that moment.
    """

    subject: ClassVar[str] = "elder"

    elder_id: int
    code: str


def record(event: Event, *, by: Actor) -> Entry:
    """Append ``event`` in the current transaction: business audit and outbox at once."""
    payload = {f.name: _plain(getattr(event, f.name)) for f in dataclasses.fields(event)}
    who = _who(by, elder_id=payload.get("elder_id"), code=payload.get("code"))
    with _readable(who):
        entry = Entry.objects.create(
            **who,
            kind=event.kind,
            subject=event.subject,
            subject_id=payload.get(f"{event.subject}_id") if event.subject else None,
            payload=payload,
        )
    wake.after_commit(event.kind)
    return entry


def record_reading(
    *, by: Actor, elder_id: int | None, code: str, fields: Sequence[str], purpose: str
) -> Reading:
    """Append that ``by`` saw ``fields`` (Chinese names) of an elder, and why.

    ``elder_id`` is None where many people were seen at once (a roster, an export).
    """
    who = _who(by, elder_id=elder_id, code=code)
    with _readable(who):
        return Reading.objects.create(**who, fields=list(fields), purpose=purpose)


def _readable(who: dict[str, Any]) -> AbstractContextManager[object]:
    """Anybody may write to the log, but ``INSERT … RETURNING`` also needs the right to read."""
    if lets_through(code=who["code"], elder_id=who["elder_id"]):
        return nullcontext()
    return scoped(EVERYTHING)


def rebuild(entry: Entry) -> Event | None:
    """The event that an entry holds, or None for a kind that this version does not know."""
    kind = Event.registry.get(entry.kind)
    return kind(**entry.payload) if kind is not None else None


def _who(by: Actor, *, elder_id: int | None, code: str | None) -> dict[str, Any]:
    return {
        "user_id": by.user_id,
        "actor_name": by.name,
        "role": by.role,
        "staff_session": by.staff_session,
        "request_id": by.request_id,
        "code": code or (by.territory.prefix if by.territory else ""),
        "elder_id": elder_id,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Territory):
        return value.prefix
    if isinstance(value, (tuple, list)):
        return [_plain(v) for v in value]
    return value
