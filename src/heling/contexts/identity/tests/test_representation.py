"""Consent on record: who speaks for an elder, and how that ends."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from heling.contexts.identity.models import Relation, Representation, User
from heling.contexts.identity.public import (
    RepresentationGiven,
    grant_representation,
    representations_of,
    speaker_for,
    withdraw_representation,
)
from heling.contexts.identity.roles import RoleKey
from heling.contexts.identity.testing import acting, acting_for, person, represent
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, Forbidden, NotFound, Refused
from heling.platform.access.scope import scoped
from heling.platform.journal.models import Entry

VILLAGE, OTHER = "990103001001", "990103001002"

pytestmark = pytest.mark.django_db


def give(by: Actor, now: datetime, **changes: Any) -> RepresentationGiven:
    fields: dict[str, Any] = {
        "elder_id": 7,
        "code": VILLAGE,
        "username": "daughter",
        "name": "李梅",
        "relation": "child",
        "consent": "written",
        "document": "委托书 2026-001",
    }
    with scoped(by):
        return grant_representation(**fields | changes, at=now, by=by)


def clerk(code: str = VILLAGE) -> Actor:
    return acting(RoleKey.COMMITTEE, code)


def test_consent_is_recorded_with_its_document(now: datetime) -> None:
    by = clerk()
    given = give(by, now)
    assert given.first_password
    row = Representation.objects.get(pk=given.representation_id)
    assert (row.elder_id, row.code, row.relation, row.consent, row.document) == (
        7,
        VILLAGE,
        "child",
        "written",
        "委托书 2026-001",
    )
    assert (row.recorded_by_id, row.starts, row.ends) == (by.user_id, timezone.localdate(now), None)
    entry = Entry.objects.get(kind="identity.RepresentationGranted")
    assert (entry.elder_id, entry.code, entry.subject_id) == (7, VILLAGE, row.pk)


def test_an_elder_gets_an_account_of_their_own(now: datetime) -> None:
    given = give(clerk(), now, relation="self", consent="self", document="")
    assert Representation.objects.get(pk=given.representation_id).relation == Relation.SELF


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"document": " "}, "请写明凭据"),
        ({"consent": "self"}, "代办必须写明老年人怎样同意"),
        ({"relation": "self"}, "本人账号选“本人”"),
        ({"relation": "neighbour"}, "关系：请从列表中选择"),
        ({"consent": "assumed"}, "同意方式：请从列表中选择"),
        ({"username": "李"}, "由 3 至 40 个字母"),
    ],
)
def test_no_consent_no_representation(
    now: datetime, changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(BadInput, match=sentence):
        give(clerk(), now, **changes)
    assert not Representation.objects.exists()
    assert not User.objects.filter(name="李梅").exists()


def test_ending_before_it_starts_is_refused(now: datetime) -> None:
    with pytest.raises(BadInput, match="结束日期不能早于开始日期"):
        give(clerk(), now, ends=timezone.localdate(now) - timedelta(days=1))
    assert give(clerk(), now, ends=timezone.localdate(now)).representation_id


def test_the_same_person_twice_is_refused_until_withdrawn(now: datetime) -> None:
    by = clerk()
    first = give(by, now)
    with pytest.raises(Refused, match="已经可以代办"):
        give(by, now)
    with scoped(by):
        withdraw_representation(
            representation_id=first.representation_id, reason="本人要求", at=now, by=by
        )
    assert give(by, now).representation_id != first.representation_id


def test_the_database_itself_wants_consent() -> None:
    user = person()
    for relation, consent, document in (
        ("child", "self", "委托书"),
        ("child", "written", ""),
        ("self", "written", "委托书"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Representation.objects.create(
                user=user,
                elder_id=7,
                code=VILLAGE,
                relation=relation,
                consent=consent,
                document=document,
                starts="2026-01-01",
            )


@pytest.mark.parametrize(
    ("by", "error"),
    [
        ((RoleKey.COMMITTEE, OTHER), NotFound),
        ((RoleKey.CITY, "9801"), NotFound),
        ((RoleKey.ASSESSOR, "9901"), Forbidden),
        ((RoleKey.AUDITOR, "9901"), Forbidden),
        ((RoleKey.STAFF, "9901"), Forbidden),
    ],
)
def test_who_may_not_record_consent(
    now: datetime, by: tuple[RoleKey, str], error: type[Exception]
) -> None:
    with pytest.raises(error):
        give(acting(*by), now)


def test_nobody_records_their_own(now: datetime) -> None:
    by = acting(RoleKey.COMMITTEE, VILLAGE, name="李梅")
    username = User.objects.get(pk=by.user_id).username
    with pytest.raises(Forbidden, match="不能登记自己代办"):
        give(by, now, username=username)


# --- withdrawing ------------------------------------------------------------------------
def withdraw(pk: int, by: Actor, now: datetime, reason: str = "本人要求") -> None:
    with scoped(by):
        withdraw_representation(representation_id=pk, reason=reason, at=now, by=by)


def test_clerk_elder_and_the_person_may_withdraw(now: datetime) -> None:
    elder = acting_for(7, VILLAGE, relation=Relation.SELF)
    for by in (clerk(), elder):
        given = represent(person(), 7, VILLAGE)
        withdraw(given.pk, by, now)
        given.refresh_from_db()
        assert given.withdrawn_at == now
    mine = acting_for(7, VILLAGE)
    given = Representation.objects.get(user=mine.user_id)
    withdraw(given.pk, mine, now)
    assert Entry.objects.filter(kind="identity.RepresentationWithdrawn").count() == 3


def test_others_may_not_withdraw(now: datetime) -> None:
    given = represent(person(), 7, VILLAGE)
    sibling = acting_for(7, VILLAGE)
    with pytest.raises(Forbidden, match="只有老年人本人"):
        withdraw(given.pk, sibling, now)
    for stranger in (acting_for(9, VILLAGE, relation=Relation.SELF), clerk(OTHER)):
        with pytest.raises(NotFound):
            withdraw(given.pk, stranger, now)
    given.refresh_from_db()
    assert given.withdrawn_at is None


def test_withdrawing_wants_a_reason_and_happens_once(now: datetime) -> None:
    by, given = clerk(), represent(person(), 7, VILLAGE)
    with pytest.raises(BadInput, match="请写明撤回的理由"):
        withdraw(given.pk, by, now, reason=" ")
    withdraw(given.pk, by, now)
    with pytest.raises(Refused, match="已经撤回"):
        withdraw(given.pk, by, now)


# --- who speaks ------------------------------------------------------------------------------
def test_the_list_has_present_ones_first_and_stays_in_the_territory(now: datetime) -> None:
    by = clerk()
    past = represent(person(name="从前"), 7, VILLAGE)
    represent(person(name="现在"), 7, VILLAGE)
    represent(person(name="别家"), 8, VILLAGE)
    withdraw(past.pk, by, now)
    with scoped(by):
        rows = representations_of(7, by=by)
    assert [(r.name, r.current) for r in rows] == [("现在", True), ("从前", False)]
    assert (rows[0].relation, rows[0].consent) == ("子女", "书面委托")
    stranger = clerk(OTHER)
    with scoped(stranger):
        assert representations_of(7, by=stranger) == []
        assert Representation.objects.count() == 0, "row-level security agrees"


def test_a_family_lists_its_own_elder_alone() -> None:
    mine = acting_for(7, VILLAGE)
    represent(person(), 8, VILLAGE)
    with scoped(mine):
        assert len(representations_of(7, by=mine)) == 1
        assert representations_of(8, by=mine) == []


def test_a_speaker_has_a_footing_only_while_consent_lasts(now: datetime) -> None:
    by = acting_for(7, VILLAGE)
    today = timezone.localdate(now)
    with scoped(by):
        speaker = speaker_for(by.user_id, elder_id=7, on=today)
        assert speaker is not None
        assert (speaker.is_self, speaker.relation_label) == (False, "子女")
        assert speaker_for(by.user_id, elder_id=8, on=today) is None
        assert speaker_for(None, elder_id=7, on=today) is None
    Representation.objects.update(withdrawn_at=now)
    with scoped(by):
        assert speaker_for(by.user_id, elder_id=7, on=today) is None
