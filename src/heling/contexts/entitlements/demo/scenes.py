"""What lies on the desks of a demonstration city, and the history behind it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from django.conf import settings

from heling.contexts.entitlements import actions
from heling.contexts.entitlements.demo.office import DemoOffice, family_actor
from heling.contexts.entitlements.demo.steps import Walker, sort_out, wish
from heling.contexts.entitlements.domain.objections import CandidateState, Cause
from heling.contexts.entitlements.domain.states import CASE, State
from heling.contexts.entitlements.models import Application, Candidate, Item
from heling.kernel.actor import system
from heling.kernel.errors import Refused
from heling.platform.access.scope import scoped
from heling.platform.jobs.work import carry_out, start

_MOST = 100  # elders looked at in one street
_ENOUGH = 22  # elders whose cases are walked: desks, not a census


def demo_cases(
    *, office: DemoOffice, family_elder: int, elders: Sequence[int], today: date
) -> dict[str, int]:
    """Bring cases of ``elders`` to every stage, find candidates, seal last month.

    ``family_elder`` has an account: one benefit runs, another is applied for. Returns how
    many cases of the street stand in each state, by its label. A stage stays empty when
    nobody is left whom the law gives something.
    """
    if not settings.DEMO:
        raise Refused("正式环境不能补造办件。", hint="请从真实的申请开始。")
    with scoped(system("演示数据")):
        first = [family_elder, *elders[:_MOST]]
        entitled, others = sort_out(first, enough=_ENOUGH, on=today, by=office.city)
        walker = Walker(office, today, entitled, others)
        _past(walker)
        _last_month(office, today)
        _publicity(walker)
        _desks(walker)
        _family(family_elder, today)
        _candidates(office, today)
        return _counts(office)


def _past(walker: Walker) -> None:
    """Decided two months ago, after an objection that was rejected; one to be looked at again."""
    cases = walker.some(4, walker.second_passed(76))
    if not cases:
        return
    walker.publish(cases, 63)
    objection = walker.object(cases[-1], 60, "听说这家有人在外地打工，请核实收入情况。")
    actions.resolve_objection(
        objection_id=objection,
        upheld=False,
        reason="已入户核实，收入和认定文件一致，异议不成立。",
        on=walker.ago(57),
        by=walker.office.other,
    )
    walker.decide(cases, 54)
    day = walker.ago(2)
    actions.raise_due(
        elder_id=cases[-1].elder_id,
        cause=Cause.FACTS,
        since=day,
        on=day,
        by=system("待遇自动处理"),
    )


def _last_month(office: DemoOffice, today: date) -> None:
    """The roster of last month, drawn and sealed by the city."""
    last = today.replace(day=1) - timedelta(days=1)
    with scoped(office.city):
        cycle = actions.open_cycle(month=f"{last:%Y-%m}", on=today, by=office.city)
        actions.close_cycle(cycle_id=cycle.pk, on=today, by=office.city)


def _publicity(walker: Walker) -> None:
    """One notice has run out and waits for its decisions, one runs and is objected to."""
    if over := walker.some(2, walker.second_passed(26)):
        walker.publish(over, 13)
    if running := walker.some(3, walker.second_passed(16)):
        walker.publish(running, 3)
        walker.object(running[0], 1, "这位老人平时和儿子同住，请核实是否符合条件。")


def _desks(walker: Walker) -> None:
    """Something on every desk; nobody is refused by one person."""
    walker.refuse_some(1, walker.denied(40))
    walker.some(2, walker.second_passed(14))
    walker.some(2, walker.first_passed(8))
    walker.refuse_some(1, walker.refusal_proposed(9))
    walker.some(2, walker.accepted(4))
    walker.some(1, walker.to_be_corrected(6))
    walker.some(2, walker.applied(1))
    walker.some(1, walker.withdrawn(20))


def _family(elder_id: int, today: date) -> None:
    """The family applies for something that the clerk did not."""
    by = family_actor(elder_id)
    if by is None:
        return
    wanted = wish(elder_id, on=today, by=by, said={})
    running = Item.objects.filter(elder_id=elder_id, live=True).values_list("grant", flat=True)
    rest = [grant for grant in wanted.grants if grant not in set(running)]
    if rest:
        actions.apply_for(
            elder_id=elder_id,
            grants=rest[:1],
            on=today,
            by=by,
            answers=wanted.answers,
            statement="老人腿脚不便，请上门核实。",
        )


def _candidates(office: DemoOffice, today: date) -> None:
    """Find who has a right and has not asked; two have been invited already."""
    carry_out(start("entitlements.discover", by=office.county).pk)
    found = Candidate.objects.filter(code=office.community.prefix, state=CandidateState.FOUND)
    elders = found.order_by("elder_id").values_list("elder_id", flat=True).distinct()[:2]
    chosen = found.filter(elder_id__in=list(elders)).order_by("pk")
    ids = list(chosen.values_list("pk", flat=True))
    if ids:
        actions.invite_candidates(candidate_ids=ids, on=today - timedelta(days=2), by=office.clerk)


def _counts(office: DemoOffice) -> dict[str, int]:
    street = office.street_territory
    rows = Application.objects.filter(code__gte=street.lo, code__lt=street.hi)
    found = Counter(rows.values_list("state", flat=True))
    return {CASE.labels[state]: found[state] for state in State if found[state]}
