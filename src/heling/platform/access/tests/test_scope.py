"""The second net: a row shows only in the transaction that was given its territory."""

import pytest
from django.db import IntegrityError, connection, transaction

from heling.kernel.actor import ANONYMOUS, Actor, system
from heling.kernel.identifiers import Territory
from heling.platform.access.scope import EVERYTHING, NOTHING, scope_of, scoped
from heling.platform.journal.models import Entry


def _entry(code: str, elder: int | None = None) -> None:
    Entry.objects.create(
        actor_name="测试", role="system", kind="t", payload={}, code=code, elder_id=elder
    )


def _seen() -> list[str]:
    return list(Entry.objects.order_by("code").values_list("code", flat=True))


@pytest.fixture
def _rows(db: None) -> None:
    for code, elder in (("450103001001", 1), ("450103002001", 7), ("450105001001", 3)):
        _entry(code, elder)


@pytest.mark.usefixtures("_rows")
@pytest.mark.parametrize(
    ("prefix", "count"), [("4501", 3), ("450103", 2), ("450103001", 1), ("3302", 0), ("450104", 0)]
)
def test_an_official_sees_the_territory(prefix: str, count: int) -> None:
    with scoped(Actor(1, "张", "x", territory=Territory(prefix))):
        assert len(_seen()) == count


@pytest.mark.usefixtures("_rows")
def test_a_family_sees_its_elders_and_a_stranger_nothing() -> None:
    with scoped(Actor(1, "李", "family", elder_ids=(7, 9))):
        assert _seen() == ["450103002001"]
    with scoped(ANONYMOUS):
        assert _seen() == []
    with scoped(NOTHING):
        assert _seen() == []


@pytest.mark.usefixtures("_rows")
def test_a_value_set_for_the_session_shows_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select set_config('app.ts', '1.0', false), set_config('app.lo', '', false)")
    assert _seen() == []


@pytest.mark.usefixtures("_rows")
def test_leaving_an_inner_scope_restores_the_outer_one() -> None:
    with scoped(Actor(1, "张", "x", territory=Territory("450105"))):
        with scoped(NOTHING):
            assert _seen() == []
        assert _seen() == ["450105001001"]


def test_the_application_role_owns_nothing_and_cannot_bypass(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select current_user, rolsuper, rolbypassrls from pg_roles where rolname = current_user"
        )
        assert cursor.fetchone() == ("heling_app", False, False)
        cursor.execute(
            "select count(*) from pg_class where relowner = (select oid from pg_roles where rolname = 'heling_app')"
        )
        assert cursor.fetchone() == (0,)


@pytest.mark.usefixtures("_rows")
def test_leaving_the_only_scope_of_a_transaction_leaves_nothing() -> None:
    connection.heling_scope = NOTHING  # type: ignore[attr-defined]
    with transaction.atomic():
        with scoped(EVERYTHING):
            assert len(_seen()) == 3
        assert _seen() == []


@pytest.mark.usefixtures("_rows")
def test_an_error_inside_a_scope_comes_out_as_itself_and_restores_the_outer_scope() -> None:
    with scoped(Actor(1, "张", "x", territory=Territory("450105"))):
        with pytest.raises(IntegrityError), scoped(EVERYTHING):
            Entry.objects.create(actor_name=None, role="system", kind="t", payload={}, code="")
        assert _seen() == ["450105001001"]
        with pytest.raises(LookupError), scoped(EVERYTHING):
            raise LookupError
        assert _seen() == ["450105001001"]


@pytest.mark.usefixtures("_rows")
def test_an_undone_inner_scope_restores_the_outer_one() -> None:
    with scoped(Actor(1, "张", "x", territory=Territory("450105"))):
        with scoped(EVERYTHING):
            transaction.set_rollback(True)
        assert _seen() == ["450105001001"]


@pytest.mark.usefixtures("_rows")
def test_the_scope_of_the_system_is_everything_and_of_a_stranger_nothing() -> None:
    with scoped(system("测试")):
        assert len(_seen()) == 3
    with scoped(system("测试", territory=Territory("450103"))):
        assert len(_seen()) == 2
    assert scope_of(Actor(3, "张", "city_official")) == NOTHING
