"""Two clerks with the same elder open press “save” in the same moment: one wins, the other is
told who was first, and nothing of the second is written."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from heling.contexts.identity.public import RoleKey
from heling.contexts.identity.testing import acting, official, sign_in
from heling.contexts.places.testing import VILLAGE
from heling.contexts.registry.actions import add_supporter, update_elder
from heling.contexts.registry.actions.supporters import SupporterInput
from heling.contexts.registry.models import Elder, ElderEvent
from heling.contexts.registry.queries.search import search
from heling.contexts.registry.sealing import open_field
from heling.contexts.registry.testing import TODAY, elder
from heling.kernel.actor import Actor
from heling.kernel.errors import Conflict
from heling.platform.access.scope import EVERYTHING, scoped
from heling.platform.journal.models import Entry
from heling.platform.testing.at_once import somebody_waits_for_a_lock, together, wait_until, within

pytestmark = pytest.mark.usefixtures("own_database")

# What each clerk types: plain, sealed and searched columns, so that a half of it would show.
WRITTEN = (
    {"name": "王晓明", "living": "alone", "phone": "13900000011"},
    {"name": "黄小明", "living": "children", "phone": "13900000022"},
)


def an_elder() -> int:
    with scoped(EVERYTHING):
        return elder(name="王小明", phone="13900000033")


def two_clerks() -> tuple[Actor, Actor]:
    with scoped(EVERYTHING):
        return (
            acting(RoleKey.COMMITTEE, VILLAGE, name="张三"),
            acting(RoleKey.STREET, VILLAGE[:9], name="李四"),
        )


def save(elder_id: int, clerk: Actor, changes: dict[str, str]) -> Callable[[], Any]:
    given = {"elder_id": elder_id, "version": 1, "changes": changes, "today": TODAY}
    return within(clerk, update_elder, **given)


def check_that_only_one_was_written(elder_id: int, written: dict[str, str]) -> None:
    """The row, its search index, its history and the journal: all of the winner's, once."""
    with scoped(EVERYTHING):
        row = Elder.objects.get(pk=elder_id)
        assert (row.version, row.name, row.living) == (2, written["name"], written["living"])
        assert open_field("phone", row.phone_sealed, uid=row.uid) == f"+86{written['phone']}"
        before = ElderEvent.objects.get(pgh_obj_id=elder_id)
        assert (before.version, before.name) == (1, "王小明")
        said = Entry.objects.get(kind="registry.ElderChanged", subject_id=elder_id)
        assert said.payload["fields"] == ["姓名", "居住情况", "电话"]
    clerk, _ = two_clerks()
    with scoped(clerk):
        for changes in WRITTEN:
            here = changes is written
            assert bool(search(changes["name"], by=clerk)) is here
            assert bool(search(changes["phone"], by=clerk)) is here


def test_one_action_wins_and_the_other_is_a_conflict() -> None:
    elder_id, clerks = an_elder(), two_clerks()
    results = together(
        *(save(elder_id, who, what) for who, what in zip(clerks, WRITTEN, strict=True))
    )
    (winner,) = (n for n, result in enumerate(results) if isinstance(result, tuple))
    refused = results[1 - winner]
    assert isinstance(refused, Conflict), refused
    assert "在您填写期间，别人已经保存过这位老年人的信息" in str(refused)
    assert f"{clerks[winner].name}（" in str(refused)
    assert "修改了姓名、居住情况、电话" in str(refused)
    check_that_only_one_was_written(elder_id, WRITTEN[winner])


def test_the_second_waits_for_the_first_and_then_sees_what_it_wrote() -> None:
    """The worst moment, made certain: the first has written, and commits only when the second
    stands at the lock. Without the lock, both would have read version 1."""
    elder_id, (first, second) = an_elder(), two_clerks()
    written = threading.Event()

    def write_and_linger() -> str:
        with scoped(first):
            update_elder(elder_id=elder_id, version=1, changes=WRITTEN[0], today=TODAY, by=first)
            written.set()
            wait_until(somebody_waits_for_a_lock)
        return "written"

    def come_second() -> Any:
        written.wait(4)
        return save(elder_id, second, WRITTEN[1])()

    done, refused = together(write_and_linger, come_second)
    assert done == "written", done
    assert isinstance(refused, Conflict), refused
    assert "张三" in str(refused)
    check_that_only_one_was_written(elder_id, WRITTEN[0])


def browser(clerk: tuple[RoleKey, str]) -> Client:
    client = Client()
    with scoped(EVERYTHING):
        sign_in(client, official(*clerk))
    return client


def test_one_form_is_saved_and_the_other_comes_back_with_all_that_was_typed() -> None:
    elder_id = an_elder()
    desks = [browser((RoleKey.COMMITTEE, VILLAGE)), browser((RoleKey.STREET, VILLAGE[:9]))]
    url = reverse("registry_elder_edit", args=[elder_id])
    for desk in desks:
        assert 'name="version" value="1"' in desk.get(url).content.decode()
    common = {"version": "1", "sex": "male", "birth": "1946-05-01"}

    def post(desk: Client, changes: dict[str, str]) -> Callable[[], Any]:
        return lambda: desk.post(url, common | changes)

    answers = together(*(post(desk, what) for desk, what in zip(desks, WRITTEN, strict=True)))
    assert sorted(a.status_code for a in answers) == [302, 409], answers
    winner = next(n for n, answer in enumerate(answers) if answer.status_code == 302)
    check_the_page(answers[1 - winner], typed=WRITTEN[1 - winner], now=WRITTEN[winner])
    check_that_only_one_was_written(elder_id, WRITTEN[winner])

    # What was typed can be saved on top of it, as a decision.
    again = common | WRITTEN[1 - winner] | {"version": "2"}
    assert desks[1 - winner].post(url, again).status_code == 302
    with scoped(EVERYTHING):
        row = Elder.objects.get(pk=elder_id)
        assert (row.version, row.name) == (3, WRITTEN[1 - winner]["name"])


def check_the_page(answer: HttpResponse, *, typed: dict[str, str], now: dict[str, str]) -> None:
    """The loser reads who was first and what stands now, beside everything typed."""
    page = answer.content.decode()
    assert "在您填写期间，别人已经保存过这位老年人的信息" in page
    assert now["name"] in page
    assert f'value="{typed["name"]}"' in page
    assert f'value="{typed["phone"]}"' in page
    assert 'name="version" value="2"' in page


def test_a_supporter_and_a_change_at_once_are_both_kept() -> None:
    """Two different things about one elder are no conflict: the second waits its turn."""
    elder_id, (first, second) = an_elder(), two_clerks()
    son = SupporterInput(name="王大", relation="son", lives="city", phone="13900000044")
    results = together(
        save(elder_id, first, WRITTEN[0]),
        within(second, add_supporter, elder_id=elder_id, supporter=son),
    )
    assert not [r for r in results if isinstance(r, Exception)], results
    with scoped(first):
        # The search index is rebuilt by both: neither may lose the other's number.
        for number in ("13900000011", "13900000044"):
            assert [c.id for c in search(number, by=first)] == [elder_id]
