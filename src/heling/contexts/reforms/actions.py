"""What planners do. Every action writes to plans and the journal, and to nothing else."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from heling.contexts.reforms import events
from heling.contexts.reforms.access import Perm
from heling.contexts.reforms.domain.months import check_count, first_of
from heling.contexts.reforms.domain.writing import Moves, read, write
from heling.contexts.reforms.models import MOST_SCENARIOS, Plan, Scenario
from heling.contexts.reforms.studio import check, rules_of
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, Conflict, Forbidden, NotFound, Refused
from heling.kernel.identifiers import Territory
from heling.platform.journal.record import record

_CITY_DIGITS = 4
_NUMERALS = "一二三四"


@transaction.atomic
def make_plan(
    *,
    title: str,
    month: str,
    months: int,
    by: Actor,
    shared: bool = False,
    certain: bool = True,
    measures: bool = False,
) -> Plan:
    """A plan of the actor's own with one empty scenario. Raises BadInput, Forbidden."""
    by.require(Perm.EDIT)
    if by.territory is None or len(by.territory.prefix) != _CITY_DIGITS or by.user_id is None:
        raise Forbidden("改革推演是全市的，请以市级岗位办理。", hint="请先切换岗位。")
    plan = Plan.objects.create(
        code=by.territory.prefix,
        user_id=by.user_id,
        owner=by.name,
        updated_by=by.name,
        title=_titled(title),
        first_month=first_of(month),
        months=check_count(months),
        shared=shared,
        certain=certain,
        measures=measures,
    )
    Scenario.objects.create(plan=plan, code=plan.code, position=1, title="方案一")
    record(events.PlanMade(**_about(plan)), by=by)
    return plan


@transaction.atomic
def change_plan(
    *,
    plan_id: int,
    seen: int,
    title: str,
    month: str,
    months: int,
    shared: bool,
    certain: bool,
    measures: bool,
    by: Actor,
) -> Plan:
    """Name, months, assumptions, sharing. Only the owner shares. Raises Conflict."""
    plan = _plan(plan_id, by=by, seen=seen)
    if shared != plan.shared and plan.user_id != by.user_id:
        raise Refused(f"只有{plan.owner}能决定是否共享。", hint="其他设定可以照常修改。")
    plan.title, plan.first_month, plan.months = _titled(title), first_of(month), check_count(months)
    plan.shared, plan.certain, plan.measures = shared, certain, measures
    _saved(plan, by)
    record(events.PlanChanged(**_about(plan), shared=shared), by=by)
    return plan


@transaction.atomic
def remove_plan(*, plan_id: int, by: Actor) -> None:
    """For good; only the owner."""
    plan = _plan(plan_id, by=by)
    if plan.user_id != by.user_id:
        raise Refused(f"只有{plan.owner}能删除这个推演。", hint="您可以另建一个。")
    about = _about(plan)
    plan.delete()
    record(events.PlanRemoved(**about), by=by)


@transaction.atomic
def add_scenario(*, plan_id: int, by: Actor, copy_of: int | None = None) -> Scenario:
    """One more, empty or with the text of another. Raises Refused for a fifth."""
    plan = _plan(plan_id, by=by)
    taken = {s.position: s for s in plan.scenarios.order_by("position")}
    free = [n for n in range(1, MOST_SCENARIOS + 1) if n not in taken]
    if not free:
        raise Refused(
            f"一个推演最多 {MOST_SCENARIOS} 个方案，没有再加。",
            hint="请先删去一个，或另建一个推演。",
        )
    if copy_of is not None and copy_of not in taken:
        raise NotFound("没有要照抄的方案。", hint="请刷新页面后再试。")
    scenario = Scenario.objects.create(
        plan=plan,
        code=plan.code,
        position=free[0],
        title=f"方案{_NUMERALS[free[0] - 1]}",
        text="" if copy_of is None else taken[copy_of].text,
    )
    _saved(plan, by)
    record(events.ScenarioSaved(**_about(plan), position=free[0], sha256=_hash(scenario)), by=by)
    return scenario


@transaction.atomic
def save_scenario(
    *, plan_id: int, position: int, seen: int, title: str, moves: Moves, by: Actor, reason: str = ""
) -> Scenario:
    """Write what was moved as the scenario's text, proved to leave no dead end.

    Raises Conflict where the plan was saved in between, BadInput for what does not compute.
    """
    plan = _plan(plan_id, by=by, seen=seen)
    scenario = _scenario(plan, position)
    scenario.title = _titled(title, "方案名称", Scenario.title.field.max_length or 0)
    city = Territory(plan.code).city
    scenario.text = write(scenario.title, city, moves, starts=plan.first_month, reason=reason)
    reform = read(scenario.text)
    if reform is not None:
        check(rules_of(city, measures=plan.measures), reform, thorough=True)
    scenario.save(update_fields=["title", "text"])
    _saved(plan, by)
    record(events.ScenarioSaved(**_about(plan), position=position, sha256=_hash(scenario)), by=by)
    return scenario


@transaction.atomic
def remove_scenario(*, plan_id: int, position: int, by: Actor) -> None:
    """Raises Refused for the last one."""
    plan = _plan(plan_id, by=by)
    scenario = _scenario(plan, position)
    if plan.scenarios.count() == 1:
        raise Refused("推演里至少要有一个方案，没有删除。", hint="不再需要时，请删除整个推演。")
    scenario.delete()
    _saved(plan, by)
    record(events.ScenarioRemoved(**_about(plan), position=position), by=by)


@transaction.atomic
def note_export(*, plan_id: int, form: str, snapshot_id: int, by: Actor) -> None:
    """Who took figures out of the house, of which people."""
    by.require(Perm.VIEW)
    plan = Plan.objects.visible_to(by).filter(pk=plan_id).first()
    if plan is None:
        raise _missing()
    record(events.PlanExported(**_about(plan), format=form, snapshot_id=snapshot_id), by=by)


def _plan(plan_id: int, *, by: Actor, seen: int | None = None) -> Plan:
    """The plan, locked. NotFound for a stranger; Conflict when it is not the one that was seen."""
    by.require(Perm.EDIT)
    plan = Plan.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=plan_id).first()
    if plan is None:
        raise _missing()
    if seen is not None and seen != plan.version:
        raise Conflict(
            f"这个推演在您打开之后由{plan.updated_by}改过，您的改动还没有保存。",
            hint="您填的都还在下面：核对后再按一次保存，就以您的为准。",
        )
    return plan


def _missing() -> NotFound:
    return NotFound("没有找到这个推演。", hint="可能没有与您共享，或者已经删除。")


def _scenario(plan: Plan, position: int) -> Scenario:
    found = plan.scenarios.filter(position=position).first()
    if found is None:
        raise NotFound("没有这个方案。", hint="可能已被删除，请回到推演页面。")
    return found


def _saved(plan: Plan, by: Actor) -> None:
    plan.version += 1
    plan.updated_at, plan.updated_by = Now(), by.name
    plan.save()


def _titled(text: str, where: str = "名称", longest: int = 60) -> str:
    title = " ".join(text.split())
    if not title or len(title) > longest:
        raise BadInput.single(where, f"请写 1 到 {longest} 个字")
    return title


def _about(plan: Plan) -> dict[str, Any]:
    return {"plan_id": plan.pk, "code": plan.code, "title": plan.title}


def _hash(scenario: Scenario) -> str:
    reform = read(scenario.text)
    return "" if reform is None else reform.sha256
