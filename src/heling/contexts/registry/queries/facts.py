"""Facts of one elder on one day, in the law's own words, each with where it comes from.

The words are those of ``packs/cn/elder.yaml``. Only what is known is returned: a status
nobody certified is *absent*, not false; who asks decides what absence means.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from django.db.models import Q

from heling.contexts.registry.domain.derived import lives_alone, unsupported
from heling.contexts.registry.domain.words import Living, Sex, StatusKind, label
from heling.contexts.registry.models import Elder, Status, Supporter
from heling.kernel.actor import Actor
from heling.kernel.errors import NotFound

# Where a kind's name in the registry is not the word of the packs.
WORDS = {kind: kind.label for kind in StatusKind} | {StatusKind.TEKUN: "分散特困供养"}
SUPPORT = {True: "长期不在身边", False: "在身边"}
Value: TypeAlias = "str | bool | int | date"
_REGISTRATION = "老年人登记"


@dataclass(frozen=True, slots=True)
class SourcedFact:
    """One fact: ``word`` as in the packs, ``value`` plain, and its provenance in Chinese.

    Places are 12-digit codes. ``certified_by`` is a body (with document) or 登记信息.
    """

    word: str
    value: Value
    source: str
    certified_by: str
    starts: date | None = None
    ends: date | None = None
    status_id: int | None = None


def facts_of(elder_id: int, *, on: date, by: Actor) -> tuple[SourcedFact, ...]:
    """All that the registry knows on the day ``on``. Raises NotFound for a stranger."""
    elder = Elder.objects.visible_to(by).filter(pk=elder_id).first()
    if elder is None:
        raise NotFound("没有找到这位老年人。", hint="可能不在您的辖区内，请核对后再查。")
    return (*_personal(elder), *_support(elder), *_statuses(elder, on))


def status_valid_on(on: date) -> Q:
    """Statuses that hold on a day: begun, not ended, not revoked."""
    return Q(revoked_at=None, starts__lte=on) & (Q(ends=None) | Q(ends__gte=on))


def _personal(elder: Elder) -> Iterator[SourcedFact]:
    yield _fact("出生日期", elder.birth, f"居民身份证 {elder.id_masked}")
    yield _fact("性别", label(Sex, elder.sex), f"居民身份证 {elder.id_masked}")
    yield _fact("户籍地", elder.hukou_code, f"户籍 {elder.hukou_name or elder.hukou_code}")
    yield _fact("居住地", elder.code, "现居住地登记")
    if elder.living:
        living = label(Living, elder.living)
        yield _fact("居家", elder.living != Living.INSTITUTION, f"居住情况：{living}")
        yield _fact("独居", bool(lives_alone(elder.living)), f"居住情况：{living}")


def _support(elder: Elder) -> Iterator[SourcedFact]:
    absences = list(
        Supporter.objects.filter(elder_id=elder.pk).order_by("pk").values_list("absent", flat=True)
    )
    if not absences:
        if elder.no_supporters:
            yield _fact("赡养扶养人", "无", "经核实无赡养人、扶养人")
        return
    away = unsupported(absences, confirmed_none=False)
    if away is not None:
        yield _fact("赡养扶养人", SUPPORT[away], f"登记有 {len(absences)} 位赡养人、扶养人")


def _statuses(elder: Elder, on: date) -> Iterator[SourcedFact]:
    """Own statuses, and those of the household that another member brings."""
    of_family = Q(of_household=True, elder__household_id=elder.household_id)
    rows = (
        Status.objects.filter(
            Q(elder_id=elder.pk) | of_family, status_valid_on(on), code=elder.code
        )
        .exclude(kind=StatusKind.TEKUN, elder__living=Living.INSTITUTION)
        .order_by("kind", "starts", "pk")
    )
    seen = set()
    for row in rows:
        kind = StatusKind(row.kind)
        if kind in seen:
            continue
        seen.add(kind)
        source = row.document if row.elder_id == elder.pk else f"{row.document}（同户家庭成员）"
        yield SourcedFact(
            word=WORDS[kind],
            value=True,
            source=source,
            certified_by=row.certified_by,
            starts=row.starts,
            ends=row.ends,
            status_id=row.pk,
        )
        if kind is StatusKind.DISABILITY and row.grade is not None:
            yield SourcedFact(
                "残疾等级", row.grade, source, row.certified_by, row.starts, row.ends, row.pk
            )


def _fact(word: str, value: Value, source: str) -> SourcedFact:
    return SourcedFact(word=word, value=value, source=source, certified_by=_REGISTRATION)
