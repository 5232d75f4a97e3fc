"""What the database itself refuses, as operations for migration 0001 (kept apart so that a
regenerated 0001 needs one line)."""

from django.db.migrations import RunSQL

from heling.platform.access.rls import append_only, protect

PROTECTED = (
    "application",
    "award",
    "candidate",
    "decision",
    "determination",
    "due",
    "entry",
    "item",
    "line",
    "objection",
    "review",
    "statusrow",
)
APPEND_ONLY = (
    "decision",
    "determination",
    "entry",
    "notice",
    "noticeline",
    "review",
    "statusrow",
)

AWARD_ENDS_ONCE = RunSQL(
    sql="""
    create function entitlements_award_ends_once() returns trigger language plpgsql as $$
    begin
      if tg_op = 'DELETE' then
        raise exception '待遇记录不能删除' using errcode = 'restrict_violation';
      end if;
      if (to_jsonb(new) - 'ends' - 'ending' - 'code') <> (to_jsonb(old) - 'ends' - 'ending' - 'code')
         or (old.ends is not null and (new.ends, new.ending) is distinct from (old.ends, old.ending))
      then
        raise exception '待遇记录只能写一次结束日期' using errcode = 'restrict_violation';
      end if;
      return new;
    end $$;
    create trigger award_ends_once before update or delete on entitlements_award
      for each row execute function entitlements_award_ends_once();
    """,
    reverse_sql="""
    drop trigger award_ends_once on entitlements_award;
    drop function entitlements_award_ends_once();
    """,
)

# Statement triggers with transition tables: one look at the cycle per statement, not per row.
SEALED_MONTHS = RunSQL(
    sql="""
    create function entitlements_month_is_sealed() returns trigger language plpgsql as $$
    begin
      if exists (select 1 from touched t join entitlements_cycle c on c.id = t.cycle_id
                 where c.state = 'closed') then
        raise exception '这个月的名册已经封存，不能再改' using errcode = 'restrict_violation';
      end if;
      return null;
    end $$;
    create trigger sealed_insert after insert on entitlements_line
      referencing new table as touched
      for each statement execute function entitlements_month_is_sealed();
    create trigger sealed_delete after delete on entitlements_line
      referencing old table as touched
      for each statement execute function entitlements_month_is_sealed();
    create trigger sealed_update before update on entitlements_line
      for each statement execute function platform_refuse_change();
    create function entitlements_cycle_is_sealed() returns trigger language plpgsql as $$
    begin
      if tg_op = 'DELETE' or old.state = 'closed' then
        raise exception '已封存的名册不能再改或删除' using errcode = 'restrict_violation';
      end if;
      return new;
    end $$;
    create trigger sealed before update or delete on entitlements_cycle
      for each row execute function entitlements_cycle_is_sealed();
    """,
    reverse_sql="""
    drop trigger sealed on entitlements_cycle;
    drop function entitlements_cycle_is_sealed();
    drop trigger sealed_update on entitlements_line;
    drop trigger sealed_delete on entitlements_line;
    drop trigger sealed_insert on entitlements_line;
    drop function entitlements_month_is_sealed();
    """,
)

OBJECTION_BY_ANOTHER = RunSQL(
    sql="""
    create function entitlements_objection_by_another() returns trigger language plpgsql as $$
    begin
      if new.handled_by is not null and new.state in ('upheld', 'rejected') and exists (
        select 1 from entitlements_review r
        where r.application_id = new.application_id and r.user_id = new.handled_by) then
        raise exception '审核过这份申请的人不能处理对它的异议' using errcode = 'restrict_violation';
      end if;
      return new;
    end $$;
    create trigger objection_by_another before insert or update on entitlements_objection
      for each row execute function entitlements_objection_by_another();
    """,
    reverse_sql="""
    drop trigger objection_by_another on entitlements_objection;
    drop function entitlements_objection_by_another();
    """,
)

REVIEW_BY_ANOTHER = RunSQL(
    sql="""
    create function entitlements_review_by_another() returns trigger language plpgsql as $$
    begin
      if exists (select 1 from entitlements_application a
                 where a.id = new.application_id and a.applied_by = new.user_id) then
        raise exception '代办申请的人不能审核这份申请' using errcode = 'restrict_violation';
      end if;
      return new;
    end $$;
    create trigger review_by_another before insert on entitlements_review
      for each row execute function entitlements_review_by_another();
    """,
    reverse_sql="""
    drop trigger review_by_another on entitlements_review;
    drop function entitlements_review_by_another();
    """,
)


# A running case lives where its elder does and follows a move by itself. What was signed
# (determinations, reviews, decisions, sealed months) stays where it was signed.
FOLLOWING = ("application", "award", "candidate", "due", "item", "objection")
WITH_ELDER = RunSQL(
    sql=[
        f"alter table entitlements_{table} add constraint entitlements_{table}_with_elder"
        " foreign key (elder_id, code) references registry_elder (id, code)"
        " on update cascade deferrable initially deferred"
        for table in FOLLOWING
    ],
    reverse_sql=[
        f"alter table entitlements_{table} drop constraint entitlements_{table}_with_elder"
        for table in FOLLOWING
    ],
)


def guards() -> list[RunSQL]:
    return [
        WITH_ELDER,
        *(append_only(f"entitlements_{table}") for table in APPEND_ONLY),
        AWARD_ENDS_ONCE,
        SEALED_MONTHS,
        OBJECTION_BY_ANOTHER,
        REVIEW_BY_ANOTHER,
        *(protect(f"entitlements_{table}") for table in PROTECTED),
    ]
