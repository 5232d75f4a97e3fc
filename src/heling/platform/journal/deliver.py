"""Delivery: higher contexts react to what lower ones recorded, at least once, in order.

A handler is a function of one entry, registered in a context's ``handlers.py`` and
idempotent. Each handler has a place of its own; one that fails stops there, is
recorded, and is tried again, without holding up the others.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from heling.kernel.actor import system
from heling.platform.access.scope import scoped
from heling.platform.journal.models import Entry, Subscription
from heling.platform.journal.record import Event

log = logging.getLogger(__name__)

Handler = Callable[[Entry], None]
_handlers: dict[str, tuple[frozenset[str], Handler]] = {}


def subscribe(*events: type[Event]) -> Callable[[Handler], Handler]:
    """Register a handler for the given kinds of event, under its dotted name."""

    def register(handler: Handler) -> Handler:
        name = f"{handler.__module__}.{handler.__qualname__}"
        _handlers[name] = (frozenset(e.kind for e in events), handler)
        return handler

    return register


def deliver(*, batch: int = 500) -> int:
    """Give every handler what it has not yet seen. Returns how many entries were handled."""
    return sum(_deliver_to(name, batch) for name in sorted(_handlers))


def _deliver_to(name: str, batch: int) -> int:
    kinds, handler = _handlers[name]
    handled = 0
    with scoped(system("事件投递")):
        Subscription.objects.get_or_create(name=name)
        place = Subscription.objects.select_for_update(skip_locked=True).filter(name=name).first()
        if place is None:  # another process is delivering to this handler
            return 0
        for entry in _unseen(place, batch):
            if entry.kind in kinds and not _handle(handler, entry, place):
                break
            place.xid, place.entry_id = entry.xid, entry.pk
            handled += 1
        place.save()
    return handled


def _unseen(place: Subscription, batch: int) -> list[Entry]:
    return list(
        Entry.objects.extra(
            where=[
                "(xid, id) > (%s, %s)",
                "xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint",
            ],
            params=[place.xid, place.entry_id],
        ).order_by("xid", "id")[:batch]
    )


def _handle(handler: Handler, entry: Entry, place: Subscription) -> bool:
    try:
        with transaction.atomic():
            handler(entry)
    except Exception as error:
        log.exception("handler %s failed on entry %s", place.name, entry.pk)
        place.failed_at, place.failure = timezone.now(), f"{type(error).__name__}: {error}"
        return False
    place.failed_at, place.failure = None, ""
    return True
