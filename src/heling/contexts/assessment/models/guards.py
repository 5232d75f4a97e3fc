"""What the database itself refuses. The sentences reach people by ``platform.access.refusals``.

Allowed to change for ever are only ``code`` (the elder moved), ``elder_id`` (two
registrations of one person became one) and the marks of an assessment's later life.
"""

from __future__ import annotations

import pgtrigger

from heling.contexts.assessment.domain.states import ASSESSMENT, State

_MOVES = "'code', 'elder_id'"
_LATER = f"{_MOVES}, 'state', 'in_force', 'stopped_on'"
_COMPLETING = f"{_LATER}, 'completed_at', 'supersedes_id'"
_SENT_BACK = (
    f"{_LATER}, 'result', 'result_sha256', 'adjustments', 'level', 'level_label', 'due_on',"
    " 'unverified', 'version'"
)


def _refuse(sentence: str) -> str:
    return f"raise exception '{sentence}' using errcode = 'restrict_violation';"


def _changed_beyond(columns: str) -> str:
    return f"(to_jsonb(new) - array[{columns}]) is distinct from (to_jsonb(old) - array[{columns}])"


def states() -> pgtrigger.Trigger:
    return pgtrigger.FSM(name="states", field="state", transitions=list(ASSESSMENT.pairs()))


def begins_open() -> pgtrigger.Trigger:
    """Nothing is born signed."""
    return pgtrigger.Trigger(
        name="begins_open",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=f"""
        if new.state not in ('{State.DRAFT}', '{State.AWAITING_SIGNATURE}') then
          {_refuse("评估须先由评估人员签字，才能成为已完成")}
        end if;
        return new;""",
    )


def frozen() -> pgtrigger.Trigger:
    """Contents stand still from the moment they wait for signatures."""
    return pgtrigger.Trigger(
        name="frozen",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        declare=[("_touched", "boolean")],
        func=f"""
        if tg_op = 'DELETE' then
          {_refuse("评估不能删除，只能写明理由作废")}
        end if;
        if new.elder_id <> old.elder_id and not exists (
          select from registry_elder where id = old.elder_id and merged_into_id = new.elder_id
        ) then
          {_refuse("评估不能改到另一位老年人名下，请作废后重新评估")}
        end if;
        _touched := case
          when old.state = '{State.DRAFT}' then false
          when old.state = '{State.AWAITING_SIGNATURE}' and new.state = '{State.DRAFT}'
            then {_changed_beyond(_SENT_BACK)}
          when old.state = '{State.AWAITING_SIGNATURE}' and new.state = '{State.COMPLETED}'
            then {_changed_beyond(_COMPLETING)}
          else {_changed_beyond(_LATER)} end;
        if _touched then
          {_refuse("评估已提交签字或已完成，内容不能再改")}
        end if;
        return new;""",
    )


def signed_by_enough() -> pgtrigger.Trigger:
    """Completion needs the team that the scale asks for, each signature on this very result."""
    return pgtrigger.Trigger(
        name="signed_by_enough",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("state"),  # type: ignore[no-untyped-call]
        condition=pgtrigger.Condition(
            f"NEW.state = '{State.COMPLETED}' AND OLD.state = '{State.AWAITING_SIGNATURE}'"
        ),
        declare=[("_team", "record")],
        func=f"""
        select count(distinct user_id) filter (where on_site) as present,
               count(distinct user_id) filter (where on_site and medical) as medical,
               count(distinct user_id) filter (where on_site and expert) as expert,
               count(*) filter (
                 where signed_at is null or signed_sha256 <> new.result_sha256) as unsigned
          into _team from assessment_assessor where assessment_id = new.id;
        if _team.unsigned > 0 then
          {_refuse("还有评估人员没有签字，或签的不是这份结果")}
        end if;
        if _team.present < new.team_at_least then
          {_refuse("在场签字的评估人员不足规定人数")}
        end if;
        if _team.medical < new.medical_at_least then
          {_refuse("签字的评估人员中没有人具有医护专业背景")}
        end if;
        if _team.expert < new.expert_at_least then
          {_refuse("签字的评估人员中评估专家不足")}
        end if;
        if exists (
          select from assessment_assessor mine
            join assessment_assessor first using (user_id)
           where mine.assessment_id = new.id and first.assessment_id = new.reviews_id
        ) then
          {_refuse("参加过原评估的人员不能参加复评")}
        end if;
        return new;""",  # noqa: S608 - built from constants
    )


def kept() -> pgtrigger.Trigger:
    """Append-only, but for where the elder lives and under which number."""
    return pgtrigger.Trigger(
        name="kept",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=f"""
        if tg_op = 'UPDATE' then
          if not ({_changed_beyond(_MOVES)}) then return new; end if;
        end if;
        {_refuse("记录只能追加，不能修改或删除")}""",
    )


def follows_assessment(*, while_signing: str = "") -> pgtrigger.Trigger:
    """Rows of the form change only while it is a draft.

    ``while_signing`` lists the columns (quoted, for SQL) that may also change between
    submission and completion.
    """
    signing = (
        f"""
        if _state = '{State.AWAITING_SIGNATURE}' and tg_op = 'UPDATE' then
          if not ({_changed_beyond(f"{_MOVES}, {while_signing}")}) then return new; end if;
        end if;"""
        if while_signing
        else ""
    )
    return pgtrigger.Trigger(
        name="follows_assessment",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("_state", "text")],
        func=f"""
        if tg_op = 'UPDATE' then
          if not ({_changed_beyond(_MOVES)}) then return new; end if;
        end if;
        select state into _state from assessment_assessment
         where id = case when tg_op = 'DELETE' then old.assessment_id else new.assessment_id end;{signing}
        if _state is distinct from '{State.DRAFT}' then
          {_refuse("评估已提交签字或已完成，内容不能再改")}
        end if;
        if tg_op = 'DELETE' then return old; end if;
        return new;""",  # noqa: S608 - built from constants
    )
