"""Row-level security as one migration operation per sensitive table.

The policy is a btree range over the division code, evaluated once per query
(sub-selects become InitPlans). The check of the transaction stamp sits inside the bounds.

The whole rule stands inside ``coalesce``, which the planner cannot look into and takes for
"half of the rows". Seen bare, it would guess that half a per cent of a city is in scope,
and read and sort the whole territory before showing one page (20,000 rows for 50, measured
in registry/tests/test_plans.py). The index range comes from ``visible_to``'s own bounds; a
query that forgot them shows no foreign row either, only later.
"""

from __future__ import annotations

from django.db.migrations import RunSQL

_VALID = "current_setting('app.ts', true) = extract(epoch from now())::text"


def _setting(name: str, deny: str) -> str:
    return f"(select case when {_VALID} then current_setting('app.{name}', true) else '{deny}' end)"


def protect(
    table: str, *, code: str = "code", elder: str | None = "elder_id", log: bool = False
) -> RunSQL:
    """Rows of ``table`` show only inside the scope's range, or for the scope's elders.

    ``code`` is the column with the 12-digit division code (``COLLATE "C"``), ``elder``
    the column with the elder's id, or None where a row belongs to no single elder. A
    ``log`` takes rows from everybody: what happened is written down even by those who
    may not read it.
    """
    rule = f"({code} >= {_setting('lo', '~')} and {code} < {_setting('hi', '')})"
    if elder is not None:
        rule += f" or {elder} = any ({_setting('elders', '{}')}::bigint[])"
    rule = f"coalesce({rule}, false)"
    return RunSQL(
        sql=[
            f"alter table {table} enable row level security",
            f"alter table {table} force row level security",
            f"create policy territory on {table} using ({rule})"
            f" with check ({'true' if log else rule})",
        ],
        reverse_sql=[
            f"drop policy territory on {table}",
            f"alter table {table} no force row level security",
            f"alter table {table} disable row level security",
        ],
    )


def count_closely(table: str, *, code: str = "code") -> RunSQL:
    """Let the planner know how many rows each street has (1,000 samples of ``code``, not 100).

    A city has more streets and communities than the default histogram has steps. Guessed by it,
    some streets looked nearly empty, and their count ran as one look-up for each elder:
    60 ms instead of 2 at 1.5 million elders, another street after each ``analyze``.
    """
    return RunSQL(
        sql=f"alter table {table} alter column {code} set statistics 1000",
        reverse_sql=f"alter table {table} alter column {code} set statistics -1",
    )


def append_only(table: str) -> RunSQL:
    """The application role may add rows to ``table`` and read them, nothing else."""
    return RunSQL(
        sql=[
            f"revoke update, delete on {table} from heling_app",
            f"create trigger append_only before update or delete or truncate on {table}"
            " for each statement execute function platform_refuse_change()",
        ],
        reverse_sql=[
            f"drop trigger append_only on {table}",
            f"grant update, delete on {table} to heling_app",
        ],
    )


APPEND_ONLY_FUNCTION = RunSQL(
    sql="""
    create function platform_refuse_change() returns trigger language plpgsql as $$
    begin
      raise exception '% 只能追加，不能修改或删除', tg_table_name using errcode = 'restrict_violation';
    end $$""",
    reverse_sql="drop function platform_refuse_change()",
)
