"""A new elder in the registry."""

from __future__ import annotations

import uuid
from datetime import date

from django.db import transaction

from heling.contexts.registry.access import Perm
from heling.contexts.registry.actions.common import household_at, own_community, refresh_tokens
from heling.contexts.registry.domain.particulars import Particulars, read
from heling.contexts.registry.events import ElderRegistered
from heling.contexts.registry.models import Elder
from heling.contexts.registry.queries.duplicates import refuse_same_number
from heling.contexts.registry.sealing import columns
from heling.kernel.actor import Actor
from heling.platform.access.refusals import refusing
from heling.platform.journal.record import record


@transaction.atomic
def register_elder(*, particulars: Particulars, today: date, by: Actor) -> int:
    """Register an elder and return its id.

    BadInput lists everything wrong; Refused if the number is registered already (said
    neutrally when elsewhere). Possible duplicates by name or address are not refused:
    the screen shows them first (:func:`queries.duplicates.candidates`).
    """
    by.require(Perm.REGISTER)
    person = read(particulars, today=today)
    own_community(person.code, by=by)
    refuse_same_number(person.resident_id, by=by)
    household = household_at(person.code, person.address, demo=person.demo)
    with refusing():
        elder = Elder.objects.create(household=household, **columns(person, uid=uuid.uuid4()))
    refresh_tokens(elder)
    record(ElderRegistered(elder_id=elder.pk, code=elder.code), by=by)
    return elder.pk
