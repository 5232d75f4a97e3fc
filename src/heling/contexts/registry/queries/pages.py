"""What the elder page shows: one frozen value, in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from heling.contexts.places import public as places
from heling.contexts.registry.domain.derived import high_age_alone, lives_alone, unsupported
from heling.contexts.registry.domain.states import ELDER, ElderState
from heling.contexts.registry.domain.words import (
    DisabilityKind,
    Education,
    Income,
    Lives,
    Living,
    Marital,
    Medical,
    Relation,
    Sex,
    StatusKind,
    label,
)
from heling.contexts.registry.models import Elder, Status, Supporter, Transition
from heling.contexts.registry.queries.cards import ElderCard, elder_card, elder_cards
from heling.kernel.actor import Actor
from heling.kernel.errors import NotFound
from heling.kernel.identifiers import Territory
from heling.platform.access.scope import Scope, scoped


@dataclass(frozen=True, slots=True)
class StatusLine:
    """One certified status. ``standing``: 有效, 未开始, 已到期 or 已撤销 on the page's day."""

    id: int
    kind: str
    detail: str
    of_household: bool
    certified_by: str
    document: str
    starts: date
    ends: date | None
    standing: str
    revoked_why: str

    @property
    def valid(self) -> bool:
        return self.standing == "有效"


@dataclass(frozen=True, slots=True)
class SupporterLine:
    id: int
    name: str
    relation: str
    relation_label: str
    lives: str
    lives_label: str
    absent: bool | None
    phone_masked: str


@dataclass(frozen=True, slots=True)
class TransitionLine:
    """One change of state: from which day, who wrote it down when, and why."""

    label: str
    on: date
    at: datetime
    who: str
    reason: str


@dataclass(frozen=True, slots=True)
class ElderPage:
    """Everything the registry shows about one elder, in Chinese labels; numbers masked."""

    card: ElderCard
    version: int
    age: int
    sex: str
    state_label: str
    living: str
    hukou: str
    ethnicity: str
    religion: str
    education: str
    marital: str
    medical: tuple[str, ...]
    incomes: tuple[str, ...]
    diagnoses: int
    bank: str
    bank_name: str
    no_supporters: bool
    high_age_alone: bool | None
    statuses: tuple[StatusLine, ...]
    supporters: tuple[SupporterLine, ...]
    members: tuple[ElderCard, ...]
    transitions: tuple[TransitionLine, ...]
    may: frozenset[str]
    """Steps of the state machine that can be taken now."""

    @property
    def valid_statuses(self) -> tuple[StatusLine, ...]:
        return tuple(s for s in self.statuses if s.valid)


def elder_page(elder_id: int, *, on: date, by: Actor) -> ElderPage:
    """The page as of a day. NotFound for a stranger; a merged elder shows the kept one."""
    card = elder_card(elder_id, by=by)
    elder = Elder.objects.visible_to(by).get(pk=card.id)
    supporters = _supporters(elder)
    return ElderPage(
        card=card,
        version=elder.version,
        age=card.age(on),
        sex=label(Sex, elder.sex),
        state_label=ELDER.labels[ElderState(elder.state)],
        living=label(Living, elder.living),
        hukou=elder.hukou_name or place_label(elder.hukou_code),
        ethnicity=elder.ethnicity,
        religion=elder.religion,
        education=label(Education, elder.education),
        marital=label(Marital, elder.marital),
        medical=tuple(label(Medical, v) for v in elder.medical),
        incomes=tuple(label(Income, v) for v in elder.incomes),
        diagnoses=len(elder.diagnoses),
        bank=f"**** **** {elder.bank_tail}" if elder.bank_tail else "",
        bank_name=elder.bank_name,
        no_supporters=elder.no_supporters,
        high_age_alone=high_age_alone(
            elder.birth,
            on,
            alone=lives_alone(elder.living),
            without_support=unsupported(
                [s.absent for s in supporters], confirmed_none=elder.no_supporters
            ),
        ),
        statuses=_statuses(elder, on),
        supporters=supporters,
        members=_members(card, by=by),
        transitions=_transitions(elder),
        may=frozenset(step.name for step in ELDER.available(elder.state)),
    )


def place_label(code: str) -> str:
    """Full name of a division given by its 12-digit code, or the code itself."""
    prefix = Territory.parse(code).prefix
    return places.names([prefix]).get(prefix, code)


def _statuses(elder: Elder, on: date) -> tuple[StatusLine, ...]:
    rows = Status.objects.filter(elder_id=elder.pk, code=elder.code).order_by("-starts", "-pk")
    return tuple(_status_line(row, on) for row in rows)


def _status_line(row: Status, on: date) -> StatusLine:
    grade = f"{'一二三四'[row.grade - 1]}级" if row.grade else ""
    return StatusLine(
        id=row.pk,
        kind=label(StatusKind, row.kind),
        detail=label(DisabilityKind, row.disability) + grade,
        of_household=row.of_household,
        certified_by=row.certified_by,
        document=row.document,
        starts=row.starts,
        ends=row.ends,
        standing=_standing(row, on),
        revoked_why=row.revoked_why,
    )


def _standing(row: Status, on: date) -> str:
    if row.revoked_at is not None:
        return "已撤销"
    if row.starts > on:
        return "未开始"
    return "已到期" if row.ends is not None and row.ends < on else "有效"


def _supporters(elder: Elder) -> tuple[SupporterLine, ...]:
    rows = Supporter.objects.filter(elder_id=elder.pk, code=elder.code).order_by("pk")
    return tuple(map(_supporter_line, rows))


def _supporter_line(row: Supporter) -> SupporterLine:
    return SupporterLine(
        id=row.pk,
        name=row.name,
        relation=row.relation,
        relation_label=label(Relation, row.relation),
        lives=row.lives,
        lives_label=label(Lives, row.lives),
        absent=row.absent,
        phone_masked=row.phone_masked,
    )


def _members(card: ElderCard, *, by: Actor) -> tuple[ElderCard, ...]:
    """The other registered elders behind the same door."""
    ids = (
        Elder.objects.visible_to(by)
        .filter(household_id=card.household_id, code=card.code)
        .exclude(pk=card.id)
        .exclude(state=ElderState.MERGED)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    others = list(ids)
    return tuple(elder_cards(others, by=by).values()) if others else ()


def _transitions(elder: Elder) -> tuple[TransitionLine, ...]:
    with scoped(Scope("~", "", (elder.pk,))):
        rows = list(Transition.objects.filter(elder_id=elder.pk).order_by("-at", "-pk"))
    return tuple(
        TransitionLine(ELDER.steps[r.step].label, r.on, r.at, r.actor_name, r.reason) for r in rows
    )


def state_counts(*, by: Actor) -> dict[str, int]:
    """How many registrations there are in scope, by state (values of ElderState)."""
    from django.db.models import Count

    rows = Elder.objects.visible_to(by).order_by().values_list("state").annotate(Count("pk"))
    return dict(rows)


def version_of(elder_id: int, *, by: Actor) -> int:
    version = (
        Elder.objects.visible_to(by).filter(pk=elder_id).values_list("version", flat=True).first()
    )
    if version is None:
        raise NotFound("没有找到这位老年人。")
    return version


@dataclass(frozen=True, slots=True)
class PlaceChoice:
    """A community that can be chosen: 12-digit code and a name as short as it stays clear."""

    code: str
    label: str


def communities(*, by: Actor, under: str = "") -> list[PlaceChoice]:
    """Communities of the actor's territory, or of the part of it named ``under``, by code.

    Empty for a whole county or city: thousands are no choice; narrow down first.
    """
    top = by.territory
    if under and (top is None or top.contains(Territory.parse(under))):
        top = Territory.parse(under)
    if top is None or len(top.prefix) < _STREET:
        return []
    below = places.below(top, level="村")
    street = places.place(top.prefix[:_STREET])
    return [PlaceChoice(p.code, p.full_name.removeprefix(street.full_name)) for p in below]


_CITY = 4
_STREET = 9


def counties(*, by: Actor) -> list[PlaceChoice]:
    """Counties of the city in which the actor works, for choosing a 户籍地 in it."""
    if by.territory is None:
        return []
    city = Territory(by.territory.city.removesuffix("00"))
    return [PlaceChoice(p.territory.code, p.name) for p in places.below(city, level="县")]


@dataclass(frozen=True, slots=True)
class Drill:
    """A way down the division tree: ``path`` from the city to here (code, name), ``below``
    the next divisions to choose from, ``communities`` when a street has been reached."""

    path: tuple[PlaceChoice, ...]
    below: tuple[PlaceChoice, ...]
    communities: tuple[PlaceChoice, ...]


def drill(under: str) -> Drill:
    """Where the division with these digits stands, and what lies below it. NotFound."""
    here: Territory | None = Territory.parse(under) if under else None
    if here is None:
        raise NotFound("没有这个区划。", hint="请从列表中选择。")
    path: list[PlaceChoice] = []
    while here is not None and len(here.prefix) >= _CITY:
        path.insert(0, PlaceChoice(here.prefix, places.place(here.prefix).name))
        here = here.parent
    if not path:
        raise NotFound("没有这个区划。", hint="请从列表中选择。")
    below = tuple(PlaceChoice(p.code, p.name) for p in places.children(path[-1].code))
    at_street = len(path[-1].code) >= _STREET
    return Drill(tuple(path), () if at_street else below, below if at_street else ())


def streets(*, by: Actor) -> list[PlaceChoice]:
    """Streets and towns of the actor's territory, for narrowing down; none below a street."""
    if by.territory is None or len(by.territory.prefix) >= _STREET:
        return []
    whole = places.place(by.territory.prefix).full_name
    return [
        PlaceChoice(p.code, p.full_name.removeprefix(whole))
        for p in places.below(by.territory, level="乡")
    ]


def status_of(status_id: int, *, on: date, by: Actor) -> tuple[StatusLine, ElderCard]:
    """One status with its elder. NotFound for a stranger."""
    row = Status.objects.visible_to(by).filter(pk=status_id).first()
    if row is None:
        raise NotFound("没有找到这条认定。")
    return _status_line(row, on), elder_card(row.elder_id, by=by)


def supporter_of(supporter_id: int, *, by: Actor) -> tuple[SupporterLine, ElderCard]:
    """One supporter with the elder. NotFound for a stranger."""
    row = Supporter.objects.visible_to(by).filter(pk=supporter_id).first()
    if row is None:
        raise NotFound("没有找到这位赡养人、扶养人。")
    return _supporter_line(row), elder_card(row.elder_id, by=by)
