"""One person, one history: what was signed follows a move and a merge, and changes in nothing
else (operations of migration 0003)."""

from django.db.migrations import RunSQL

# Signed or written once. Lines of a month are not among them: they are the accounts of the
# territory that drew them up.
SIGNED = ("decision", "determination", "entry", "review", "statusrow")

# A migration sees no protected row unless it says that it may (platform/access/scope.py).
_EVERYTHING = """
select set_config('app.lo', '', true), set_config('app.hi', '~', true),
       set_config('app.ts', extract(epoch from now())::text, true)
"""

_ANOTHER_ELDER = """
      if new.elder_id <> old.elder_id and not exists (
        select from registry_elder where id = old.elder_id and merged_into_id = new.elder_id) then
        raise exception '不能改到另一位老年人名下' using errcode = 'restrict_violation';
      end if;
"""

_KEPT = f"""
    create function entitlements_kept() returns trigger language plpgsql as $$
    begin
      if tg_op = 'DELETE'
         or (to_jsonb(new) - array['code', 'elder_id'])
            is distinct from (to_jsonb(old) - array['code', 'elder_id']) then
        raise exception '% 只能追加，不能修改或删除', tg_table_name
          using errcode = 'restrict_violation';
      end if;
      {_ANOTHER_ELDER}
      return new;
    end $$
"""

KEPT = RunSQL(
    sql=[
        _EVERYTHING,
        _KEPT,
        *(
            statement
            for table in SIGNED
            for statement in (
                f"drop trigger append_only on entitlements_{table}",
                f"create trigger append_only before truncate on entitlements_{table}"
                " for each statement execute function platform_refuse_change()",
                f"create trigger kept before update or delete on entitlements_{table}"
                " for each row execute function entitlements_kept()",
                f"grant update (elder_id, code) on entitlements_{table} to heling_app",
                # Rows of those who have moved already come after them, once.
                f"update entitlements_{table} r set code = e.code from registry_elder e"
                " where e.id = r.elder_id and r.code <> e.code",
                f"alter table entitlements_{table} add constraint entitlements_{table}_with_elder"
                " foreign key (elder_id, code) references registry_elder (id, code)"
                " on update cascade deferrable initially deferred",
            )
        ),
    ],
    reverse_sql=[
        *(
            statement
            for table in SIGNED
            for statement in (
                f"alter table entitlements_{table} drop constraint entitlements_{table}_with_elder",
                f"revoke update (elder_id, code) on entitlements_{table} from heling_app",
                f"drop trigger kept on entitlements_{table}",
                f"drop trigger append_only on entitlements_{table}",
                f"create trigger append_only before update or delete or truncate on"
                f" entitlements_{table} for each statement execute function"
                " platform_refuse_change()",
            )
        ),
        "drop function entitlements_kept()",
    ],
)


def _ends_once(free: str, elder: str) -> str:
    return f"""
    create or replace function entitlements_award_ends_once() returns trigger language plpgsql as $$
    begin
      if tg_op = 'DELETE' then
        raise exception '待遇记录不能删除' using errcode = 'restrict_violation';
      end if;
      {elder}
      if (to_jsonb(new) - array[{free}]) is distinct from (to_jsonb(old) - array[{free}])
         or (old.ends is not null and (new.ends, new.ending) is distinct from (old.ends, old.ending))
      then
        raise exception '待遇记录只能写一次结束日期' using errcode = 'restrict_violation';
      end if;
      return new;
    end $$
    """


AWARD_FOLLOWS = RunSQL(
    sql=_ends_once("'ends', 'ending', 'code', 'elder_id'", _ANOTHER_ELDER),
    reverse_sql=_ends_once("'ends', 'ending', 'code'", ""),
)

# Why and when a case ended stood only in the journal so far.
ENDINGS = RunSQL(
    sql=[
        _EVERYTHING,
        """
        update entitlements_application a
           set ending = e.payload ->> 'ending', last_day = (e.payload ->> 'last_day')::date
          from (select distinct on (subject_id) subject_id, payload from journal_entry
                 where kind = 'entitlements.Terminated' order by subject_id, id desc) e
         where a.id = e.subject_id and a.state = 'terminated'
        """,
    ],
    reverse_sql=RunSQL.noop,
)
