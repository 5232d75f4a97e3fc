"""Numbers: valid, in step with the person, never twice, and as harmless as can be."""

from collections import Counter
from datetime import date

import numpy as np
import pytest

from heling.demo import ElderDraft, VillageRef, generate
from heling.demo.numbers import PER_CELL, RESERVED_ONLY, IdIssuer, phone_tails
from heling.kernel.identifiers import ResidentId
from heling.kernel.phone import parse_phone

ON = date(2026, 11, 1)


def test_every_id_is_valid_and_says_what_the_elder_says(elders: list[ElderDraft]) -> None:
    for elder in elders[:20_000]:
        number = ResidentId.parse(elder.resident_id, today=ON)
        assert number.value == elder.resident_id
        assert number.birth == elder.birth
        assert number.female == (elder.sex == "female")


def test_no_id_is_given_twice_in_two_hundred_thousand() -> None:
    """All in one county, so that the cells of the issuer are as full as they get."""
    villages = [VillageRef(f"33022600{n}001", f"演示村{n}", urban=False) for n in range(1, 9)]
    seen = Counter(
        elder.resident_id
        for household in generate(seed=5, elders=200_000, villages=villages, on=ON)
        for elder in household.members
    )
    assert len(seen) == 200_000


def test_a_small_run_uses_only_sequences_that_nobody_was_given(elders: list[ElderDraft]) -> None:
    sequences = [int(e.resident_id[14:17]) for e in elders]
    assert set(sequences[:RESERVED_ONLY]) == {996, 997, 998, 999}
    assert min(sequences) < 996  # and 60,000 use ordinary ones too
    assert {0, 995}.isdisjoint(sequences)


def test_old_prefixes_are_those_of_the_region(elders: list[ElderDraft]) -> None:
    by_county: dict[str, Counter[str]] = {}
    for elder in elders:
        county = elder.residence_code[:6]
        by_county.setdefault(county, Counter())[elder.resident_id[:6]] += 1
    share = {
        (county, prefix): n / sum(prefixes.values())
        for county, prefixes in by_county.items()
        for prefix, n in prefixes.items()
    }
    assert share["450181", "452122"] == pytest.approx(0.88 * 0.8, abs=0.03)
    assert share["330212", "330227"] == pytest.approx(0.88 * 7 / 12, abs=0.03)
    assert share["330212", "330204"] == pytest.approx(0.88 * 4 / 12, abs=0.03)
    # A county of a region without a table: its own code, then people from elsewhere.
    assert share["510104", "510104"] == pytest.approx(0.95, abs=0.03)


def _issue(issuer: IdIssuer, count: int, area: int = 0, *, female: bool = False) -> list[str]:
    return issuer.issue(
        np.full(count, area), np.zeros(count, dtype=np.int64), np.full(count, female)
    )


@pytest.mark.parametrize("female", [False, True])
@pytest.mark.parametrize("batch", [1, 7, PER_CELL])
def test_a_cell_gives_all_its_numbers_and_then_the_next_code_helps(
    *, female: bool, batch: int
) -> None:
    issuer = IdIssuer(["450103", "450105"], ["19500228"], reserved_only=0)
    numbers: list[str] = []
    while len(numbers) < 2 * PER_CELL:
        numbers += _issue(issuer, min(batch, 2 * PER_CELL - len(numbers)), female=female)
    assert len(set(numbers)) == 2 * PER_CELL
    prefixes = [number[:6] for number in numbers]
    assert prefixes == ["450103"] * PER_CELL + ["450105"] * PER_CELL
    assert all(ResidentId.parse(n, today=ON).female is female for n in numbers)
    with pytest.raises(ValueError, match="no number is left for a birth on 19500228"):
        _issue(issuer, 1, female=female)


def test_sexes_do_not_take_numbers_from_each_other() -> None:
    issuer = IdIssuer(["450103"], ["19500228"])
    numbers = _issue(issuer, PER_CELL, female=False) + _issue(issuer, PER_CELL, female=True)
    assert len(set(numbers)) == 2 * PER_CELL


def test_the_first_people_borrow_reserved_sequences_from_other_codes() -> None:
    issuer = IdIssuer(["450103", "450105", "450107"], ["19500228"], reserved_only=7)
    numbers = _issue(issuer, 7)
    assert len(set(numbers)) == 7
    assert [(n[:6], n[14:17]) for n in numbers[:6]] == [
        (area, sequence) for area in ("450103", "450105", "450107") for sequence in ("997", "999")
    ]
    assert int(numbers[6][14:17]) < 996  # none is left: an ordinary one of the own code
    assert numbers[6][:6] == "450103"
    more = _issue(issuer, 3, area=1)
    assert len({*numbers, *more}) == 10
    assert all(n[:6] == "450105" and int(n[14:17]) < 996 for n in more)


def test_a_spill_inside_a_batch_does_not_collide_with_the_code_it_spills_into() -> None:
    issuer = IdIssuer(["450103", "450105"], ["19500228"], reserved_only=0)
    area = np.asarray([0] * (PER_CELL + 20) + [1] * 30)
    zeros = np.zeros(len(area), dtype=np.int64)
    numbers = issuer.issue(area, zeros, zeros.astype(np.bool_))
    numbers += _issue(issuer, 50, area=1)
    assert len(set(numbers)) == len(numbers)


def test_no_telephone_can_ring_and_none_is_shared_by_strangers(elders: list[ElderDraft]) -> None:
    owners: dict[str, set[str]] = {}
    for elder in elders[:20_000]:
        if elder.phone:
            owners.setdefault(elder.phone, set()).add(elder.name)
        for supporter in elder.supporters:
            if supporter.phone:
                owners.setdefault(supporter.phone, set()).add(supporter.name)
    assert len(owners) > 40_000
    assert all(parse_phone(phone) == phone and phone[:6] == "+86154" for phone in owners)
    assert all(len(names) == 1 for names in owners.values())


def test_phone_tails_are_a_bijection_from_run_to_run() -> None:
    whole = phone_tails(0, 9000)
    assert len(np.unique(whole)) == whole.size
    assert (phone_tails(4096, 100) == whole[4096:4196]).all()
    assert whole.min() >= 0
    assert whole.max() < 10**8
