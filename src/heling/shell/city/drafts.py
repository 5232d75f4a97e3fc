"""From the generator's drafts to what the registry's loader takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from heling.contexts.places import public as places
from heling.contexts.registry import public as registry
from heling.demo import ElderDraft, HouseholdDraft, StatusDraft, Supporter
from heling.demo.codes import Certifier, Lives, Marital, Relation, Role

_OFFICES = {
    Certifier.CIVIL_AFFAIRS: "民政局",
    Certifier.VETERANS: "退役军人事务局",
    Certifier.GOVERNMENT: "人民政府",
    Certifier.HEALTH: "卫生健康局",
    Certifier.DISABLED_FEDERATION: "残疾人联合会",
    Certifier.HOSPITAL: "人民医院",
}
_DEMENTIA = "F00-F03"
# Of those without anybody, so many in ten were asked and confirmed it; of the rest nobody knows.
_CONFIRMED = 7


class Converter:
    """Turns households into rows; remembers the names of the counties that certify."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def rows(self, households: Iterable[HouseholdDraft]) -> Iterator[registry.NewElder]:
        for household in households:
            for elder in household.members:
                yield self.row(elder, household)

    def row(self, elder: ElderDraft, household: HouseholdDraft) -> registry.NewElder:
        supporters = (*_spouse(elder, household), *map(_supporter, elder.supporters))
        return registry.NewElder(
            key=elder.serial,
            door=household.serial,
            particulars=_particulars(elder, household, alone=not supporters),
            supporters=supporters,
            statuses=tuple(self._certificate(s) for s in elder.statuses),
        )

    def _certificate(self, status: StatusDraft) -> registry.Certificate:
        county = self._county(status.certifier_code)
        return registry.Certificate(
            kind=status.kind.value,
            certifier=status.certifier.value,
            certified_by=f"{county}{_OFFICES[status.certifier]}",
            document=status.document,
            starts=status.since,
            ends=status.until,
            grade=status.grade or None,
            disability=status.disability.value if status.disability else "",
            demo=True,
        )

    def _county(self, code: str) -> str:
        if code not in self._names:
            known: Mapping[str, str] = places.names([code])
            self._names[code] = known.get(code, f"区县 {code} ")
        return self._names[code]


def _particulars(
    elder: ElderDraft, household: HouseholdDraft, *, alone: bool
) -> registry.Particulars:
    return registry.Particulars(
        name=elder.name,
        resident_id=elder.resident_id,
        code=elder.residence_code,
        hukou_code=elder.hukou_code,
        hukou_name=elder.hukou_name,
        sex=elder.sex.value,
        birth=elder.birth,
        phone=elder.phone,
        address=household.address,
        ethnicity=elder.ethnicity,
        education=elder.education.value,
        marital=elder.marital.value,
        living=elder.living.value,
        medical=tuple(m.value for m in elder.medical),
        incomes=tuple(i.value for i in elder.incomes),
        diagnoses=(_DEMENTIA,) if elder.dementia else (),
        no_supporters=alone and elder.serial % 10 < _CONFIRMED,
        demo=True,
    )


def _supporter(supporter: Supporter) -> registry.SupporterInput:
    return registry.SupporterInput(
        name=supporter.name,
        relation=supporter.relation.value,
        lives=supporter.lives.value,
        phone=supporter.phone,
        absent=supporter.lives is Lives.ELSEWHERE,
    )


def _spouse(elder: ElderDraft, household: HouseholdDraft) -> Iterator[registry.SupporterInput]:
    """Husband and wife of one household owe each other support (民法典 art. 1059)."""
    couple = (Role.HEAD, Role.SPOUSE)
    if elder.role not in couple or elder.marital is not Marital.MARRIED:
        return
    for other in household.members:
        if other is not elder and other.role in couple and other.marital is Marital.MARRIED:
            yield registry.SupporterInput(
                name=other.name,
                relation=Relation.SPOUSE.value,
                lives=Lives.HOUSEHOLD.value,
                phone=other.phone,
            )
