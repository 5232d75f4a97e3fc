from __future__ import annotations

import pytest

from heling.contexts.identity.public import RoleKey
from heling.contexts.places.testing import OTHER_VILLAGE, VILLAGE
from heling.contexts.registry.actions import add_supporter
from heling.contexts.registry.actions.supporters import SupporterInput
from heling.contexts.registry.models import Elder
from heling.contexts.registry.public import search
from heling.contexts.registry.sealing import open_field
from heling.contexts.registry.testing import actor, elder
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def by() -> Actor:
    return actor(RoleKey.STREET, VILLAGE[:9])


@pytest.fixture
def someone() -> Elder:
    elder(name="李秀英", code=OTHER_VILLAGE)
    return Elder.objects.get(pk=elder(name="王小明", phone="139 0000 1234"))


@pytest.mark.parametrize(
    "word",
    [
        "王小明", "王小", "小明", "wangxiaoming", "Wang Xiao Ming", "wxm", "WXM",
        "13900001234", "139-0000-1234", "+86 139 0000 1234", "１３９００００１２３４",
    ],
)  # fmt: skip
def test_every_way_of_saying_who_finds_the_elder(word: str, someone: Elder, by: Actor) -> None:
    assert [c.id for c in search(word, by=by)] == [someone.pk]


def test_numbers_whole_or_their_end_find_the_elder(someone: Elder, by: Actor) -> None:
    number = open_field("id", someone.id_sealed, uid=someone.uid)
    for text in (number, number.lower(), number[-4:], f"王小明 {number[-4:]}"):
        assert someone.pk in [c.id for c in search(text, by=by)]
    assert search(f"李秀英 {number[-4:]}", by=by) == []


def test_a_supporter_s_phone_finds_the_elder(someone: Elder, by: Actor) -> None:
    child = SupporterInput(name="王大", relation="son", lives="city", phone="0574-87654321")
    add_supporter(elder_id=someone.pk, supporter=child, by=actor(RoleKey.COMMITTEE))
    assert [c.id for c in search("057487654321", by=by)] == [someone.pk]


def test_the_scope_bounds_the_answer(someone: Elder) -> None:
    assert search("王小明", by=actor(RoleKey.COMMITTEE, OTHER_VILLAGE)) == []
    assert len(search("李秀英", by=actor(RoleKey.CITY, VILLAGE[:4]))) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "请输入"),
        ("王", "太短"),
        ("12345", "不完整"),
        ("990103194605010017", "校验位"),
        ("990103194613010010", "不是有效的日期"),
    ],
)
def test_words_that_cannot_be_searched_say_how(text: str, said: str, by: Actor) -> None:
    with pytest.raises(BadInput, match=said):
        search(text, by=by)
