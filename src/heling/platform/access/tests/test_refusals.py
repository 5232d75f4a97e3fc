"""The database's no in words: each of its four kinds, raised by the database itself."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import DatabaseError, connection

from heling.kernel.errors import Conflict, Refused
from heling.platform.access.refusals import refusal, refusing
from heling.platform.access.scope import EVERYTHING, scoped
from heling.platform.journal.models import Entry
from heling.platform.testing.at_once import together


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.django_db
def test_a_row_that_stands_where_the_elder_no_longer_lives_is_a_conflict() -> None:
    moved = (
        "create temp table a (id int primary key);"
        "create temp table b (a int constraint b_with_elder references a);"
        "insert into b values (1)"
    )
    with pytest.raises(Conflict, match="居住地刚刚变更"), refusing():
        run(moved)


def write_and(sql: str) -> None:
    Entry.objects.create(actor_name="x", role="x", kind="x", payload={}, code="99")
    run(sql)


def raised(message: str, state: str = "") -> str:
    using = f" using errcode = '{state}'" if state else ""
    return f"do $$ begin raise exception '{message}'{using}; end $$"


SHORT_REASON = (
    "insert into identity_staffsession (user_id, code, reason, started_at, ends_at)"
    " values (1, '990103', 'x', now(), now() + interval '1 minute')"
)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sql", "words"),
    [
        (SHORT_REASON, "请写明理由（至少 10 个字）。"),
        (raised("记录只能追加", "restrict_violation"), "记录只能追加。"),
        (raised('pgtrigger: Invalid transition of field "state"'), "现在的状态不允许这样办理。"),
    ],
)
def test_what_the_database_refuses_is_undone_and_said(sql: str, words: str) -> None:
    before = Entry.objects.count()
    with pytest.raises(Refused) as refused, refusing():
        write_and(sql)
    assert refused.value.message == words
    assert refused.value.hint
    assert Entry.objects.count() == before, "the transaction goes on"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql",
    [
        "insert into journal_entry (actor_name) values (null)",
        "select 1 / 0",
        raised("somebody else's exception"),
        # RESTRICT of a foreign key has the same state as our triggers, and English words.
        "create temp table a (id int primary key);"
        "create temp table b (a int references a on delete restrict);"
        "insert into a values (1); insert into b values (1); delete from a",
    ],
)
def test_a_fault_is_not_dressed_up(sql: str) -> None:
    with pytest.raises(DatabaseError) as fault, refusing():
        run(sql)
    assert refusal(fault.value) is None


LOCK = "select 1 from journal_subscription where name = %s for update"


def hold(name: str, cursor: Any) -> None:
    cursor.execute(LOCK, [name])


@pytest.mark.usefixtures("own_database")
def test_whoever_waits_too_long_for_a_row_is_told_that_somebody_has_it() -> None:
    rows("a")
    held, over = threading.Event(), threading.Event()

    def keep() -> str:
        with scoped(EVERYTHING), connection.cursor() as cursor:
            hold("a", cursor)
            held.set()
            over.wait(20)
        return "kept"

    def wait() -> None:
        held.wait(20)
        try:
            with scoped(EVERYTHING), connection.cursor() as cursor:
                cursor.execute("set local lock_timeout = '50ms'")
                with refusing():
                    hold("a", cursor)
        finally:
            over.set()

    kept, refused = together(keep, wait)
    assert kept == "kept"
    assert isinstance(refused, Conflict)
    assert str(refused) == "别人正在处理同一条数据，刚才的操作没有保存。 请稍等几秒，再试一次。"


@pytest.mark.usefixtures("own_database")
def test_of_two_who_wait_for_each_other_one_is_told_the_same() -> None:
    rows("a", "b")
    both = threading.Barrier(2)

    def cross(first: str, second: str) -> str:
        with scoped(EVERYTHING), connection.cursor() as cursor:
            hold(first, cursor)
            both.wait(20)
            with refusing():
                hold(second, cursor)
        return "done"

    answers = together(lambda: cross("a", "b"), lambda: cross("b", "a"))
    assert sorted(type(a).__name__ for a in answers) == ["Conflict", "str"], answers


def rows(*names: str) -> None:
    with scoped(EVERYTHING), connection.cursor() as cursor:
        cursor.executemany(
            "insert into journal_subscription (name, xid, entry_id, failure) values (%s, 0, 0, '')",
            [(name,) for name in names],
        )
