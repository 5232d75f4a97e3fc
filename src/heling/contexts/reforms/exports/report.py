"""What every file says about itself: which people, which rules, which assumptions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from heling.contexts.reforms.domain.figures import Figures
from heling.contexts.reforms.models import Scenario
from heling.contexts.reforms.queries import PlanPage

DEMO = "演示数据：人物和业务均为虚构，不作任何依据。"
NO_DECISION = "推演只计算，不影响任何人的待遇决定。"


@dataclass(frozen=True, slots=True)
class Report:
    """A plan that was counted. ``counted``: scenarios with figures; ``by`` exports it, ``at``."""

    page: PlanPage
    counted: tuple[tuple[Scenario, Figures], ...]
    names: Mapping[str, str]
    by: str
    at: datetime

    @property
    def figures(self) -> tuple[Figures, ...]:
        return tuple(f for _, f in self.counted)

    def name(self, code: str) -> str:
        return self.names.get(code, code)

    def notes(self) -> Iterator[tuple[str, str]]:
        """(label, text): what a reader must know to believe or to repeat the figures."""
        plan, snapshot, rules = self.page.plan, self.page.snapshot, self.page.rules
        yield "推演", plan.title
        yield "城市", rules.city_name
        if snapshot is not None:
            yield "人口快照", f"{snapshot.as_of} 的事实，{snapshot.people:,} 人"
            yield "快照指纹", snapshot.sha256
        yield "月份", f"自 {plan.first_month:%Y-%m} 起 {plan.months} 个月"
        yield "假定", "；".join(self._assumptions())
        for stamp in rules.stamps:
            yield f"规则包 {stamp.id}", stamp.sha256
        yield "导出", f"{self.by}，{self.at:%Y-%m-%d %H:%M}"
        yield "说明", NO_DECISION
        if settings.DEMO:
            yield "演示数据", DEMO

    def _assumptions(self) -> Iterator[str]:
        if self.page.plan.certain:
            yield "没有认定记录的按没有计，登记里没有的事实按没有计"
        else:
            yield "没有认定记录的列为待查明，不计入费用"
        if self.page.plan.measures:
            yield "法规留待规定的数用假定的实施办法补齐（待核实）"
        if any(f.valued and not f.waiting for f in self.figures):
            yield "现行没有价格，现行数额按方案假定的价格（待核实）折算"
