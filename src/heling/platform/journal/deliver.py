"""Delivery: higher contexts react to what lower ones recorded, at least once, in order.

A handler is a function of one entry, registered in a context's ``handlers.py`` and
idempotent. All handlers of one module are one *reader*: it sees its entries one after
another, so a death is handled before its correction. A handler that fails stops its
reader there, is recorded, and is tried again, without holding up the other readers.

The order is that of transaction ids, and a reader takes only entries of transactions
older than every running one: a transaction that commits late is never skipped. The
price is that one long transaction, anywhere in the PostgreSQL cluster, delays delivery
until it ends.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from heling.kernel.actor import system
from heling.platform.access.scope import scoped
from heling.platform.journal import wake
from heling.platform.journal.models import Entry, Subscription
from heling.platform.journal.record import Event
from heling.platform.journal.since import position

log = logging.getLogger(__name__)

Handler = Callable[[Entry], None]

LAST_ID = 2**63 - 1


@dataclass
class Reader:
    """The handlers of one module, by kind, in the order of their definition."""

    handlers: dict[str, list[Handler]] = field(default_factory=dict)


_readers: dict[str, Reader] = {}


def subscribe(*events: type[Event]) -> Callable[[Handler], Handler]:
    """Register a handler for the given kinds of event with its module's reader."""

    def register(handler: Handler) -> Handler:
        reader = _readers.setdefault(handler.__module__, Reader())
        for event in events:
            reader.handlers.setdefault(event.kind, []).append(handler)
            wake.wanted.add(event.kind)
        return handler

    return register


def deliver(*, batch: int = 500) -> int:
    """Give every reader what it has not yet seen. Returns how many entries were handled."""
    return sum(_read(name, batch, horizon=None) for name in sorted(_readers))


def _read(name: str, batch: int, *, horizon: int | None) -> int:
    total, more = 0, True
    while more:
        handled, more = _read_batch(name, batch, horizon)
        total += handled
    return total


def _read_batch(name: str, batch: int, fixed: int | None) -> tuple[int, bool]:
    """One transaction: up to ``batch`` entries of one reader; says whether to come again."""
    reader = _readers[name]
    with scoped(system("事件投递")):
        Subscription.objects.get_or_create(name=name)
        place = Subscription.objects.select_for_update(skip_locked=True).filter(name=name).first()
        if place is None:  # another process is delivering to this reader
            return 0, False
        # First the horizon, then the entries: what is older than it has ended by then.
        horizon = position() if fixed is None else fixed
        entries = _unseen(place, reader, horizon, batch)
        handled = 0
        for entry in entries:
            if not _handle(reader, entry, place):
                break
            place.xid, place.entry_id = entry.xid, entry.pk
            handled += 1
        else:
            if fixed is None and len(entries) < batch:
                # Nothing of interest up to the horizon: do not look through it again.
                place.xid, place.entry_id = horizon - 1, LAST_ID
        place.save()
    return handled, handled == batch


def _unseen(place: Subscription, reader: Reader, horizon: int, batch: int) -> list[Entry]:
    return list(
        Entry.objects.extra(where=["(xid, id) > (%s, %s)"], params=[place.xid, place.entry_id])
        .filter(xid__lt=horizon, kind__in=reader.handlers)
        .order_by("xid", "id")[:batch]
    )


def _handle(reader: Reader, entry: Entry, place: Subscription) -> bool:
    """All handlers of an entry, or none of them."""
    try:
        with transaction.atomic():
            for handler in reader.handlers[entry.kind]:
                handler(entry)
    except Exception as error:
        log.exception("reader %s failed on entry %s", place.name, entry.pk)
        place.failed_at, place.failure = timezone.now(), f"{type(error).__name__}: {error}"
        return False
    place.failed_at, place.failure = None, ""
    return True
