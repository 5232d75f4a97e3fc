"""A month is drawn in pieces, each committed by itself, and sealed as of one moment."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models.functions import Now

from heling.contexts.entitlements import actions, digests, testing
from heling.contexts.entitlements.actions import months
from heling.contexts.entitlements.digests import cycle_digest
from heling.contexts.entitlements.models import Award, Cycle, Line
from heling.contexts.entitlements.testing import CALL, INSURANCE
from heling.contexts.places.testing import plant
from heling.kernel.actor import system
from heling.kernel.errors import Conflict
from heling.platform.access.scope import scoped

DECEMBER = date(2026, 12, 1)
DAY = timedelta(days=1)


@pytest.fixture
def office(db: None) -> testing.Office:
    return testing.office()


def opened(office: testing.Office) -> Cycle:
    return actions.open_cycle(month="2026-11", on=DECEMBER, by=office.city)


def drawn(office: testing.Office) -> Cycle:
    cycle = opened(office)
    actions.draw_cycle(cycle_id=cycle.pk, by=office.city)
    return cycle


def frozen(cycle: Cycle) -> list[dict[str, Any]]:
    return list(Line.objects.filter(cycle=cycle).order_by("pk").values())


def ended(award: Award, on: date) -> None:
    Award.objects.filter(pk=award.pk).update(ends=on, ending="renounced")


def two_awards(office: testing.Office) -> tuple[Award, Award]:
    case = testing.granted(testing.elder(), INSURANCE, CALL, by=office)
    first, second = Award.objects.filter(application=case).order_by("pk")
    return first, second


def between_pieces(monkeypatch: pytest.MonkeyPatch, act: Callable[[int], Any]) -> None:
    """Pieces of one award; ``act`` is told how many have been drawn, after each."""
    real, drawn_ = months._piece, itertools.count(1)

    def piece(*args: Any, **kwargs: Any) -> tuple[int, int]:
        answer = real(*args, **kwargs)
        act(next(drawn_))
        return answer

    monkeypatch.setattr(months, "PIECE", 1)
    monkeypatch.setattr(months, "_piece", piece)


@pytest.mark.parametrize("chunk", [1, 3, 4, 5000])
def test_the_fingerprint_is_the_one_of_months_sealed_long_ago(
    office: testing.Office, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    """Written out as the first months were hashed: they must still be found intact."""
    monkeypatch.setattr(digests, "_CHUNK", chunk)
    for _ in range(2):
        testing.granted(testing.elder(), INSURANCE, CALL, by=office)
    cycle = drawn(office)
    with connection.cursor() as cursor:
        cursor.execute(
            "select encode(sha256(convert_to(string_agg(concat_ws('|', award_id, code, elder_id,"
            " \"grant\", amount, unit, starts, ends), E'\\n' order by award_id), 'UTF8')),"
            " 'hex'), count(*) from entitlements_line"
        )
        assert cursor.fetchone() == cycle_digest(cycle.pk)


@pytest.mark.parametrize("size", [1, 2, 3])
def test_pieces_of_any_size_give_the_same_month(
    office: testing.Office, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    pair = two_awards(office)
    monkeypatch.setattr(months, "PIECE", size)
    heard: list[int] = []
    cycle = opened(office)
    assert actions.draw_cycle(cycle_id=cycle.pk, by=office.city, say=heard.append) == 2
    assert {row["award_id"] for row in frozen(cycle)} == {a.pk for a in pair}
    assert heard[-1] == 2
    before = frozen(cycle)
    actions.draw_cycle(cycle_id=cycle.pk, by=office.city)
    assert frozen(cycle) == before, "what has not changed is left alone"


def test_a_month_is_sealed_as_of_one_moment(
    office: testing.Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An award that was drawn already ends while the next ones are drawn."""
    first, _ = two_awards(office)
    cycle = opened(office)
    last = date(2026, 11, 20)
    between_pieces(monkeypatch, lambda n: ended(first, last) if n == 2 else None)
    closed = actions.close_cycle(cycle_id=cycle.pk, on=DECEMBER, by=office.city)
    assert Line.objects.get(award=first).ends == last
    assert (closed.state, closed.size) == ("closed", 2)


def test_awards_that_never_rest_are_not_sealed(
    office: testing.Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    awards = [award for _ in range(2) for award in two_awards(office)]
    cycle = opened(office)
    rounds = len(awards) + 1  # pieces of one award, and the empty one behind the last

    def act(number: int) -> None:
        if number % rounds == 0:
            ended(awards[number // rounds - 1], date(2026, 11, 20))

    between_pieces(monkeypatch, act)
    with pytest.raises(Conflict, match="一直在变动"):
        actions.close_cycle(cycle_id=cycle.pk, on=DECEMBER, by=office.city)
    assert Cycle.objects.get().state == "open"


def test_nothing_is_sealed_but_what_was_hashed(
    office: testing.Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_awards(office)
    cycle = drawn(office)

    def digest(cycle_id: int) -> tuple[str, int]:
        Cycle.objects.update(drawn_at=Now() + DAY)  # a colleague draws the month meanwhile
        return cycle_digest(cycle_id)

    monkeypatch.setattr(months, "cycle_digest", digest)
    with pytest.raises(Conflict, match="重新编制"):
        actions.close_cycle(cycle_id=cycle.pk, on=DECEMBER, by=office.city)
    assert Cycle.objects.get().state == "open"


def test_an_award_that_came_under_another_territory_leaves_the_open_month(
    office: testing.Office,
) -> None:
    first, second = two_awards(office)
    cycle = drawn(office)
    plant("450103001001")
    home = apps.get_model("registry", "Household").objects.create(code="450103001001")
    elder = apps.get_model("registry", "Elder").objects.filter(pk=first.elder_id)
    elder.update(household=home, code=home.code)
    actions.draw_cycle(cycle_id=cycle.pk, by=office.city)
    assert not Line.objects.filter(award__in=[first, second]).exists()


@pytest.mark.usefixtures("own_database")
def test_what_was_drawn_before_a_stop_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a database where transactions commit: each piece is one."""
    with scoped(system("测试")):
        office = testing.office()
        awards = two_awards(office)
        cycle = opened(office)
    monkeypatch.setattr(months, "PIECE", 1)

    def stop(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        actions.draw_cycle(cycle_id=cycle.pk, by=office.city, say=stop)
    with scoped(office.city):
        assert [line["award_id"] for line in frozen(cycle)] == [awards[0].pk]
    assert actions.draw_cycle(cycle_id=cycle.pk, by=office.city) == 2
    with scoped(office.city), connection.cursor() as cursor:
        cursor.execute("select count(distinct xmin::text) from entitlements_line")
        assert cursor.fetchone() == (2,)
