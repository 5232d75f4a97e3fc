"""公示: what passed both reviews is put before the public, names masked, reasons left out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from heling.contexts.entitlements import law
from heling.contexts.entitlements.access import Perm
from heling.contexts.entitlements.casework import next_id, signature, take
from heling.contexts.entitlements.domain.objections import Outcome
from heling.contexts.entitlements.domain.publicity import masked, publicity_span
from heling.contexts.entitlements.domain.publicwords import public_category
from heling.contexts.entitlements.domain.standing import standings
from heling.contexts.entitlements.domain.states import CASE
from heling.contexts.entitlements.events import Published
from heling.contexts.entitlements.models import Application, Entry, Item, Notice, NoticeLine
from heling.contexts.places import public as places
from heling.contexts.registry import public as registry
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, Forbidden, NotFound, Refused
from heling.kernel.identifiers import Territory
from heling.platform.journal.record import record


@transaction.atomic
def publish_batch(*, application_ids: Sequence[int], on: date, by: Actor) -> Notice:
    """Put cases that passed the second review into one notice of the actor's territory.

    All or none: one case that cannot be published refuses the batch. The notice's own rows
    hold masked names, communities and neutral words; the way back to a case is protected.
    """
    by.require(Perm.PUBLISH)
    if by.territory is None:
        raise Forbidden("公示要以一个地区的名义发布。", hint="请先选择岗位。")
    cases = _lock(application_ids, by=by)
    entries = [(case, item) for case in cases for item in _publishable(case)]
    notice = _notice(by.territory, cases[0].city, size=len(entries), on=on, by=by)
    _write_lines(notice, entries, by=by)
    for case in cases:
        case.notice_id = notice.pk
        case.publicity_ends = notice.ends
        take(case, "publish", by=by, on=on, start=notice.ends)
    record(
        Published(
            notice_id=notice.pk,
            code=notice.code,
            size=notice.size,
            starts=notice.starts,
            ends=notice.ends,
        ),
        by=by,
    )
    return notice


def _lock(ids: Sequence[int], *, by: Actor) -> list[Application]:
    """The cases in id order (so that two batches cannot wait for each other)."""
    if not ids:
        raise BadInput.single("公示名单", "请至少选择一份申请")
    cases = list(
        Application.objects.visible_to(by)
        .select_for_update(of=("self",))
        .filter(pk__in=set(ids))
        .order_by("pk")
        .prefetch_related("items")
    )
    if len(cases) != len(set(ids)):
        raise NotFound("有的申请没有找到。", hint="请刷新名单后重新选择。")
    for case in cases:
        CASE.next("publish", case.state)
    if len({case.city for case in cases}) != 1:
        raise Refused("一次公示只能包含同一城市的申请。", hint="请分开公示。")
    return cases


def _publishable(case: Application) -> list[Item]:
    """Items that are to be granted. What is refused or still open is nobody else's business."""
    items = {item.grant: item for item in case.items.all() if item.live}
    return [
        items[s.grant]
        for s in standings(law.read(case.determination), items)
        if s.outcome in (Outcome.GRANTED, Outcome.OPEN)
    ]


def _notice(territory: Territory, city: str, *, size: int, on: date, by: Actor) -> Notice:
    span = publicity_span(city, on)
    body = places.body_of(territory.prefix)
    place = places.place(territory.prefix).full_name
    notice_id = next_id("entitlements_notice")
    return Notice.objects.create(
        pk=notice_id,
        number=f"{place}公示〔{on.year}〕{notice_id}号",
        code=territory.prefix,
        place=place,
        city=city,
        published_on=on,
        starts=span.starts,
        ends=span.ends,
        term=span.term,
        unverified=span.unverified,
        source=span.source,
        body_name=body[0] if body else f"{place}民政部门",
        body_phone=body[1] if body else "",
        size=size,
        **signature(by),
    )


def _write_lines(notice: Notice, entries: Sequence[tuple[Application, Item]], *, by: Actor) -> None:
    cards = registry.elder_cards({case.elder_id for case, _ in entries}, by=by)
    communities = _communities({case.code for case, _ in entries})
    packs = {case.pk: _packs(case) for case, _ in entries}
    ordered = sorted(entries, key=lambda e: (e[0].code, e[0].elder_id, e[1].pk))
    lines = NoticeLine.objects.bulk_create(
        NoticeLine(
            notice=notice,
            position=position,
            name=masked(cards[case.elder_id].name),
            community=communities[case.code],
            category=public_category(packs[case.pk][item.grant], item.grant),
        )
        for position, (case, item) in enumerate(ordered, 1)
    )
    Entry.objects.bulk_create(
        Entry(
            notice=notice,
            line=line,
            application=case,
            item=item,
            code=case.code,
            elder_id=case.elder_id,
        )
        for line, (case, item) in zip(lines, ordered, strict=True)
    )


def _packs(case: Application) -> dict[str, str]:
    return {grant["id"]: grant["pack"] for grant in case.determination.law["grants"]}


def _communities(codes: set[str]) -> dict[str, str]:
    """Names of communities without city and street, which the notice's title gives."""
    names = places.names([*codes, *(code[:9] for code in codes)])
    return {code: names.get(code, "").removeprefix(names.get(code[:9], "")) for code in codes}
