"""Names are asked for once a minute, not once a page; a new tree is seen at once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from heling.contexts.places import memory
from heling.contexts.places.models import Division
from heling.contexts.places.public import children, names
from heling.contexts.places.testing import VILLAGE, plant

pytestmark = pytest.mark.django_db


def test_names_and_children_are_asked_for_once() -> None:
    plant(VILLAGE)
    first = names([VILLAGE, "9901"]), children("9901")
    with CaptureQueriesContext(connection) as asked:
        assert (names([VILLAGE, "9901"]), children("9901")) == first
    assert len(asked) == 0
    assert names([VILLAGE])[VILLAGE].endswith("001")


def test_a_name_is_asked_for_again_when_its_minute_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    plant(VILLAGE)
    now = 1000.0
    monkeypatch.setattr(memory, "monotonic", lambda: now)
    old = names([VILLAGE])[VILLAGE]
    Division.objects.filter(pk=VILLAGE).update(full_name="改名后的社区")
    now += memory.KEPT - 0.001
    assert names([VILLAGE])[VILLAGE] == old
    now += 0.001
    assert names([VILLAGE])[VILLAGE] == "改名后的社区"


def test_unknown_codes_are_not_remembered_as_unknown() -> None:
    assert names([VILLAGE]) == {}
    Division.objects.create(
        code="99",
        name="省",
        full_name="省",
        pinyin="sheng",
        level="省",
        kind="division",
        source="测试",
    )
    assert names(["99"]) == {"99": "省"}
