"""What the pages ask: one's plans, a plan with its scenarios, and what it counts on whom."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from heling.contexts.entitlements import public as entitlements
from heling.contexts.places import public as places
from heling.contexts.reforms.access import Perm
from heling.contexts.reforms.domain.figures import Figures
from heling.contexts.reforms.domain.months import months_from
from heling.contexts.reforms.domain.writing import read
from heling.contexts.reforms.models import MOST_SCENARIOS, Plan, Scenario
from heling.contexts.reforms.studio import Setting, answer, rules_of
from heling.engines.law import RuleSet
from heling.engines.law.reform import Reform
from heling.kernel.actor import Actor
from heling.kernel.errors import BadInput, NotFound, Problem
from heling.kernel.identifiers import Territory


@dataclass(frozen=True, slots=True)
class PlanPage:
    """A plan as somebody may see it; ``snapshot`` None: nobody has been counted yet."""

    plan: Plan
    scenarios: tuple[Scenario, ...]
    snapshot: entitlements.SnapshotCard | None
    may_edit: bool
    may_snapshot: bool
    mine: bool

    @property
    def city(self) -> str:
        return Territory(self.plan.code).city

    @property
    def room(self) -> bool:
        """Whether another scenario may be added."""
        return len(self.scenarios) < MOST_SCENARIOS

    @property
    def setting(self) -> Setting | None:
        if self.snapshot is None:
            return None
        months = months_from(self.plan.first_month, self.plan.months)
        return Setting(self.snapshot, self.city, months, self.plan.certain, self.plan.measures)

    @property
    def rules(self) -> RuleSet:
        return rules_of(self.city, measures=self.plan.measures)

    def scenario(self, position: int) -> Scenario:
        """Raises NotFound."""
        for one in self.scenarios:
            if one.position == position:
                return one
        raise NotFound("没有这个方案。", hint="可能已被删除，请回到推演页面。")


@dataclass(frozen=True, slots=True)
class Answered:
    """One scenario of a plan: figures, or what is wrong with it, or neither while it is empty."""

    scenario: Scenario
    figures: Figures | None
    problems: tuple[Problem, ...] = ()


def plans(by: Actor) -> QuerySet[Plan]:
    """One's own and shared ones, with the number of scenarios."""
    return Plan.objects.visible_to(by).annotate(count=Count("scenarios"))


def plan_page(plan_id: int, *, by: Actor) -> PlanPage:
    """Raises NotFound for a stranger."""
    plan = Plan.objects.visible_to(by).filter(pk=plan_id).first()
    if plan is None:
        raise NotFound("没有找到这个推演。", hint="可能没有与您共享，或者已经删除。")
    return PlanPage(
        plan=plan,
        scenarios=tuple(plan.scenarios.order_by("position")),
        snapshot=entitlements.latest_snapshot(by=by),
        may_edit=by.may(Perm.EDIT),
        may_snapshot=by.may(entitlements.Perm.SNAPSHOT),
        mine=plan.user_id == by.user_id,
    )


def answered(page: PlanPage, *, by: Actor) -> tuple[Answered, ...]:
    """Every scenario of a plan over the same people and months."""
    return tuple(_answered(page, one, by) for one in page.scenarios)


def _answered(page: PlanPage, scenario: Scenario, by: Actor) -> Answered:
    try:
        return Answered(scenario, counted(page, read(scenario.text), by=by))
    except BadInput as error:
        return Answered(scenario, None, error.problems)


def counted(page: PlanPage, reform: Reform | None, *, by: Actor) -> Figures | None:
    """What a reform does to the plan's people; None without a reform or a snapshot.
    Raises BadInput for one that does not compute."""
    setting = page.setting
    if reform is None or setting is None:
        return None
    return answer(setting, reform, by=by)


def county_names(page: PlanPage) -> dict[str, str]:
    """Six digits → name, of the counties of the plan's city."""
    below = places.children(page.plan.code)
    return {place.code[:6]: place.name for place in below}


__all__ = [
    "Answered",
    "PlanPage",
    "Scenario",
    "answered",
    "counted",
    "county_names",
    "plan_page",
    "plans",
]
