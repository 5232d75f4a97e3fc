"""The first net: what ``visible_to`` lets through, property by property."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heling.kernel.actor import ANONYMOUS, Actor, system
from heling.kernel.identifiers import Territory
from heling.platform.access.scope import lets_through, scope_of, scoped
from heling.platform.journal.models import Entry

LENGTHS = (2, 4, 6, 9, 12)
code12 = st.from_regex(r"[1-9][0-9]{11}", fullmatch=True)
prefixes = st.builds(lambda c, n: c[:n], code12, st.sampled_from(LENGTHS))


@given(prefixes, code12)
def test_a_scope_is_a_prefix_test(prefix: str, code: str) -> None:
    scope = scope_of(Actor(1, "张", "x", territory=Territory(prefix)))
    assert (scope.lo <= code < scope.hi) is code.startswith(prefix)


@pytest.mark.django_db
def test_both_nets_agree_on_every_kind_of_actor() -> None:
    rows = (("990103001001", 7), ("990103001002", 8), ("990105001001", 9), ("980103001001", None))
    for code, elder_id in rows:
        Entry.objects.create(
            actor_name="x", role="x", kind="x", payload={}, code=code, elder_id=elder_id
        )
    actors = [
        *(
            Actor(1, "张", "x", territory=Territory(prefix))
            for prefix in ("99", "9901", "990103", "990103001", "990103001001", "98", "97")
        ),
        Actor(1, "张", "family", elder_ids=(7, 9)),
        Actor(1, "张", "family"),
        Actor(1, "张", "platform_staff"),
        ANONYMOUS,
        system("测试"),
        system("测试", territory=Territory("9901")),
    ]
    for actor in actors:
        by_code = set(Entry.objects.visible_to(actor).values_list("code", flat=True))
        with scoped(actor):
            by_policy = set(Entry.objects.values_list("code", flat=True))
            told = {code for code, elder in rows if lets_through(code=code, elder_id=elder)}
        assert by_code == by_policy == told, actor


@pytest.mark.django_db
def test_the_first_net_is_an_index_range() -> None:
    actor = Actor(1, "张", "x", territory=Territory("990103"))
    sql, params = Entry.objects.visible_to(actor).query.sql_with_params()
    assert params == ("990103", "990103:")
    assert ">=" in sql
    assert "<" in sql
    assert "LIKE" not in sql.upper()


def test_outside_a_transaction_nothing_is_let_through() -> None:
    assert not lets_through(code="990103001001", elder_id=None)
