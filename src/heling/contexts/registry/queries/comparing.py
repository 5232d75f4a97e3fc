"""Two registrations side by side, for deciding whether they are one person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from heling.contexts.registry.queries.pages import ElderPage, elder_page
from heling.kernel.actor import Actor
from heling.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Line:
    """One particular of both. ``field`` is empty where it cannot be taken over."""

    label: str
    field: str
    kept: str
    other: str

    @property
    def different(self) -> bool:
        return self.kept != self.other


@dataclass(frozen=True, slots=True)
class Compared:
    kept: ElderPage
    other: ElderPage
    lines: tuple[Line, ...]


def compared(keep_id: int, merge_id: int, *, on: date, by: Actor) -> Compared:
    """NotFound unless both are visible and still two."""
    kept, other = (elder_page(i, on=on, by=by) for i in (keep_id, merge_id))
    if kept.card.id == other.card.id:
        raise NotFound("这两条登记已经是同一条。", hint="请回到档案查看。")
    left, right = _values(kept), _values(other)
    lines = tuple(
        Line(label, field, left[n][2], right[n][2]) for n, (label, field, _) in enumerate(left)
    )
    return Compared(kept, other, lines)


def _values(page: ElderPage) -> list[tuple[str, str, str]]:
    card = page.card
    return [
        ("姓名", "name", card.name),
        ("证件号", "", card.id_masked),
        ("出生日期", "", card.birth.isoformat()),
        ("性别", "", page.sex),
        ("社区（村）", "", card.place_name),
        ("地址", "", card.address),
        ("电话", "phone", card.phone_masked),
        ("银行卡", "bank", page.bank),
        ("开户银行", "bank_name", page.bank_name),
        ("户籍地", "hukou_code", page.hukou),
        ("居住情况", "living", page.living),
        ("民族", "ethnicity", page.ethnicity),
        ("文化程度", "education", page.education),
        ("婚姻状况", "marital", page.marital),
        ("医疗支付方式", "medical", "、".join(page.medical)),
        ("经济来源", "incomes", "、".join(page.incomes)),
        ("有效的身份认定", "", "、".join(s.kind for s in page.valid_statuses)),
        ("赡养人、扶养人", "", "、".join(s.name for s in page.supporters)),
    ]
